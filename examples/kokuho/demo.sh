#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# demo - plays scenario S10 on a made-up clock: the night of 2026-06-29, from 19:00 to 08:30 the next morning.
#
#   SPEED=400   business time against real time; it drops to 1 at the first failure
#   AUTO=1      nobody types: the client's decision and the rerun are made by the script, the server is stopped at the end
#   KEEP=1      with AUTO=1: leave the server running
#   PORT=8642   of the console; a free one when it is taken
#   LINKS=FILE  the console's one-time links are written there, a line a person: NAME URL
#   BANTO_BIN   folder of the programs (build/bin)        DATA   data folder, a new one by default
#
# Ctrl-C ends everything that was started here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
BANTO_BIN=${BANTO_BIN:-$root/build/bin}
SPEED=${SPEED:-400}
AUTO=${AUTO:-}
KEEP=${KEEP:-}
PORT=${PORT:-8642}
LINKS=${LINKS:-}
KOKUHO_JOB=${KOKUHO_JOB:-$BANTO_BIN/../examples/kokuho/kokuho-job}
[ -x "$KOKUHO_JOB" ] || KOKUHO_JOB=$BANTO_BIN/../libexec/banto/kokuho-job # installed
day=2026-06-29
next_day=2026-06-30
[ -t 0 ] || AUTO=1

for program in "$BANTO_BIN/bantod" "$BANTO_BIN/banto" "$KOKUHO_JOB"; do
    [ -x "$program" ] || { echo "$program がありません。先に make build を実行してください / run make build first" >&2; exit 66; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/banto-demo.XXXXXX")
DATA=${DATA:-$work/data}
KOKUHO_DATA=$work/kokuho
BANTO_SERVER=unix:$DATA/bantod.sock
export BANTO_BIN BANTO_SERVER
mkdir -p "$KOKUHO_DATA/online" "$KOKUHO_DATA/fail"
# Jobs inherit nothing; what a host's administrator wants them to have stands in the agent's folder.
(umask 077 && mkdir -p "$DATA/agent" &&
    printf 'KOKUHO_JOB=%s\nKOKUHO_DATA=%s\n' "$KOKUHO_JOB" "$KOKUHO_DATA" >"$DATA/agent/environment")
server=
follower=
reader=

finish()
{
    trap - EXIT INT TERM HUP PIPE
    [ -z "$follower" ] || kill "$follower" 2>/dev/null || true
    [ -z "$reader" ] || kill "$reader" 2>/dev/null || true
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        "$BANTO_BIN/banto-agent" --dir "$DATA/agent" --kill-all >/dev/null 2>&1 || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'echo; echo "終わります / ending"; exit 130' INT TERM
trap 'exit 141' HUP PIPE

banto()
{
    "$BANTO_BIN/banto" "$@"
}

# Text of a member of one JSON object: json TEXT NAME
json()
{
    case $1 in
    *"\"$2\":"*) ;;
    *) return 0 ;;
    esac
    value=${1#*"\"$2\":"}
    case $value in
    \"*) value=${value#\"}; value=${value%%\"*} ;;
    *) value=${value%%[,\}\]]*} ;;
    esac
    printf '%s' "$value"
}

