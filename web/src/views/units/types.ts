// SPDX-License-Identifier: Apache-2.0
/* Answers about definitions that only this view reads. */
import type { Text } from '$lib/text';

export interface TreeUnit {
    path: string;
    name: string;
    title: string;
    type: string;
    is_group: boolean;
    is_root: boolean;
    has_children: boolean;
    registered: string | null;
    last_run: number | null;
    last_status: string | null;
}

export interface FoundParam {
    unit: string;
    root: string;
    type: string;
    key: string;
    text: string;
    line: number;
}

export interface FormField {
    key: string;
    label: Text;
    value: string | null;
    raw: string | null;
    kind: string;
    words: string | null;
    min: number;
    max: number;
    is_repeated: boolean;
    help: string | null;
}

export interface Form {
    unit: string;
    root: string;
    version: number;
    type: string;
    type_text: Text;
    fields: FormField[];
    others: FormField[];
}

export interface UnitDetail {
    path: string;
    type: string;
    comment: string;
    group: boolean;
    version_number: number;
    made: string | null;
    made_by: string;
    registered?: 'none' | 'planned' | 'fixed' | null;
    suspended?: boolean;
    last_run?: number;
    last_status?: string;
    next?: string | null;
}

export interface UnitVersion {
    number: number;
    made: string | null;
    actor: string;
    hash: string;
}

export interface UnitChange {
    change: string;
    path: string;
    key: string | null;
    before: string | null;
    after: string | null;
}

export interface Diag {
    line: number;
    column: number;
    id: string;
    unit: string | null;
    ja: string;
    en: string;
}

export interface DateChange {
    unit: string;
    date: string;
    time: string;
    before?: string;
}

export interface DateChanges {
    from: string;
    to: string;
    added: DateChange[];
    removed: DateChange[];
    moved: DateChange[];
    is_truncated: boolean;
}

export interface Checked {
    is_valid: boolean;
    diags: Diag[];
    text?: string;
    changes?: UnitChange[];
    dates?: DateChanges;
}

export type ProposalState = 'waiting' | 'applied' | 'refused' | 'withdrawn' | '?';

export interface Proposal {
    id: number;
    at: string | null;
    actor: string;
    under: string;
    hash: string;
    state: ProposalState;
    why: string;
    decided_by: string;
    decided: string | null;
    reason: string;
}

export interface ProposalWhole extends Proposal, Checked {
    source: string;
}

export interface Touched {
    units: { unit: string; comment: string | null; left_out?: string; left_out_en?: string }[];
    count: number;
    dry_run: boolean;
}
