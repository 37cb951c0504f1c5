#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# night - the sample federation's longest night with real processes: every jobnet starts within 5 business minutes of
# the table, none before what it waits for has ended, all end normally, and the journal holds.
set -u
bin=${BANTO_BIN:?}
root=${BANTO_ROOT:?}
job=${BANTO_BUILD:?}/examples/kokuho/kokuho-job
for program in "$bin/banto" "$bin/bantod" "$bin/banto-agent" "$bin/banto-keeper" "$job"; do
    [ -x "$program" ] || exit 77
done
speed=300
tmp=$(mktemp -d)
export LC_ALL=C.UTF-8 BANTO_SERVER="unix:$tmp/data/bantod.sock"
unset INVOCATION_ID
server=

finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server"
    "$bin/banto-agent" --dir "$tmp/data/agent" --kill-all >/dev/null 2>&1
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM

give_up()
{
    echo "$*" >&2
    cat "$tmp/log" >&2
    exit 1
}

mkdir -p "$tmp/kokuho/online" "$tmp/kokuho/fail"
echo open >"$tmp/kokuho/online/職員"
echo open >"$tmp/kokuho/online/保険者"
echo closed >"$tmp/kokuho/online/審査委員会"
BANTO_BIN=$bin "$bin/bantod" --data "$tmp/data" --clock 'sim:2026-06-29T18:58+09:00,x1' >"$tmp/log" 2>&1 &
server=$!
waited=0
until "$bin/banto" status >/dev/null 2>&1; do
    waited=$((waited + 1))
    [ "$waited" -lt 100 ] || give_up "bantod does not start"
    sleep 0.1
done
"$bin/banto" clock pause >/dev/null &&
    "$bin/banto" site apply "$root/examples/kokuho" >/dev/null &&
    "$bin/banto" define "$root"/examples/kokuho/units/*.txt >/dev/null &&
    "$bin/banto" baseline import "$root/examples/kokuho/baseline.csv" >/dev/null || give_up "the sample is not taken"
mkdir -p "$tmp/data/agent"
printf 'KOKUHO_JOB=%s\nKOKUHO_DATA=%s\n' "$job" "$tmp/kokuho" >"$tmp/data/agent/environment"
"$bin/banto" window observe KOKUHO 職員 open >/dev/null
"$bin/banto" window observe KOKUHO 保険者 open >/dev/null
"$bin/banto" window observe KOKUHO 審査委員会 closed >/dev/null
"$bin/banto" register / --recursive --yes >/dev/null || give_up "the night cannot be registered"
"$bin/banto" clock go >/dev/null
"$bin/banto" clock speed "$speed" >/dev/null

# Until 08:28 of the next morning; 49 minutes of real time would be far too long.
waited=0
until "$bin/banto" status --json | grep -qE '"business":"2026-06-30T08:(2[89]|[345])'; do
    waited=$((waited + 1))
    [ "$waited" -lt 400 ] || give_up "the night does not end"
    sleep 1
done
"$bin/banto" runs --json --limit 200 >"$tmp/runs.json" || give_up "no list of runs"
"$bin/banto" journal verify >/dev/null || give_up "the journal is broken"

# unit, expected start in minutes of 06-29 (48-hour clock), units that must have ended before
cat >"$tmp/table" <<'TABLE'
JN103 1140
JN104 1275
JN107 1325 JN103 JN104
JN201 1330 JN107
JN202 1330 JN107
JN205 1330 JN107
JN203 1390 JN201 JN202
JN204 1440 JN203
JN404 1390 JN201
JN405 1390 JN201 JN205
JN206 1470 JN203
JN207 1470 JN203
JN506 1690 JN404
JN208 1740
JN210 1830
JN101 1900 JN210 JN506
JN102 1940 JN210 JN506
TABLE
tr '{' '\n' <"$tmp/runs.json" | sed 's/,"status_text":$//' >"$tmp/runs"
awk -v tolerance=5 '
    function field(name,    text) {
        if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
        text = substr($0, RSTART, RLENGTH)
        sub("^\"" name "\":\"", "", text)
        sub("\"$", "", text)
        return text
    }
    # minutes since 2026-06-29T00:00 of an instant of the site
    function minutes(text) {
        return (substr(text, 9, 2) - 29) * 1440 + substr(text, 12, 2) * 60 + substr(text, 15, 2) + substr(text, 18, 2) / 60
    }
    FNR == 1 { file++ }
    file == 1 { start[$1] = $2; for (i = 3; i <= NF; i++) { after[$1, ++waits[$1]] = $i }; next }
    /^"run":/ { unit = field("unit"); sub(".*/", "", unit); status = field("status"); day = ""; next_line = 1 }
    {
        if ($0 ~ /"started":"2026-06-(29|30)/ && unit in start && field("started") >= "2026-06-29T18:58") {
            began[unit] = minutes(field("started")); ended[unit] = minutes(field("ended")); state[unit] = status
        }
    }
    END {
        for (unit in start) {
            if (!(unit in began)) { print unit " did not start"; bad = 1; continue }
            late = began[unit] - start[unit]
            if (late > tolerance || late < -tolerance) { printf "%s started %.1f minutes off\n", unit, late; bad = 1 }
            if (state[unit] != "normal" && unit != "JN102") { print unit " ended " state[unit]; bad = 1 }
            for (i = 1; i <= waits[unit]; i++) {
                other = after[unit, i]
                if (began[unit] < ended[other]) { print unit " started before " other " had ended"; bad = 1 }
            }
            worst = late > worst ? late : worst
        }
        printf "%d jobnets, the latest %.1f business minutes behind the table\n", length(start), worst
        exit bad
    }' "$tmp/table" "$tmp/runs" || { cat "$tmp/runs" >&2; exit 1; }
