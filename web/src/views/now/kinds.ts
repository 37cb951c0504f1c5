// SPDX-License-Identifier: Apache-2.0
/* How each kind of item is named and drawn. */
import { m } from '$messages';
import type { NowKind } from '$lib/api/types';

export const KINDS: Record<NowKind, { tone: string; icon: string; word: () => string }> = {
    failed: { tone: 'bad', icon: 'close', word: () => m.now_kind_failed() },
    unknown: { tone: 'unknown', icon: 'help', word: () => m.now_kind_unknown() },
    deadline: { tone: 'bad', icon: 'clock', word: () => m.now_kind_deadline() },
    agent: { tone: 'bad', icon: 'server', word: () => m.now_kind_agent() },
    window: { tone: 'bad', icon: 'door', word: () => m.now_kind_window() },
    risk: { tone: 'warn', icon: 'warn', word: () => m.now_kind_risk() },
    gate: { tone: 'gate', icon: 'door', word: () => m.now_kind_gate() },
    delay: { tone: 'hold', icon: 'clock', word: () => m.now_kind_delay() },
    missed: { tone: 'skip', icon: 'calendar', word: () => m.now_kind_missed() },
    login: { tone: 'warn', icon: 'key', word: () => m.now_kind_login() },
};
