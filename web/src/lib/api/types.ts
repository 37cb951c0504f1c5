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

export type Phase = 'closed' | 'open' | 'preclosed' | 'unknown';

export interface WindowState {
    group: string;
    class: string;
    commanded: Phase;
    commanded_text?: Text;
    observed: Phase;
    observed_text?: Text;
    observed_at: string | null;
    next: { event: 'opens' | 'precloses' | 'closes'; event_text?: Text; at: string | null } | null;
}

export type NowKind = 'failed' | 'unknown' | 'gate' | 'risk' | 'delay' | 'deadline' | 'agent' | 'window' | 'missed' | 'login';

/** Something that needs a person: an event nobody has acknowledged. */
export interface NowItem {
    id: number;
    event: number;
    kind: NowKind;
    severity: 'information' | 'warning' | 'error';
    /** 5 most urgent … 1; 0: it is over by itself and only wants a nod. */
    urgency: number;
    is_over: boolean;
    message: string;
    unit: string;
    title: string;
    system: string;
    run: number;
    node: number;
    count: number;
    since: string | null;
    text: Text | null;
    action: Text | null;
}

export interface Now {
    at: string | null;
    site: string;
    business_day: string;
    base_minute: number;
    clock: { simulated: boolean; speed: number };
    windows: WindowState[];
    counts: { waiting: number; running: number; held: number; failed: number; agents_lost: number; proposals: number; handovers: number };
    items: NowItem[];
}

export interface Note {
    id: number;
    at: string;
    actor: string;
    side: string | null;
    text: string;
    unit: string;
    run: number;
    corrects: number;
    is_handover: boolean;
    read: string | null;
    read_by: string;
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
