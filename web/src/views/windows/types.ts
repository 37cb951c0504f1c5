// SPDX-License-Identifier: Apache-2.0
/* Answers about online windows that only this view reads. */
import type { Phase } from '$lib/api/types';

export type WindowEvent = 'opens' | 'precloses' | 'closes';

export interface WindowDay {
    group: string;
    class: string;
    opens: string | null;
    precloses: string | null;
    closes: string | null;
    commanded: Phase;
    observed: Phase;
    observed_at: string | null;
}

export interface WindowsAnswer {
    date: string;
    windows: WindowDay[];
}

export interface Extended {
    slack_minutes?: number;
    closes_before?: string;
    closes?: string;
    decision?: number;
}

export interface Decision {
    id: number;
    at: string | null;
    kind: string;
    entity: string;
    decided_by: string;
    medium: string;
    text: string;
}
