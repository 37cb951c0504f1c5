#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# security - a real bantod from its first link on: a browser's way in, forged requests, the key file, TLS reload by signal.
set -u
bin=${BANTO_BIN:?}
for program in "$bin/bantod" "$bin/banto"; do
    [ -x "$program" ] || exit 77
done
command -v curl >/dev/null || exit 77
tmp=$(mktemp -d)
INVOCATION_ID=test # no agent is needed
export INVOCATION_ID
failed=0
server=

finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server"
    rm -rf "$tmp"
}
trap finish EXIT

# wait_for PIECE: until the log says it.
wait_for()
{
    waited=0
    until grep -q -- "$1" "$tmp/log" || [ "$waited" -gt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
}

# code STATUS WORDS...: curl's answer has this status; its body is in $tmp/out.
code()
{
    wanted=$1
    shift
    got=$(curl -s -o "$tmp/out" -D "$tmp/head" -w '%{http_code}' -c "$tmp/jar" -b "$tmp/jar" "$@")
    [ "$got" = "$wanted" ] || { echo "$got, not $wanted: $*"; cat "$tmp/out"; failed=1; }
}

json='Content-Type: application/json'
"$bin/bantod" --data "$tmp/data" --listen 127.0.0.1:0 --host banto.example >"$tmp/log" 2>&1 &
server=$!
wait_for 'link='
port=$(sed -n 's/.*(port \([0-9]*\)).*/\1/p' "$tmp/log")
key=$(sed -n 's/.*link=\([0-9a-zA-Z_-]*\).*/\1/p' "$tmp/log")
base=http://127.0.0.1:$port
[ "$(stat -c %a "$tmp/data/secret.key")" = 600 ] || { echo "the key file is not private"; failed=1; }

code 401 "$base/api/v1/me"
code 200 -H "$json" -d "{\"key\":\"$key\",\"name\":\"admin\",\"title\":\"管理者\",\"password\":\"ochazuke to umeboshi 7\"}" "$base/api/v1/link"
grep -qi '^set-cookie: banto_session=.*; HttpOnly; SameSite=Lax' "$tmp/head" || { echo "the cookie's flags"; failed=1; }
code 404 -H "$json" -d "{\"key\":\"$key\",\"name\":\"second\",\"title\":\"x\",\"password\":\"ochazuke to umeboshi 7\"}" "$base/api/v1/link"
code 401 -H "$json" -d '{"name":"admin","password":"wrong wrong wrong"}' "$base/api/v1/login"
code 200 -H "$json" -d '{"name":"admin","password":"ochazuke to umeboshi 7"}' "$base/api/v1/login"
code 200 "$base/api/v1/me"
csrf=$(sed 's/.*"csrf":"\([0-9a-f]*\)".*/\1/' "$tmp/out")
code 403 -H "$json" -d '{}' "$base/api/v1/me/totp/begin"
code 403 -H "$json" -H "X-Banto-CSRF: $csrf" -H 'Origin: http://evil.example' -d '{}' "$base/api/v1/me/totp/begin"
code 200 -H "$json" -H "X-Banto-CSRF: $csrf" -d '{}' "$base/api/v1/me/totp/begin"
code 400 -H 'Host: evil.example' "$base/"
code 200 -H 'Host: banto.example' "$base/"
grep -qi "^content-security-policy: default-src 'none'; script-src 'self'" "$tmp/head" || { echo "no policy"; failed=1; }
code 404 --path-as-is "$base/assets/../../../../etc/passwd"
kill -HUP "$server" # nothing to read again; it goes on
code 200 "$base/healthz"
code 200 -H "$json" -H "X-Banto-CSRF: $csrf" -d '{}' "$base/api/v1/logout"
code 401 "$base/api/v1/me"

# A header of a stranger's means nothing; of a trusted proxy's it does. The end does not wait for anybody.
forged='X-Forwarded-Proto: https'
code 200 -H "$forged" "$base/healthz"
! grep -qi '^strict-transport-security' "$tmp/head" || { echo "a stranger's word on TLS is taken"; failed=1; }
kill "$server"
wait "$server" || { echo "the end was not clean"; failed=1; }
"$bin/bantod" --data "$tmp/data" --listen 127.0.0.1:0 --proxy proxy.example >"$tmp/log" 2>&1 && { echo "a proxy by name"; failed=1; }
"$bin/bantod" --data "$tmp/data" --listen 127.0.0.1:0 --proxy 192.0.2.1,127.0.0.0/8 >"$tmp/log" 2>&1 &
server=$!
wait_for BNT0120-I
base=http://127.0.0.1:$(sed -n 's/.*(port \([0-9]*\)).*/\1/p' "$tmp/log")
code 200 -H "$forged" "$base/healthz"
grep -qi '^strict-transport-security' "$tmp/head" || { echo "a proxy's word on TLS is not taken"; failed=1; }
code 401 -H "$json" -H 'X-Forwarded-For: 203.0.113.9' -d '{"name":"admin","password":"wrong wrong wrong"}' "$base/api/v1/login"
told() { "$bin/banto" --data "$tmp/data" journal list --stream desk --operation login.failed --json | grep -q '@203.0.113.9"'; }
waited=0
until told || [ "$waited" -gt 50 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
told || { echo "the failed login is not in the journal, or not from there"; failed=1; }

! grep -rq 'ochazuke' "$tmp/data" "$tmp/log" || { echo "a password is on the disk"; failed=1; }
! grep -aq -- "$key" "$tmp/data/banto.db" "$tmp/data/banto.db-wal" || { echo "the link's key is on the disk"; failed=1; }
exit $failed
