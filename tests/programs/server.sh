#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# server - bantod run by hand with its agent: define, run --wait, results, log, hold on many, backup, the end.
set -u
bin=${BANTO_BIN:?}
for program in banto bantod banto-agent banto-keeper; do
    [ -x "$bin/$program" ] || exit 77
done
tmp=$(mktemp -d)
unset INVOCATION_ID BANTO_SERVER
LC_ALL=C.UTF-8
export LC_ALL
failed=0
server=

finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server"
    "$bin/banto-agent" --dir "$tmp/data/agent" --kill-all >/dev/null 2>&1
    rm -rf "$tmp"
}
trap finish EXIT

start()
{
    : >"$tmp/log"
    "$bin/bantod" --data "$tmp/data" --listen 127.0.0.1:0 "$@" >"$tmp/log" 2>&1 &
    server=$!
    waited=0
    until grep -q BNT0120-I "$tmp/log" || [ "$waited" -gt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
}

# expect STATUS WORDS...: banto's exit status.
expect()
{
    wanted=$1
    shift
    timeout 60 "$bin/banto" --data "$tmp/data" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        echo "status $got, not $wanted: $*"
        cat "$tmp/out" "$tmp/err" "$tmp/log"
        failed=1
    fi
}

says()
{
    grep -q -- "$2" "$tmp/$1" || { echo "no '$2' in $1:"; cat "$tmp/$1"; failed=1; }
}

for code in 0 4 9; do
    printf 'unit=RC%s,,,;\n{\n\tty=n;\n\tunit=JOB,,,;\n\t{\n\t\tty=j;\n\t\tte="echo 出力%s; exit %s";\n\t\twth=0;\n\t\ttho=8;\n\t}\n}\n' \
        $code $code $code
done >"$tmp/units"

start
says log 'unix:'
expect 0 define "$tmp/units"
expect 0 list --json
says out '"/RC9"'
expect 0 run /RC0 --wait
says out 出力0
says out 正常終了
expect 1 run /RC4 --wait
expect 2 run /RC9 --wait
says out 出力9
expect 0 log /RC9 JOB
says out 出力9
expect 0 runs --status abnormal
says out /RC9
expect 0 show /RC9
expect 66 run /NONE
says err BNT0103-E
expect 64 kill /RC9
says err BNT0109-E
expect 75 delete '/RC*' --reason テスト
says out /RC0
says err BNT0902-E
expect 0 delete /RC0 --reason テスト
expect 0 journal list --operation unit.delete
says out テスト
expect 0 journal verify
expect 0 backup "$tmp/backup.db"
expect 75 clock pause
port=$(sed -n 's/.*(port \([0-9]*\)).*/\1/p' "$tmp/log")
if command -v curl >/dev/null; then
    [ "$(curl -s -o "$tmp/web" -w '%{http_code}' "http://127.0.0.1:$port/healthz")" = 200 ] || { echo "no health"; failed=1; }
    code=$(curl -s -o "$tmp/web" -w '%{http_code}' -d '{"unit":"/RC4"}' "http://127.0.0.1:$port/api/v1/runs")
    [ "$code" = 401 ] || { echo "TCP may act: $code"; failed=1; }
    code=$(curl -s -o "$tmp/web" -w '%{http_code}' "http://127.0.0.1:$port/api/v1/units")
    [ "$code" = 401 ] || { echo "TCP may look without a login: $code"; failed=1; }
    expect 0 person add desk contractor --title 運用担当
    expect 0 grant add operator --person desk --reason 着任
    token=$("$bin/banto" --data "$tmp/data" token make monitor --permissions look --person desk --json | sed 's/.*"token":"\([^"]*\)".*/\1/')
    BANTO_TOKEN=$token
    export BANTO_TOKEN
    expect 0 --server "http://127.0.0.1:$port" list
    expect 77 --server "http://127.0.0.1:$port" run /RC4
    unset BANTO_TOKEN
    expect 0 person close desk --reason 離任
    code=$(curl -s -o "$tmp/web" -w '%{http_code}' -H "Authorization: Bearer $token" "http://127.0.0.1:$port/api/v1/units")
    [ "$code" = 401 ] || { echo "a closed person's token: $code"; failed=1; }
    expect 0 journal list --stream desk
    says out token.make
    if grep -q "$token" "$tmp/out"; then echo "a token is in the journal"; failed=1; fi
fi
says log "/#link="
[ "$(stat -c %a "$tmp/data")" = 700 ] || { echo "the folder is not private"; failed=1; }
"$bin/bantod" --data "$tmp/data" >"$tmp/second" 2>&1 && { echo "two servers on one folder"; failed=1; }
says second BNT
"$bin/bantod" --data "$tmp/other" --listen 0.0.0.0:80 >"$tmp/second" 2>&1 && { echo "listens to the world"; failed=1; }
says second BNT0117-E

kill "$server"
wait "$server" || { echo "the end was not clean"; cat "$tmp/log"; failed=1; }
server=
says log BNT0121-I
[ ! -e "$tmp/data/bantod.sock" ] || { echo "the socket was left"; failed=1; }
"$bin/banto" restore "$tmp/backup.db" --data "$tmp/data" >"$tmp/out" 2>&1 || { echo "restore failed"; cat "$tmp/out"; failed=1; }
start
expect 0 list
says out /RC9

exit "$failed"