# 2026-06-30T01:30:12+09:00 -> 25:30
clock48()
{
    time=${1#*T}
    hour=${time%%:*}
    hour=${hour#0}
    rest=${time#*:}
    [ "${1%%T*}" != "$next_day" ] || hour=$((hour + 24))
    printf '%02d:%s' "$hour" "${rest%%:*}"
}

now48()
{
    clock48 "$(json "$(banto clock show --json)" now)"
}

# now_past 25:45
now_past()
{
    [ "$(now48 | tr -d :)" -ge "$(echo "$1" | tr -d :)" ]
}

wait_until()
{
    until now_past "$1"; do sleep 0.2; done
}

headline()
{
    printf '\n== %s\n' "$*"
}

slack_show()
{
    forecast=$(banto plan forecast --json)
    opening=${forecast#*'"opening":'}
    [ "$opening" != "$forecast" ] || opening=
    slack=$(json "$opening" slack_minutes)
    last=$(json "$opening" last)
    if [ -z "$slack" ]; then
        printf '%s  予測      夜間の処理はすべて終わっています\n' "$(now48)"
        return
    fi
    mark="間に合います"
    [ "$slack" -ge 60 ] || mark="間に合いますが、60分を割りました"
    [ "$slack" -ge 0 ] || mark="間に合いません"
    printf '%s  予測      開局準備 31:40 まで余裕 %s 分、最後は %s。%s\n' "$(now48)" "$slack" "${last##*/}" "$mark"
}

job_show()
{
    case $name:$status in
    *:abnormal | *:unknown | *:fail)
        printf '%s  %-9s %s 終了コード %s  %s\n' "$1" "$name" "$(json "$2" status_ja)" "$(json "$2" code)" "$(json "$2" comment)"
        if [ ! -f "$work/failed" ]; then
            banto clock speed 1 >/dev/null
            json "$2" unit >"$work/failed"
        fi
        ;;
    JN404-*:normal) printf '%s  %-9s   %s\n' "$1" "$name" "$(json "$2" comment)" ;;
    esac
}

# A net is written at every job that ends: only its changes of status are news. $states: " NAME=status " one after another.
states=
net_show()
{
    before=${states##*" $name="}
    [ "${before%% *}" != "$status" ] || return 0
    states="$states $name=$status "
    case $status in
    running) printf '%s  %-9s 開始  %s\n' "$1" "$name" "$(json "$2" comment)" ;;
    gate-wait | time-wait | no-plan) ;;
    *) printf '%s  %-9s %s  %s\n' "$1" "$name" "$(json "$2" status_ja)" "$(json "$2" comment)" ;;
    esac
}

# One change of a run or of a job in it. $1 time, $2 the object behind {"run":
change_show()
{
    unit=$(json "$2" unit)
    name=${unit##*/}
    status=$(json "$2" status)
    case $name in
    JN209*) ;; # every hour, and all is well
    *-*) job_show "$1" "$2" ;;
    *) net_show "$1" "$2" ;;
    esac
}

follow()
{
    banto watch --json | while IFS= read -r line; do
        at=$(clock48 "$(json "$line" at)")
        rest=${line#*'"changes":['}
        while :; do
            case $rest in
            *'{"run":'*) ;;
            *) break ;;
            esac
            rest=${rest#*'{"run":'}
            change_show "$at" "\"run\":${rest%%'{"run":'*}"
        done
    done
}

# ---- the server and its site ----
headline "国保連合会の夜 $day 19:00 – $next_day 08:30 (×$SPEED)"
echo open >"$KOKUHO_DATA/online/職員"
echo open >"$KOKUHO_DATA/online/保険者"
echo closed >"$KOKUHO_DATA/online/審査委員会"
echo 12 >"$KOKUHO_DATA/fail/JN404-05"
server_start()
{
    "$BANTO_BIN/bantod" --data "$DATA" --listen "127.0.0.1:$1" --clock "sim:${day}T18:58+09:00,x1" >"$work/bantod.log" 2>&1 &
    server=$!
    tries=0
    until banto status >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
            return 1
        fi
        sleep 0.1
    done
}
# The port that was asked for, else any that is free.
server_start "$PORT" || server_start 0 || {
    echo "bantod が起動しません / bantod does not start:" >&2
    tail -20 "$work/bantod.log" >&2
    exit 69
}
console=http://127.0.0.1:$(sed -n 's/.*127\.0\.0\.1:\([0-9][0-9]*\).*port \([0-9]*\).*/\2/p; t; s/.*127\.0\.0\.1:\([0-9][0-9]*\).*/\1/p' "$work/bantod.log" | head -n 1)
banto clock pause >/dev/null
sh "$here/start.sh" >"$work/links"
# Role accounts are let in by one-time links instead of passwords.
sed "s|/#|$console/#|" "$work/links" >"$work/urls"
[ -z "$LINKS" ] || cp "$work/urls" "$LINKS"
operator_link=$(sed -n 's/^operator //p' "$work/urls")
cat <<EOT

