// SPDX-License-Identifier: Apache-2.0
/* An agent as GET /agents answers it, its limits by time of day, and which jobs run on it. */
import { api_get } from '$lib/api/client';
import type { Page, RunRow } from '$lib/api/types';

export interface Agent {
    agent: string;
    state: 'ready' | 'connecting' | 'other-epoch' | 'lost' | 'away';
    drained: boolean;
    running: number;
    waiting: number;
    limit: number;
    /** Of the machine's clock. */
    last_seen: string | null;
    platform: string | null;
    version: string | null;
    /** "00:00=5,22:00=20"; empty: as the site says. Older servers do not tell it. */
    limits?: string;
}

export interface LimitRow {
    from: string;
    count: number;
}

/** From 00:00 on, in order of time: before its first row an agent would take nothing. */
export function limits_read(text: string): LimitRow[] {
    return text.split(',').filter(Boolean).map((item) => {
        const [from = '', count = ''] = item.trim().split('=');
        return { from, count: Number(count) };
    });
}

/** As the server takes it; null while a row is wrong or a time stands twice. */
export function limits_write(rows: LimitRow[]): string | null {
    const sorted = rows.toSorted((a, b) => a.from.localeCompare(b.from));
    const is_right = sorted.every((row, i) => /^([01]\d|2[0-3]):[0-5]\d$/.test(row.from) && Number.isInteger(row.count) && row.count >= 0 && row.from !== sorted[i - 1]?.from);
    return is_right && sorted[0]?.from === '00:00' ? sorted.map((row) => `${row.from}=${row.count}`).join(',') : null;
}

/** What counts at a time of the calendar day, '22:10'. */
export function limits_at(rows: LimitRow[], time: string): number {
    return rows.filter((row) => row.from <= time).toSorted((a, b) => a.from.localeCompare(b.from)).at(-1)?.count ?? 0;
}

export interface Job {
    run: number;
    node: number;
    unit: string;
    status: string;
    started: string | null;
    agent: string;
}

const RUNS_MAX = 40;
const AT_ONCE = 5;

/** The server has no list of jobs by agent: the runs that have not ended are looked through, a few at once. */
export async function jobs_on(agent: string, signal: AbortSignal): Promise<{ jobs: Job[]; is_cut: boolean; looked: number }> {
    const page = await api_get<Page<RunRow>>('/runs', { live: true, limit: RUNS_MAX }, signal);
    const runs = page.items.filter((row) => !row.ended && (row.started ?? true));
    const jobs: Job[] = [];
    for (let i = 0; i < runs.length; i += AT_ONCE) {
        const part = await Promise.all(
            runs.slice(i, i + AT_ONCE).map(async (row) => {
                const nodes = await api_get<Page<Omit<Job, 'run'>>>(`/runs/${row.run}/nodes`, { status: 'running', limit: 1000 }, signal).catch(() => ({ items: [] }));
                return nodes.items.filter((node) => node.agent === agent && node.status === 'running').map((node) => ({ ...node, run: row.run }));
            }),
        );
        jobs.push(...part.flat());
    }
    return { jobs, is_cut: page.next !== null, looked: page.items.length };
}
