// SPDX-License-Identifier: Apache-2.0
/* Answers that the settings read. */
import type { Text } from '$lib/text';

export interface Setting {
    name: string;
    value: number;
    default: number;
    is_default: boolean;
    min: number;
    max: number;
    unit: Text;
    help: Text;
    changed_by: string | null;
    changed_at: string | null;
}

export interface Status {
    site: string;
    service: string;
    business: string | null;
    day: string | null;
    simulated: boolean;
    speed: number | null;
    deciding: boolean;
    jobnets: number;
    registered: number;
    running: number;
    waiting: number;
    abnormal: number;
    agents: number;
    epoch: string;
}

export interface Backup {
    seq: number;
    at: string | null;
    wall: string | null;
    actor: string;
    file: string;
    reason: string;
}

/** Of an entry of the journal what is shown here. */
export interface Head {
    seq: number;
    at: string | null;
    actor: string;
    reason: string;
    hash: string;
}