画面 / the console   $operator_link
                     (一度だけ使える、運用担当としてのリンク / a link for once, as the operator)
もう一度入るとき、本会の立場で見るとき / again, or as the client:
                     BANTO_SERVER=$BANTO_SERVER $BANTO_BIN/banto person invite operator --kind login    (client, leader, auditor, admin)

EOT
if [ -z "$AUTO" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null 2>&1; then
    xdg-open "$operator_link" >/dev/null 2>&1 || true
fi
echo "48 ジョブネット、283 ジョブを定義し、計画実行で登録しました。今夜の最長の列は 107 → 201 → 404 → 506 です。"
follow &
follower=$!
banto clock go >/dev/null
banto clock speed "$SPEED" >/dev/null

# ---- the failure ----
decide()
{
    banto decision record --kind recovery --by システム管理課長 --medium 電話 --entity "$run" \
        --text "表領域を拡張し、異常ジョブから再実行する" --json >"$work/decision"
    decision=$(sed 's/.*"decision":\([0-9]*\).*/\1/' "$work/decision")
    printf '%s  判断      システム管理課長(電話): 表領域を拡張し、異常ジョブから再実行する\n' "$(now48)"
}

rerun()
{
    banto rerun "$run" --from abnormal-job --decision "$decision" --reason "表領域拡張済み。本会判断により再実行" --reference S10 \
        >/dev/null || return 0
    printf '%s  再実行    %s を異常ジョブから\n' "$(now48)" "${run##*/}"
}

# A rerun made anywhere, in the console say, is one, too.
has_rerun()
{
    status=$(json "$(banto runs "$run" --limit 1 --json)" status)
    [ "$status" != ab-cont ] && [ "$status" != abnormal ]
}

# Lines typed here until a rerun succeeds, here or in the console.
# shellcheck disable=SC2120
ask()
{
    cat <<EOT
画面の「今」から、またはここで打てます(banto は省いてかまいません)。空行なら代わりに実行します /
use the console, or type here; an empty line does it for you.
別の端末からは / from another terminal: export BANTO_SERVER=$BANTO_SERVER
EOT
    exec 3<&0
    while :; do
        printf 'banto> '
        rm -f "$work/line"
        { IFS= read -r line || line=; printf '%s\n' "$line" >"$work/line.new"; mv "$work/line.new" "$work/line"; } <&3 &
        reader=$!
        until [ -f "$work/line" ]; do
            if has_rerun; then
                kill "$reader" 2>/dev/null || true
                reader=
                printf '\n%s  再実行    画面から\n' "$(now48)"
                return
            fi
            sleep 0.5
        done
        reader=
        line=$(cat "$work/line")
        if [ -z "$line" ]; then
            decide
            rerun
            return
        fi
        eval "set -- ${line#banto }" 2>/dev/null || { echo "読めません / not understood"; continue; }
        if banto "$@" && [ "$1" = rerun ]; then
            return
        fi
    done
}

failure_handle()
{
    failed=$(cat "$work/failed")
    run=${failed%/*}
    job=${failed##*/}
    headline "$job が異常終了しました。時計を等速 (×1) に落としました"
    banto log "$run" "$job" | sed 's/^/    /'
    printf '    後続 JN506: %s\n' "$(json "$(banto why /外付けシステム/JN506 --json)" reason)"
    slack_show
    cat <<EOT

本会の判断を記録してから (E-13)、異常ジョブから再実行します / record the client's decision, then rerun:

    banto decision record --kind recovery --by システム管理課長 --medium 電話 --entity $run \\
        --text "表領域を拡張し、異常ジョブから再実行する"
    banto rerun $run --from abnormal-job --decision 番号 --reason "表領域拡張済み"

EOT
    if [ -z "$AUTO" ]; then
        # shellcheck disable=SC2119
        ask
    elif [ "$job" = JN404-05 ]; then
        # The call to the client takes its time; the slack shrinks meanwhile.
        banto clock speed 60 >/dev/null
        wait_until 25:40
        slack_show
        wait_until 25:45
        decide
        wait_until 25:50
        rerun
    else
        decide
        rerun
    fi
    slack_show
    rm -f "$work/failed"
    headline "続き (×$SPEED) / on it goes"
    banto clock speed "$SPEED" >/dev/null
}

# ---- the night ----
shown=
while ! now_past 32:30; do
    kill -0 "$server" 2>/dev/null || { tail -20 "$work/bantod.log" >&2; exit 70; }
    [ ! -f "$work/failed" ] || failure_handle
    hour=$(now48)
    hour=${hour%%:*}
    case $hour in
    21 | 23 | 25 | 27 | 29 | 31)
        if [ "$shown" != "$hour" ]; then
            shown=$hour
            slack_show
        fi
        ;;
    esac
    sleep 0.2
