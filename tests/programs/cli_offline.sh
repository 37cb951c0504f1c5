#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cli_offline - the verbs that need no server, on small files: what they print and their exit statuses.
set -u
banto=${BANTO_BIN:?}/banto
[ -x "$banto" ] || exit 77
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
unset BANTO_SERVER
LC_ALL=C.UTF-8
export LC_ALL

# expect STATUS COMMAND...: output in $tmp/out and $tmp/err.
expect()
{
    wanted=$1
    shift
    "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        echo "status $got, not $wanted: $*"
        cat "$tmp/out" "$tmp/err"
        failed=1
    fi
}

# says FILE PATTERN
says()
{
    grep -q -- "$2" "$tmp/$1" || { echo "no '$2' in $1:"; cat "$tmp/$1"; failed=1; }
}

cat >"$tmp/good" <<'END'
unit=夜間,,,;
{
	ty=g;
	cl=su;
	cl=sa;
	unit=NET,,,;
	{
		ty=n;
		sd=1,*5;
		st=1,27:30;
		sh=1,be;
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
	}
}
END
sed 's/27:30/28:30/' "$tmp/good" >"$tmp/other"
sed 's/27:30/48:00/' "$tmp/good" >"$tmp/bad"
iconv -f UTF-8 -t CP932 "$tmp/good" >"$tmp/good.cp932"
iconv -f UTF-8 -t EUC-JP "$tmp/good" >"$tmp/good.euc"

expect 0 "$banto" unit check "$tmp/good"
expect 65 "$banto" unit check "$tmp/bad"
says out "^$tmp/bad:10:.*BNT02..-E"
expect 65 "$banto" unit check "$tmp/good" "$tmp/bad"
expect 66 "$banto" unit check "$tmp/missing"
expect 0 "$banto" unit print "$tmp/good"
cp "$tmp/out" "$tmp/printed"
expect 0 "$banto" unit print "$tmp/printed"
cmp -s "$tmp/out" "$tmp/printed" || { echo "printing twice changes the text"; failed=1; }
for encoded in good.cp932 good.euc; do
    expect 0 "$banto" unit diff "$tmp/good" "$tmp/$encoded"
    [ ! -s "$tmp/out" ] || { echo "equal files are not silent"; failed=1; }
done
expect 0 "$banto" unit print "$tmp/good.cp932" --encoding cp932
says out 夜間
expect 1 "$banto" unit diff "$tmp/good" "$tmp/other"
says out 28:30
expect 1 "$banto" unit diff "$tmp/good" "$tmp/other" --json
says out '"key":"st"'

expect 0 "$banto" plan dates "$tmp/good" --from 2026-06-01 --to 2026-06-30 --json
says out '"unit":"/夜間/NET"'
says out '"time":"27:30"'
says out '"start":"2026-06-06T03:30:00+09:00"'
says out '"state":"run"'
says out '"date":"2026-06-05"'
expect 0 "$banto" plan dates "$tmp/good" --from 2026-06-01 --to 2026-06-30
says out ユニット
expect 64 "$banto" plan dates "$tmp/good" --from 2026-06-30 --to 2026-06-01
expect 64 "$banto" plan dates "$tmp/good" --from 2026-06-30
expect 64 "$banto" plan dates "$tmp/good" --from 9999-12-01 --to 9999-12-31
expect 65 "$banto" plan dates "$tmp/bad" --from 2026-06-01 --to 2026-06-30

# jc= and x_calendar= that name nothing are told; a group of the site's units is found.
mkdir -p "$tmp/site/units"
printf 'site: s\ncalendars:\n  - name: OPEN\n    open_weekdays: [su, mo, tu, we, th, fr, sa]\n' >"$tmp/site/site.yaml"
printf 'unit=暦;{ty=g;unit=月休;{ty=g;x_calendar=OPEN;cl=mo;}}\n' | iconv -f UTF-8 -t CP932 >"$tmp/site/units/cal.txt"
printf 'unit=g;{ty=g;\nx_calendar=OPEN;cl=sa;cl=su;\nunit=n;{ty=n;sd=1,6;sh=1,af;\njc=/暦/月休;\nejn=nobody;}}\n' >"$tmp/borrow"
expect 0 "$banto" plan dates "$tmp/borrow" --from 2026-06-01 --to 2026-06-30 --json
says out '"date":"2026-06-08"'
says err "^$tmp/borrow:2:1: BNT0262-W /g: x_calendar=OPEN"
says err "^$tmp/borrow:4:1: BNT0262-W /g/n: jc=/暦/月休"
says err "^$tmp/borrow:5:1: BNT0262-W /g/n: ejn=nobody"
expect 0 "$banto" plan dates "$tmp/borrow" --from 2026-06-01 --to 2026-06-30 --json --site "$tmp/site"
says out '"date":"2026-06-06"'
if grep -q 'jc=\|x_calendar=' "$tmp/err"; then echo "what the site has is told as missing"; cat "$tmp/err"; failed=1; fi
sed 's/sd=1,6/sd=1,8/' "$tmp/borrow" >"$tmp/monday"
expect 0 "$banto" plan dates "$tmp/monday" --from 2026-06-01 --to 2026-06-30 --json --site "$tmp/site"
says out '"date":"2026-06-09".*"shifted_from":"2026-06-08"'

expect 0 "$banto" calendar days --from 2019-01-01 --to 2028-12-31 --json
says out '"date":"2028-12-31"'
expect 0 "$banto" calendar days --from 2026-07-20 --to 2026-07-21 --json
says out '"date":"2026-07-20".*"open":false,"holiday":"海の日"'
says out '"date":"2026-07-21".*"open":true'
expect 0 "$banto" openapi
says out '"openapi":"3.1.0"'
expect 0 "$banto" help
says out 'plan dates FILE'
expect 0 "$banto" rerun --help --lang en
says out 'Rerun'
expect 64 "$banto" nonsense
expect 64 "$banto" status
expect 69 "$banto" --data "$tmp" status
says err BNT0900-E
expect 64 "$banto" restore "$tmp/good"

exit "$failed"
