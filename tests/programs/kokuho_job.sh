#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# kokuho_job - every command of the sample's units does its step: all end normally, a planted failure ends with its code
# once, the same day gives the same bytes again, and the time worked follows the clock file.
set -eu
root=${BANTO_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
KOKUHO_JOB=${BANTO_BUILD:-$root/build}/examples/kokuho/kokuho-job
[ -x "$KOKUHO_JOB" ] || { echo "no kokuho-job in ${BANTO_BUILD:-$root/build}"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset BANTO_SERVER BANTO_CLOCK_FILE 2>/dev/null || true
AJSEXDATE=2026/06/29
export KOKUHO_JOB AJSEXDATE

# te="…" with #" for each quote -> the command text
commands()
{
    sed -n 's/^[[:space:]]*te="\(.*\)";$/\1/p' "$root"/examples/kokuho/units/*.txt | sed 's/#"/"/g'
}

play()
{
    KOKUHO_DATA=$1
    export KOKUHO_DATA
    commands | while read -r command; do
        sh -c "$command" </dev/null >>"$1.log" 2>&1 || { echo "ended with $?: $command"; tail -3 "$1.log"; exit 1; }
    done
}

[ "$(commands | wc -l)" -eq 283 ] || { echo "not 283 jobs"; exit 1; }
play "$work/a"
play "$work/b"
diff -r "$work/a" "$work/b" || { echo "the same day gave other files"; exit 1; }
grep -q '一致' "$work/a.log"
if grep '不一致' "$work/a.log"; then exit 1; fi

# A planted failure ends the job once with its code; the rerun succeeds.
KOKUHO_DATA=$work/a
export KOKUHO_DATA
mkdir -p "$work/a/fail"
echo 12 >"$work/a/fail/JN404-05"
code=0
"$KOKUHO_JOB" total JN404-05 20 >"$work/out" || code=$?
[ "$code" -eq 12 ] || { echo "planted 12, got $code"; exit 1; }
grep -q '異常' "$work/out"
"$KOKUHO_JOB" total JN404-05 20 >/dev/null

# A damaged file is noticed by the comparison.
sed -i '1s/.*/9999999,HKN01,1/' "$work/a/2026-06-29/JN404/result.csv"
code=0
"$KOKUHO_JOB" total JN404-05 20 >/dev/null || code=$?
[ "$code" -eq 12 ] || { echo "a damaged result gave $code"; exit 1; }

# Backups that run side by side do not touch each other's files.
for job in JN201-03 JN201-04 JN201-05; do
    "$KOKUHO_JOB" backup "$job" 30 >/dev/null &
    eval "pid_${job#*-}=\$!"
done
# shellcheck disable=SC2154
wait "$pid_03" && wait "$pid_04" && wait "$pid_05"
"$KOKUHO_JOB" verify JN201-06 20 | grep -q '検証 3本'

# 2 business minutes at x600 are 0.2 s; paused, it waits until the clock goes on.
boot_ms=$(awk '{ printf "%d", $1 * 1000 }' /proc/uptime)
BANTO_CLOCK_FILE=$work/clock
export BANTO_CLOCK_FILE
echo "$boot_ms 1782727200000 600" >"$work/clock"
"$KOKUHO_JOB" check JN404-01 2 >"$work/out"
grep -q '^19:0[0-9] JN404-01 開始' "$work/out" || { cat "$work/out"; exit 1; }
echo "$boot_ms 1782727200000 0" >"$work/clock"
"$KOKUHO_JOB" check JN404-01 2 >/dev/null &
pid=$!
sleep 0.3
kill -0 "$pid" || { echo "it ran on although the clock was paused"; exit 1; }
echo "$boot_ms 1782727200000 100000" >"$work/clock.new"
mv "$work/clock.new" "$work/clock"
wait "$pid"
echo "283 commands, the same files twice"
