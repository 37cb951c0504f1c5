// SPDX-License-Identifier: Apache-2.0
/* Answers about one run that only this view reads. */
import type { Text } from '$lib/text';

export interface RunDetail {
    run: number;
    unit: string;
    date: string | null;
    status: string;
    planned: string | null;
    started: string | null;
    ended: string | null;
    deadline: string | null;
    origin: string;
    reason: string;
    reason_en?: string;
    held: boolean;
    start_delayed: boolean;
    end_delayed: boolean;
    deadline_missed: boolean;
    deadline_at_risk: boolean;
    is_ended: boolean;
    version: number;
    macros: string;
}

export interface RunNode {
    node: number;
    unit: string;
    name: string;
    comment: string | null;
    type: string;
    parent: number;
    status: string;
    attempt: number;
    code: number | null;
    started: string | null;
    ended: string | null;
    due: string | null;
    agent: string;
    reason: string;
    reason_en?: string;
    held: boolean;
    after: number[];
}

export interface Attempt {
    attempt: number;
    status: string;
    code: number | null;
    started: string | null;
    ended: string | null;
    agent: string;
    is_last: boolean;
}

export interface Log {
    attempt: number;
    offset: number;
    next_offset: number;
    size: number;
    is_ended: boolean;
    is_cut: boolean;
    text: string;
    encoding: string;
    matches: { offset: number; line: number; text: string }[];
}

export interface Why {
    status: string;
    reason: string | null;
    held: boolean;
    predecessors: { node: number; unit: string; status: string }[];
    gates: { gate: string; rule: string; name: string; open: boolean; why?: string; why_en?: string; action?: string; action_en?: string }[];
}

export interface RunbookRow {
    unit: string;
    codes: string;
    title: Text;
    steps: Text;
    manual: string;
    version: string;
}

export interface Rerun {
    kind?: string;
    needs_decision?: boolean;
    units?: { node: number; unit: string; comment: string | null; status: string }[];
}

export interface Decision {
    decision?: number;
    id?: number;
    number?: number;
    kind: string;
    entity: string;
    text: string;
    by?: string;
    decided_by?: string;
    at: string;
}

export interface JournalRow {
    id: number;
    at: string;
    actor: string;
    via: string;
    operation: string;
    entity: string;
    reason: string;
    reference: string;
}
