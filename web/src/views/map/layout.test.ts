// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { BOX_H, BOX_W, layout_of } from './layout';
import type { MapAnswer, MapNode } from './types';

const node = (number: number, x: number | null = null, y: number | null = null): MapNode => ({
    number, parent: 0, name: `J${number}`, path: `/A/J${number}`, type: 'j', title: '', x, y, status: null, attempt: 0, code: null, is_held: false, has_children: false,
    minutes: 0, gates: 0,
});
const map = (nodes: MapNode[], edges: [number, number][], has_coordinates = false): MapAnswer => ({
    unit: '/A', title: '', run: null, status: null, version: 1, inside: 0, inside_path: '/A', has_coordinates, nodes,
    edges: edges.map(([from, to]) => ({ from, to, kind: 'seq' })),
});

function overlaps(layout: ReturnType<typeof layout_of>): number {
    const all = [...layout.placed.values()];
    return all.filter((a, i) => all.slice(i + 1).some((b) => Math.abs(a.x - b.x) < BOX_W && Math.abs(a.y - b.y) < BOX_H)).length;
}

describe('places of units', () => {
    it("are JP1's own when el= gives them, widened until nothing overlaps", () => {
        const layout = layout_of(map([node(1, 80, 48), node(2, 240, 48), node(3, 240, 144)], [[1, 2], [1, 3]], true));
        expect(layout.is_jp1).toBe(true);
        expect(layout.placed.get(2)!.y).toBe(layout.placed.get(1)!.y);
        expect(layout.placed.get(3)!.x).toBe(layout.placed.get(2)!.x);
        expect(overlaps(layout)).toBe(0);
    });
    it('are made when all units share one place', () => {
        const layout = layout_of(map([node(1, 0, 0), node(2, 0, 0)], [[1, 2]], true));
        expect(layout.is_jp1).toBe(false);
        expect(layout.placed.get(2)!.x).toBeGreaterThan(layout.placed.get(1)!.x);
    });
    it('go from left to right along the lines, nothing on top of another', () => {
        const edges: [number, number][] = [];
        const nodes = Array.from({ length: 300 }, (_, i) => node(i + 1));
        for (let i = 2; i <= 300; i++) edges.push([Math.max(1, (i * 7) % i), i]);
        const layout = layout_of(map(nodes, edges));
        for (const [from, to] of edges) if (from !== to) expect(layout.placed.get(to)!.x).toBeGreaterThan(layout.placed.get(from)!.x);
        expect(overlaps(layout)).toBe(0);
    });
    it('are found for 2,000 units at once, and for a ring as well', () => {
        const nodes = Array.from({ length: 2000 }, (_, i) => node(i + 1));
        const edges = nodes.slice(1).map((one): [number, number] => [Math.max(1, one.number - 1 - (one.number % 9)), one.number]);
        expect(layout_of(map(nodes, edges)).placed.size).toBe(2000);
        expect(layout_of(map([node(1), node(2)], [[1, 2], [2, 1]])).placed.size).toBe(2);
    });
});
