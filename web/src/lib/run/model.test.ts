// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { acts_of, first_choice, rerun_first, tree_rows } from './model';
import type { RunDetail, RunNode } from './types';

const node = (change: Partial<RunNode>): RunNode => ({
    node: 0, unit: '/A', name: 'A', comment: null, type: 'n', parent: -1, status: 'running', attempt: 0, code: null, started: null, ended: null, due: null,
    agent: '', reason: '', held: false, after: [], ...change,
});
const run = (change: Partial<RunDetail>): RunDetail => ({
    run: 7, unit: '/A', date: '2026-06-29', status: 'ab-cont', planned: null, started: null, ended: null, deadline: null, origin: 'planned', reason: '', held: false,
    start_delayed: false, end_delayed: false, deadline_missed: false, deadline_at_risk: false, is_ended: false, version: 1, macros: '', ...change,
});
const net = [node({}), node({ node: 1, parent: 0, type: 'n', name: 'inner' }), node({ node: 2, parent: 1, type: 'j', status: 'abnormal' }), node({ node: 3, parent: 0, type: 'j', status: 'normal' })];

describe('units of a run', () => {
    it('stand as a tree, and closing one hides what is below', () => {
        expect(tree_rows(net, new Set()).map((row) => [row.node.node, row.depth])).toEqual([[0, 0], [1, 1], [2, 2], [3, 1]]);
        expect(tree_rows(net, new Set([1])).map((row) => row.node.node)).toEqual([0, 1, 3]);
    });
    it('show the failed job first, not the net around it', () => {
        expect(first_choice(net)).toBe(2);
        expect(first_choice([node({})])).toBe(0);
    });
});

describe('acts', () => {
    it('on a run that failed are rerun, interrupt and kill, not hold', () => {
        expect(acts_of(run({}), null)).toEqual(['rerun', 'interrupt', 'kill']);
    });
    it('on a held run are release, not hold', () => {
        expect(acts_of(run({ status: 'holding', held: true }), null)).toEqual(['release']);
    });
    it('on a job that ended is its status, on one that waits is hold', () => {
        expect(acts_of(run({}), net[2]!)).toEqual(['rerun', 'status']);
        expect(acts_of(run({ status: 'running' }), node({ node: 4, parent: 0, type: 'j', status: 'term-wait' }))).toEqual(['hold']);
    });
    it('offer the rerun from the failed job first', () => {
        expect(rerun_first(run({}), net[2]!)).toBe('abnormal-job');
        expect(rerun_first(run({ status: 'warning', is_ended: true }), null)).toBe('warning');
        expect(rerun_first(run({ status: 'normal', is_ended: true }), null)).toBe('top');
    });
});
