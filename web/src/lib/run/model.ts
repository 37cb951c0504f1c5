// SPDX-License-Identifier: Apache-2.0
/* The units of a run as rows of a tree, and what may be done with one of them. */
import { status_look } from '$lib/status';
import type { RunDetail, RunNode } from './types';

export interface NodeRow {
    node: RunNode;
    depth: number;
    has_children: boolean;
    is_open: boolean;
}

const BAD = new Set(['abnormal', 'abnormal-wr', 'kill', 'kill-wr', 'fail', 'fail-wr', 'unknown', 'unknown-wr', 'interrupt', 'invalid-seq']);
export const is_bad = (status: string): boolean => BAD.has(status);
export const is_running = (status: string): boolean => status === 'running' || status === 'ab-cont' || status === 'wa-cont';
export const is_net = (node: RunNode): boolean => node.type === 'n' || node.type === 'rn' || node.parent < 0;

/** Depth-first rows; what is below a closed net is left out. A failure's way up is open by itself. */
export function tree_rows(nodes: RunNode[], closed: ReadonlySet<number>): NodeRow[] {
    const below = new Map<number, RunNode[]>();
    for (const node of nodes) below.set(node.parent, [...(below.get(node.parent) ?? []), node]);
    const rows: NodeRow[] = [];
    const walk = (parent: number, depth: number) => {
        for (const node of below.get(parent) ?? []) {
            const has_children = below.has(node.node);
            const is_open = has_children && !closed.has(node.node);
            rows.push({ node, depth, has_children, is_open });
            if (is_open) walk(node.node, depth + 1);
        }
    };
    walk(-1, 0);
    return rows;
}

/** What a person most likely wants to see first: the failed job itself, else what runs, else the net. */
export function first_choice(nodes: RunNode[]): number {
    const jobs = nodes.filter((node) => !is_net(node));
    return (jobs.find((node) => is_bad(node.status)) ?? jobs.find((node) => is_running(node.status)) ?? nodes[0])?.node ?? 0;
}

export type ActName = 'hold' | 'release' | 'rerun' | 'interrupt' | 'kill' | 'status';

/** The acts that make sense now; the server has the last word. */
export function acts_of(run: RunDetail, node: RunNode | null): ActName[] {
    const status = node && node.parent >= 0 ? node.status : run.status;
    const is_held = node && node.parent >= 0 ? node.held : run.held;
    const is_over = status_look(status).is_over;
    const acts: ActName[] = [];
    if (is_held || status === 'holding') acts.push('release');
    else if (!is_over && !is_running(status)) acts.push('hold');
    const has_failed = is_bad(run.status) || run.status === 'ab-cont' || run.status === 'warning';
    if (has_failed || is_over) acts.push('rerun');
    if (!run.is_ended && is_running(run.status) && (!node || node.parent < 0)) acts.push('interrupt');
    if (is_running(status)) acts.push('kill');
    if (node && !is_net(node) && is_over) acts.push('status');
    return acts;
}

export type RerunKind = 'top' | 'abnormal-net' | 'abnormal-job' | 'next' | 'warning' | 'this' | 'only' | 'after';
export const RERUN_KINDS: RerunKind[] = ['abnormal-job', 'next', 'abnormal-net', 'top', 'warning', 'this', 'only', 'after'];
export const needs_node = (kind: RerunKind): boolean => kind === 'this' || kind === 'only' || kind === 'after';

/** Which kind is offered first. */
export function rerun_first(run: RunDetail, node: RunNode | null): RerunKind {
    if (node && node.parent >= 0 && is_bad(node.status)) return 'abnormal-job';
    if (run.status === 'warning') return 'warning';
    return is_bad(run.status) || run.status === 'ab-cont' ? 'abnormal-job' : 'top';
}
