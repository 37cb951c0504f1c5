// SPDX-License-Identifier: Apache-2.0
/* The acts of this view behind their dialogs: what will happen is said first, then the reason is asked for. */
import { m } from '$messages';
import { api_post } from '$lib/api/client';
import { ask, type AskLine } from '$lib/ask.svelte';
import { is_net, is_running, type ActName } from './model';
import type { RunDetail, RunNode } from './types';

interface Place {
    run: RunDetail;
    node: RunNode | null; // null or the root: the whole run
    nodes: RunNode[];
}

const names = (nodes: RunNode[]) => nodes.slice(0, 6).map((node) => node.name).join('、') + (nodes.length > 6 ? ' …' : '');

/** Jobs below the place that are under way. */
function running(place: Place): RunNode[] {
    const within = place.node && place.node.parent >= 0 ? place.node : null;
    return place.nodes.filter((node) => !is_net(node) && is_running(node.status) && (!within || node.node === within.node || node.unit.startsWith(within.unit + '/')));
}

function followers(place: Place): RunNode[] {
    return place.node ? place.nodes.filter((node) => node.after.includes(place.node!.node)) : [];
}

const target = (place: Place) => ({ run: place.run.run, ...(place.node && place.node.parent >= 0 ? { node: place.node.node } : {}) });
const word = (place: Place) => (place.node && place.node.parent >= 0 ? place.node.name : place.run.unit);

type Asked = Exclude<ActName, 'rerun' | 'status'>;

export function act_ask(name: Asked, place: Place): Promise<boolean> {
    const jobs = running(place);
    const behind = followers(place);
    const lines: Record<Asked, AskLine[]> = {
        hold: [{ text: m.run_hold_does({ unit: word(place) }) }, ...(behind.length ? [{ text: m.run_behind({ units: names(behind) }) }] : [])],
        release: [{ text: m.run_release_does({ unit: word(place) }) }],
        interrupt: [{ text: m.run_interrupt_does() }, ...(jobs.length ? [{ text: m.run_interrupt_jobs({ units: names(jobs) }) }] : [])],
        kill: [{ text: m.run_kill_does({ units: names(jobs) || word(place) }), tone: 'bad' }, { text: m.run_kill_after(), tone: 'warn' }],
    };
    const titles: Record<Asked, string> = { hold: m.run_hold(), release: m.run_release(), interrupt: m.run_interrupt(), kill: m.run_kill() };
    return ask({
        title: `${titles[name]}: ${word(place)}`,
        consequence: lines[name],
        confirm: titles[name],
        is_danger: name === 'kill' || name === 'interrupt',
        reason: name === 'hold' || name === 'release' ? 'optional' : 'required',
        run: ({ reason }) => api_post(`/runs/${name}`, { ...target(place), reason }),
        done: m.run_done({ act: titles[name] }),
    });
}

export const STATUS_WORDS = ['normal', 'warning', 'abnormal', 'fail', 'bypass'] as const;

export function status_ask(place: Place, status: (typeof STATUS_WORDS)[number], label: string): Promise<boolean> {
    const behind = followers(place);
    return ask({
        title: m.run_status_title({ unit: word(place), status: label }),
        consequence: [{ text: m.run_status_does({ unit: word(place), status: label }) }, ...(behind.length ? [{ text: m.run_status_behind({ units: names(behind) }), tone: 'warn' as const }] : [])],
        confirm: m.run_status(),
        is_danger: true,
        reason: 'required',
        run: ({ reason }) => api_post('/runs/change-status', { ...target(place), status, reason }),
        done: m.run_done({ act: m.run_status() }),
    });
}
