#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# start - gives a bantod that runs, and has nobody and nothing yet, the sample federation: site, definitions, last
# generations, windows as observed, registration, and people by role. demo.sh and the browser tests begin with it.
#
#   BANTO_BIN=build/bin BANTO_SERVER=unix:DATA/bantod.sock start.sh [PEOPLE…]
#
# Each of PEOPLE (operator leader admin client auditor outside; all when none is named) gets a link that lets in once,
# printed as a line: NAME /#link=KEY. The clock had better stand still meanwhile.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
banto=${BANTO_BIN:?}/banto

"$banto" site apply "$here" >/dev/null
"$banto" define "$here"/units/*.txt >/dev/null
"$banto" baseline import "$here/baseline.csv" >/dev/null
"$banto" window observe KOKUHO 職員 open >/dev/null
"$banto" window observe KOKUHO 保険者 open >/dev/null
"$banto" window observe KOKUHO 審査委員会 closed >/dev/null
"$banto" register / --recursive --yes >/dev/null

# Role accounts, let in by one-time links instead of passwords.
person() # NAME TITLE SIDE ROLE
{
    case " ${wanted:-$1} " in
    *" $1 "*) ;;
    *) return 0 ;;
    esac
    "$banto" person add "$1" "$3" --title "$2" --is-account --reason "見本の役割" >/dev/null
    "$banto" grant add "$4" --person "$1" --reason "見本の役割" >/dev/null
    link=$("$banto" person invite "$1" --kind login --json | sed -n 's/.*"link":"\([^"]*\)".*/\1/p')
    echo "$1 /${link#*/}"
}
wanted=$*
person operator 運用担当 contractor operator
person leader GL contractor group-leader
person admin システム管理者 contractor administrator
person client 業務責任者 client client-manager
person auditor 監査人 audit auditor
person outside インフラ業者 outside infra-vendor
