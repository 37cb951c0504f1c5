// SPDX-License-Identifier: Apache-2.0
/* The answer of GET /night: a stretch of business time with its jobnets, windows and the coming opening. */
import type { Text } from '$lib/text';

export interface NightNet {
    unit: string;
    title: string | null;
    system: string;
    occurrence: number | null;
    date: string;
    planned: string | null;
    started: string | null;
    ended: string | null;
    expected_start: string | null;
    expected_end: string | null;
    minutes: number | null;
    status: string;
    plan_state?: string;
    run: number | null;
    deadline: string | null;
    slack_min: number | null;
    is_late?: boolean;
    is_critical: boolean;
    is_rerun_assumed?: boolean;
    is_held: boolean;
    waits: Text[];
}

export interface NightEdge {
    from: number;
    to: number;
    is_critical?: boolean;
}

export interface NightBand {
    phase: string;
    from: string;
    to: string;
    is_actual: boolean;
}

export interface Night {
    from: string;
    to: string;
    at: string;
    business_day: string;
    base_minute: number;
    is_truncated: boolean;
    nets: NightNet[];
    edges: NightEdge[];
    windows: { group: string; class: string; bands: NightBand[] }[];
    opening: { at: string; slack_min: number | null; last?: string | null } | null;
}
