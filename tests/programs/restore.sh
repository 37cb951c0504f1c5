#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# restore - back to a backup while the agent knows more: the two refuse each other until --adopt, and nothing runs twice.
set -u
bin=${BANTO_BIN:?}
for program in banto bantod banto-agent banto-keeper; do
    [ -x "$bin/$program" ] || exit 77
done
tmp=$(mktemp -d)
unset BANTO_SERVER
INVOCATION_ID=test # the agent is a service of its own
LC_ALL=C.UTF-8
export LC_ALL INVOCATION_ID
failed=0
server=
agent=

stop()
{
    [ -z "$1" ] || { kill "$1" 2>/dev/null; wait "$1"; }
}

finish()
{
    stop "$agent"
    stop "$server"
    "$bin/banto-agent" --dir "$tmp/agent" --kill-all >/dev/null 2>&1
    rm -rf "$tmp"
}
trap finish EXIT

wrong()
{
    echo "$1"
    cat "$tmp/log" "$tmp/agent.log"
    failed=1
}

# until_true COMMAND...: within 20 s
until_true()
{
    waited=0
    until "$@" >/dev/null 2>&1; do
        waited=$((waited + 1))
        [ "$waited" -le 100 ] || return 1
        sleep 0.2
    done
}

banto()
{
    timeout 60 "$bin/banto" --data "$tmp/data" "$@" </dev/null
}

start()
{
    : >"$tmp/log"
    "$bin/bantod" --data "$tmp/data" >"$tmp/log" 2>&1 &
    server=$!
    until_true grep -q BNT0120-I "$tmp/log" || wrong "the server does not start"
}

agent_start()
{
    : >"$tmp/agent.log"
    "$bin/banto-agent" --dir "$tmp/agent" --server "unix:$tmp/data/bantod.sock" --name local "$@" >"$tmp/agent.log" 2>&1 &
    agent=$!
}

ran() # NAME: how often
{
    [ -e "$tmp/ran" ] && grep -c "^$1\$" "$tmp/ran" || echo 0
}

has_ran() # NAME TIMES
{
    [ "$(ran "$1")" -ge "$2" ]
}

is_status() # UNIT WORD
{
    banto runs --json | grep -o "\"unit\":\"$1\"[^}]*" | grep -q "\"status\":\"$2\""
}

job() # NAME SCRIPT
{
    printf 'unit=%s,,,;\n{\n\tty=n;\n\tunit=JOB,,,;\n\t{\n\t\tty=j;\n\t\tte="%s; echo %s >> %s/ran";\n\t}\n}\n' "$1" "$2" "$1" "$tmp"
}

{ job BEFORE true; job OVER 'sleep 4'; job AFTER true; job LATE 'sleep 15'; } >"$tmp/units"
start
agent_start
banto define "$tmp/units" >/dev/null || wrong "define"
banto run /BEFORE --wait >/dev/null || wrong "a job before the backup"
banto run /OVER >/dev/null || wrong "a job over the backup"
until_true is_status /OVER running || wrong "/OVER does not run"
banto backup "$tmp/backup.db" >/dev/null || wrong "backup"
banto run /AFTER --wait >/dev/null || wrong "a job after the backup"
banto run /LATE >/dev/null || wrong "a job that outlives the server"
until_true is_status /LATE running || wrong "/LATE does not run"
until_true has_ran OVER 1 || wrong "/OVER does not end"
stop "$agent"
stop "$server"
agent=
server=
banto restore "$tmp/backup.db" >"$tmp/out" 2>&1 || { cat "$tmp/out"; wrong "restore"; }
[ -e "$tmp/data/banto.db.before" ] || wrong "the store before is gone"

start
banto runs --json | grep -q /AFTER && wrong "the store knows what ran after its backup"
agent_start
until_true grep -q -e BNT0703 -e BNT0704 "$tmp/agent.log" || wrong "agent and server accept each other"
sleep 2 # it tries again, and is refused again
banto run /BEFORE >/dev/null || wrong "a run is refused"
sleep 1
[ "$(ran BEFORE)" = 1 ] || wrong "a refused agent ran something"
stop "$agent"

agent_start --adopt
until_true grep -q BNT0707-I "$tmp/agent.log" || wrong "--adopt does not connect"
until_true has_ran BEFORE 2 || wrong "what waited does not run"
until_true is_status /BEFORE normal || wrong "its end is not told"
is_status /OVER running && wrong "/OVER is still said to run"
banto run /AFTER --wait >/dev/null || wrong "a new run with a number that was used before"
stop "$agent"
agent_start # from now on without --adopt
until_true grep -q BNT0707-I "$tmp/agent.log" || wrong "the epoch was not kept"
until_true has_ran LATE 1 || wrong "the job that the restored store does not know was harmed"
[ "$(ran BEFORE) $(ran OVER) $(ran AFTER) $(ran LATE)" = "2 1 2 1" ] || wrong "runs: $(sort "$tmp/ran" | uniq -c | tr '\n' ' ')"
banto journal verify >"$tmp/out" || wrong "the journal"
exit "$failed"