done
banto clock pause >/dev/null

# ---- what the night was ----
count_in()
{
    grep -o "$1" "$work/$2" | wc -l
}

headline "まとめ / summary"
for date in $day $next_day; do
    banto runs --date "$date" --limit 1000 --json
done >"$work/runs"
for date in $day $next_day; do
    banto plan list --from "$date" --to "$date" --skipped --limit 1000 --json
done >"$work/plan"
printf '実行 %s: 正常終了 %s、警告検出終了 %s、異常検出終了 %s\n' "$(count_in '"run":' runs)" \
    "$(count_in '"status":"normal"' runs)" "$(count_in '"status":"warning"' runs)" "$(count_in '"status":"abnormal"' runs)"
printf '計画 %s: 実行しない日 %s、登録より前 %s、まだこれから %s\n' "$(count_in '"state":' plan)" \
    "$(($(count_in '"state":"skipped"' plan) - $(count_in '"reason":"before-registration"' plan)))" "$(count_in '"reason":"before-registration"' plan)" \
    "$(count_in '"state":"planned"' plan)"
opening=$(banto runs /共通基盤/JN101 --date "$next_day" --json)
started=$(json "$opening" started)
if [ -n "$started" ] && [ "$(json "$opening" status)" = normal ]; then
    printf '開局準備 JN101 は %s に始まり、正常に終わりました(予定 31:40)\n' "$(clock48 "$started")"
else
    echo "開局準備 JN101 が終わっていません / the opening did not end"
fi
banto journal verify
result=0
[ "$(json "$opening" status)" = normal ] || result=1

if [ -n "$AUTO" ] && [ -z "$KEEP" ]; then
    exit "$result"
fi
cat <<EOT

サーバーは動いています。次はこんなことができます / the server is still up, try:
    $console                 画面 / the console
    export BANTO_SERVER=$BANTO_SERVER PATH=$BANTO_BIN:\$PATH
    banto runs --date $day              今夜の実行
    banto journal list --limit 20       だれが何をしたか
    banto plan list --from $next_day    今日の予定
    banto clock go                      時計を進める
EOT
if [ -n "$AUTO" ]; then
    trap - EXIT INT TERM HUP PIPE
    kill "$follower" 2>/dev/null || true
    echo "止めるとき / to stop: kill $server; $BANTO_BIN/banto-agent --dir $DATA/agent --kill-all; rm -rf $work"
    exit "$result"
fi
echo "Ctrl-C で終わります / Ctrl-C ends it"
wait "$server"
