// SPDX-License-Identifier: Apache-2.0
/*
 * The status vocabulary as it is drawn: a tone (colour) and a shape each, so that nothing is told by colour alone. Tones
 * follow what operators of JP1 know: running green, ended normally blue, warning orange, abnormal red, held yellow,
 * waiting pale blue, not planned grey. Codes are those of src/jobnet/status.def; a test compares the two tables.
 */
import type { Text } from './text';

export type Tone = 'idle' | 'wait' | 'gate' | 'hold' | 'run' | 'run-warn' | 'run-bad' | 'good' | 'warn' | 'bad' | 'skip' | 'unknown';
export type Shape =
    | 'ring' | 'clock' | 'chain' | 'gate' | 'pause' | 'queue' | 'play' | 'play-bang' | 'check' | 'check-no' | 'bang'
    | 'cross' | 'slash' | 'forward' | 'stop' | 'fail' | 'question' | 'lock' | 'eye' | 'eye-off' | 'break' | 'order';

export interface StatusLook {
    tone: Tone;
    shape: Shape;
    text: Text;
    is_over: boolean;
}

const look = (tone: Tone, shape: Shape, ja: string, en: string, is_over = false): StatusLook => ({ tone, shape, text: { ja, en }, is_over });

export const STATUSES: Record<string, StatusLook> = {
    'no-plan': look('idle', 'ring', '未計画', 'Not sched. to exe.'),
    'time-wait': look('wait', 'clock', '開始時刻待ち', 'Wait for start time'),
    'term-wait': look('wait', 'chain', '先行終了待ち', 'Wait for prev. to end'),
    'gate-wait': look('gate', 'gate', '前提待ち', 'Wait for gates'),
    holding: look('hold', 'pause', '保留中', 'Being held'),
    'exec-wait': look('wait', 'queue', '実行待ち', 'Waiting to execute'),
    queuing: look('wait', 'queue', 'キューイング', 'Now queuing'),
    'condition-wait': look('wait', 'eye', '起動条件待ち', 'Wait for start cond.'),
    running: look('run', 'play', '実行中', 'Now running'),
    'wa-cont': look('run-warn', 'play-bang', '警告検出実行中', 'Running + Warning'),
    'ab-cont': look('run-bad', 'play-bang', '異常検出実行中', 'Running + Abend'),
    normal: look('good', 'check', '正常終了', 'Ended normally', true),
    'normal-false': look('good', 'check-no', '正常終了-偽', 'Normal end + False', true),
    warning: look('warn', 'bang', '警告検出終了', 'Ended with warning', true),
    abnormal: look('bad', 'cross', '異常検出終了', 'Ended abnormally', true),
    'abnormal-wr': look('bad', 'cross', '異常検出終了-WR', 'Ended abnormally-WR', true),
    unexec: look('skip', 'slash', '未実行終了', 'Not executed + Ended', true),
    'unexec-w': look('skip', 'slash', '未実行終了-W', 'Not executed + Ended-W', true),
    bypass: look('idle', 'forward', '計画未実行', 'Bypassed', true),
    'exec-deffer': look('skip', 'forward', '繰り越し未実行', 'Skipped so not exe.', true),
    'invalid-seq': look('bad', 'order', '順序不正', 'Invalid exe. seq.', true),
    interrupt: look('bad', 'break', '中断', 'Interrupted', true),
    kill: look('bad', 'stop', '強制終了', 'Killed', true),
    'kill-wr': look('bad', 'stop', '強制終了-WR', 'Killed-WR', true),
    fail: look('bad', 'fail', '起動失敗', 'Failed to start', true),
    'fail-wr': look('bad', 'fail', '起動失敗-WR', 'Failed to start-WR', true),
    unknown: look('unknown', 'question', '終了状態不明', 'Unknown end status', true),
    'unknown-wr': look('unknown', 'question', '終了状態不明-WR', 'Unknown end status-WR', true),
    shutdown: look('bad', 'lock', '閉塞', 'Shutdown', true),
    monitoring: look('run', 'eye', '監視中', 'Now monitoring'),
    'unexec-monitor': look('idle', 'eye-off', '監視未起動終了', 'Unmonitored + Ended', true),
    'monitor-close': look('bad', 'eye-off', '監視打ち切り終了', 'Monitor terminated', true),
    'monitor-intrpt': look('bad', 'break', '監視中断', 'Interrupted monitoring', true),
    'monitor-normal': look('good', 'eye', '監視正常終了', 'Monitor-end normal', true),
};

const STRANGE = look('unknown', 'question', '不明な状態', 'Unknown status');

export function status_look(code: string | null | undefined): StatusLook {
    return STATUSES[code ?? 'no-plan'] ?? STRANGE;
}
