// SPDX-License-Identifier: Apache-2.0
/* Shapes of answers that the shell and the first views read. Views keep the shapes only they read in their own folder. */
import type { Text } from '../text';

export interface Page<T> {
    items: T[];
    next: string | null;
}

export interface Me {
    person: string | number;
    name: string;
    title: string;
    side: string;
    roles: (string | Text | { role: string; ja?: string; en?: string; system?: string | null })[];
    permissions: string[];
    systems?: { system: string; permissions: string[] }[];
    csrf: string;
    must_change?: boolean;
    has_totp?: boolean;
    session_until?: string;
    is_made_up_clock?: boolean;
}

export interface WindowState {
    group: string;
    class: string;
    commanded?: string | null;
    observed: string;
    observed_at?: string | null;
    next?: { event: string; at: string } | null;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export interface NowItem {
    id: string | number;
    kind: 'failed' | 'unknown' | 'gate' | 'risk' | 'delay' | 'deadline' | 'agent' | 'window' | 'missed' | (string & {});
    severity?: Severity | (string & {}) | number;
    urgency?: number | string;
    unit?: string | null;
    title?: string | null;
    system?: string | null;
    run?: number | null;
    node?: number | null;
    since: string;
    text: Text;
    action?: Text | null;
    event?: string | number | null;
    acked_by?: string | null;
    acked_at?: string | null;
}

export interface Now {
    at: string;
    business_day: string;
    base_minute: number;
    clock?: { now?: string; simulated?: boolean; speed?: number };
    windows: WindowState[];
    items: NowItem[];
    counts: { running: number; waiting: number; failed: number; held: number; agents_lost: number; [more: string]: number };
}

export interface Note {
    id: string | number;
    at: string;
    by?: string;
    author?: string;
    title?: string | null;
    text: string;
    unit?: string | null;
    run?: number | null;
    is_handover?: boolean;
    is_read?: boolean;
    corrects?: string | number | null;
}

export interface RunRow {
    run: number;
    unit: string;
    title?: string | null;
    comment?: string | null;
    date: string;
    status: string;
    status_text?: Text;
    planned?: string | null;
    started?: string | null;
    ended?: string | null;
    expected_end?: string | null;
    deadline?: string | null;
    held?: boolean;
    is_ended?: boolean;
}
