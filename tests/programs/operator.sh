#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# operator - an operator's acts against the sample federation on a paused clock: what each says, its exit status, its place
# in the journal; E-05, E-06, E-07, E-08, E-10, E-22; a restart and a kill -9 amid running jobs.
set -u
bin=${BANTO_BIN:?}
root=${BANTO_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
for program in banto bantod banto-agent banto-keeper; do
    [ -x "$bin/$program" ] || exit 77
done
tmp=$(mktemp -d)
unset INVOCATION_ID
BANTO_SERVER=unix:$tmp/data/bantod.sock
LC_ALL=C.UTF-8
export LC_ALL BANTO_SERVER
failed=0
server=

finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server" 2>/dev/null
    "$bin/banto-agent" --dir "$tmp/data/agent" --kill-all >/dev/null 2>&1
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM

start()
{
    "$bin/bantod" --data "$tmp/data" --clock sim:2026-06-29T16:30+09:00,x1 >>"$tmp/log" 2>&1 &
    server=$!
    waited=0
    until "$bin/banto" agent list --json 2>/dev/null | grep -q '"state":"ready"' || [ "$waited" -gt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    [ "$waited" -le 100 ] || { echo "bantod or its agent does not start"; cat "$tmp/log"; exit 1; }
}

# expect STATUS WORDS...: banto's exit status, output in out and err; says FILE TEXT
expect()
{
    wanted=$1
    shift
    timeout 20 "$bin/banto" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        echo "status $got, not $wanted: $*"
        cat "$tmp/out" "$tmp/err"
        failed=1
    fi
}

says()
{
    grep -q -- "$2" "$tmp/$1" || { echo "no '$2' in $1:"; cat "$tmp/$1"; failed=1; }
}

says_not()
{
    if grep -q -- "$2" "$tmp/$1"; then echo "'$2' in $1:"; cat "$tmp/$1"; failed=1; fi
}

run_of() # UNIT: its latest run
{
    "$bin/banto" runs "$1" --limit 1 --json | sed 's/.*"run":\([0-9]*\).*/\1/'
}

cat >"$tmp/units" <<'END'
unit=T,,,;
{
	ty=g;
	unit=OK,,,;
	{
		ty=n;
		unit=A,,,;
		{
			ty=j;
			te="echo ok";
		}
	}
	unit=SLOW,,,;
	{
		ty=n;
		ar=(f=A,t=B,seq);
		unit=A,,,;
		{
			ty=j;
			te="echo begun; sleep 60; echo over";
		}
		unit=B,,,;
		{
			ty=j;
			te="echo b";
		}
	}
	unit=BAD,,,;
	{
		ty=n;
		ar=(f=A,t=B,seq);
		ar=(f=B,t=C,seq);
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
		unit=B,,,;
		{
			ty=j;
			te="echo 出力; echo 標準エラー >&2; exit 9";
			wth=0;
			tho=8;
		}
		unit=C,,,;
		{
			ty=j;
			te="echo c";
		}
	}
	unit=ONLINE,,,;
	{
		ty=n;
		x_gate=online(KOKUHO,closed);
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
	}
	unit=LOCK,,,;
	{
		ty=n;
		x_gate=lock(KOKUHO,shared);
		unit=A,,,;
		{
			ty=j;
			te="sleep 60";
		}
	}
	unit=PRED,,,;
	{
		ty=n;
		x_gate=pred(/T/BAD,latest,ok);
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
	}
	unit=PERMIT,,,;
	{
		ty=n;
		x_gate=permit(E01);
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
	}
	unit=WINDOW,,,;
	{
		ty=n;
		x_gate=window(MAINTENANCE);
		unit=A,,,;
		{
			ty=j;
			te="echo a";
		}
	}
}
END
sed 's/wth=0/wth=9/; s/t=C,seq/t=NOPE,seq/' "$tmp/units" >"$tmp/wrong"

start
expect 0 clock pause
expect 0 site apply "$root/examples/kokuho"
expect 0 define "$root"/examples/kokuho/units/*.txt
expect 0 baseline import "$root/examples/kokuho/baseline.csv"
for pair in 職員:open 保険者:open 審査委員会:closed; do
    expect 0 window observe KOKUHO "${pair%:*}" "${pair#*:}"
done
expect 75 register / --recursive
says out '/審査支払/JN404'
says err BNT0902-E
expect 0 register / --recursive --yes

# ---- definitions: none of several is stored when one is wrong ----
expect 65 define "$tmp/units" "$tmp/wrong"
says err "wrong:32:3: BNT0222-E /T/BAD: "
says err "wrong:42:4: BNT0227-E /T/BAD/B: "
says err '誤りが 2 件'
says err 対処
expect 0 list '/T*'
says out 該当なし
expect 0 define "$tmp/units"
says out '追加 9'
expect 75 register /審査支払/JN404
says err すでに登録
expect 75 unregister /T/OK --reason x
says err 登録されていません

# ---- starts and gates ----
expect 0 run /T/OK --wait
expect 2 run /T/BAD --wait
says out 標準エラー
bad=$(run_of /T/BAD)
for pair in ONLINE:E-07 PRED:E-08 WINDOW:E-10; do
    expect 75 run "/T/${pair%:*}"
    says err "${pair#*:}"
    says err 対処
done
expect 77 run /T/PERMIT
says err E-01
expect 66 run /T
says err ジョブグループ
expect 0 run /T/ONLINE --wait-gates
says out 前提待ち
online=$(run_of /T/ONLINE)
expect 0 show "$online"
says out '待ち  .*職員'
expect 0 why "$online"
says out 'オンライン  E-07  KOKUHO  いいえ'
expect 0 why "$online" --lang en
says out 'online.*E-07.*no .*BNT0551-E'
expect 0 hold "$online"
expect 0 release "$online"
expect 75 change-status "$online" A normal --reason x --lang en
says err 'BNT0425-E /T/ONLINE/A is: .*not possible in this state'
expect 75 hold '/T/*'
says out /T/ONLINE

# ---- something failed ----
expect 0 show /T/BAD
says out "^実行 $bad  /T/BAD"
says out '異常検出終了  16:30'
says out '^-- /T/BAD/B stderr'
says out 標準エラー
expect 0 events --open --severity warning
says out '異常  BNT0410-E  /T/BAD/B'
expect 0 events --ack 1
for kind in top abnormal-net abnormal-job next; do
    expect 0 rerun "$bad" --from $kind --preview
    says out /T/BAD/C
done
for kind in this only after; do
    expect 0 rerun "$bad" B --from $kind --preview
done
expect 75 rerun "$bad" --from warning --preview
expect 64 rerun "$bad" --from abnormal-job
expect 75 rerun "$bad" --from abnormal-job --reason 再実行
says err 'BNT0584-E E-13: /T/BAD'
expect 0 decision record --kind recovery --entity "run/$bad" --by 課長 --medium 電話 --text 再実行
expect 0 rerun "$bad" --from abnormal-job --reason 再実行 --reference 0123 --decision 1
waited=0
until "$bin/banto" nodes "$bad" --json | grep -q '"status":"abnormal".*"attempt":2' || [ "$waited" -gt 50 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
expect 0 change-status "$bad" B normal --reason 手作業
says out 順序不正
expect 75 rerun "$bad" --from next --reason 続き --decision 1
says err BNT0583-E
expect 0 decision record --kind recovery --entity /T/BAD --by 課長 --medium 電話 --text 手作業の後を続ける
expect 0 rerun "$bad" --from next --reason 続き --decision 2
expect 0 journal list --entity "run/$bad*"
says out 'run.rerun .*再実行  0123'
says out 手作業

# ---- stop ----
expect 0 run /T/SLOW
slow=$(run_of /T/SLOW)
expect 0 interrupt "$slow" --reason x
expect 64 kill "$slow" A
expect 0 kill "$slow" A --reason x
expect 0 run /T/SLOW --hold
slow=$(run_of /T/SLOW)
expect 0 kill "$slow" --reason 開始前
says out 強制終了
expect 75 kill "$slow" --reason x
says err BNT0425-E
expect 0 suspend /T/OK
expect 0 resume /T/OK
expect 0 journal list --operation unit.resume
says out /T/OK

# ---- the plan ----
net=/国保情報集約/JN202
expect 0 plan move $net 2026-06-29 23:00 --reason 遅らせる
expect 0 plan list $net
says out '23:00  .*予定・変更'
expect 0 plan hold $net 2026-06-29
expect 0 plan list $net
says out '予定・保留・変更'
expect 0 plan release $net 2026-06-29
expect 0 plan skip $net 2026-06-29 --reason 不要
expect 0 plan list $net
says out '実行しない・変更'
expect 0 plan undo $net 2026-06-29
expect 0 plan list $net
says out '22:10  .*予定 '
expect 0 plan add $net 27:30 --reason 追加
says out 27:30
expect 75 plan move $net 2026-06-29 23:00 --reason x
says err '2 件'
expect 66 plan move $net 2026-07-05 23:00 --reason x
number=$("$bin/banto" plan list $net --json | sed 's/.*"number":\([0-9]*\).*"time":"27:30".*/\1/')
expect 0 plan undo $net 2026-06-29 --number "$number"
expect 0 plan forecast
says out '^開局準備 31:40 まで余裕 90 分'
says out 'JN107 → JN201 → JN404 → JN506'
expect 0 plan forecast --lang en
says out 'Slack to the opening.*90 min'
says_not out 終了

# ---- windows ----
expect 75 window command KOKUHO 職員 閉塞 --reason x
says err '職員 を 開局 から 閉塞 へは.*E-22'
expect 0 window command KOKUHO 職員 閉塞 --emergency --approver 課長 --reason 緊急
expect 0 run /T/LOCK
expect 75 window command KOKUHO 職員 開局 --reason x
says err 'BNT0522-E.*T/LOCK'
expect 66 window command KOKUHO 職員 開局 --reason x --decision 99
expect 0 decision record --kind recovery --entity "run/$bad" --by 課長 --medium 電話 --text 別の判断
expect 75 window command KOKUHO 職員 開局 --reason x --decision 3
says err 'BNT0582-E 判断 3 は run/.* の「再実行」'
expect 64 decision record --kind 何か --entity KOKUHO/職員 --by 課長 --medium 電話 --text x
says err 'BNT0580-E.*opening(開局)'
expect 64 decision record --kind opening --entity KOKUHO/なし --by 課長 --medium 電話 --text x
says err BNT0581-E
expect 0 decision record --kind opening --entity KOKUHO/職員 --by 課長 --medium 電話 --text 開局を優先
expect 0 window command KOKUHO 職員 開局 --reason 判断あり --decision 4
expect 0 decision list
says out '開局  *window/KOKUHO/職員 .*window.command window/KOKUHO/職員'
expect 0 journal list --operation window.command
says out decision/4
expect 0 window override KOKUHO 職員 閉塞 19:30 --reason x
expect 64 window extend KOKUHO 保険者 23:00 --asked 16:59 --reason 未来
expect 0 clock forward 16:59
expect 75 window extend KOKUHO 保険者 23:00 --reason x
says err 'BNT0523-E.*90 分から 35 分'
expect 0 clock forward 17:00
expect 75 window extend KOKUHO 保険者 23:00 --reason x
expect 0 clock forward 17:01
expect 75 window extend KOKUHO 保険者 23:00 --reason x
says err 'BNT0521-E.*2026-06-29 17:00.*E-05'
expect 75 window extend KOKUHO 保険者 23:00 --asked 17:00 --decision 4 --reason 了承
says err BNT0583-E
expect 0 decision record --kind 延長 --entity KOKUHO/保険者 --by 課長 --medium 電話 --text 余裕35分で了承
expect 0 window extend KOKUHO 保険者 23:00 --asked 17:00 --decision 5 --reason 了承
expect 0 window list
says out '保険者 .*22:45   23:00'
says out '^業務日'

# ---- agents ----
expect 64 agent drain local
expect 0 agent drain local --reason 保守
expect 0 run /T/OK
expect 0 show "$(run_of /T/OK)"
says out 受付停止中
expect 0 agent undrain local --reason 終わり
expect 0 journal list --operation 'agent.*'
says out agent.undrain
expect 0 agent limits local 00:00=5,22:00=20 --reason x
expect 0 agent list
says out '接続中'

# ---- amid running jobs: SIGTERM, then kill -9 ----
expect 0 run /T/SLOW
slow=$(run_of /T/SLOW)
waited=0
until "$bin/banto" log "$slow" A 2>/dev/null | grep -q begun || [ "$waited" -gt 50 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
kill "$server"
wait "$server"
expect 69 status
says err BNT0900-E
start
kill -9 "$server"
wait "$server" 2>/dev/null
start
expect 0 nodes "$slow" --status running
says out /T/SLOW/A
expect 0 kill "$slow" --reason 終わり
expect 0 journal verify
says out '連鎖は正しい  はい'
expect 0 status
says out '処理の受付      はい'
expect 0 help rerun
says out --preview

exit "$failed"
