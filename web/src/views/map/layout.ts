// SPDX-License-Identifier: Apache-2.0
/*
 * Where the units of a level stand. JP1's own places are kept when el= gives them; without, units stand in columns by the
 * longest way to them, and rows follow the middle of what comes before and after (two sweeps). All of it is linear in units
 * and lines, so a level of 2,000 is placed in milliseconds, where the layout libraries looked at need seconds.
 */
import type { MapAnswer, MapNode } from './types';

export const BOX_W = 148;
export const BOX_H = 50;
const COLUMN = 208;
const LINE = 74;
const MARGIN = 40;

export interface Placed {
    node: MapNode;
    x: number;
    y: number;
}

export interface Layout {
    placed: Map<number, Placed>;
    width: number;
    height: number;
    is_jp1: boolean;
}

function bounds(placed: Map<number, Placed>, is_jp1: boolean): Layout {
    let [width, height] = [0, 0];
    for (const one of placed.values()) {
        width = Math.max(width, one.x + BOX_W + MARGIN);
        height = Math.max(height, one.y + BOX_H + MARGIN);
    }
    return { placed, width, height, is_jp1 };
}

/** JP1's places are useless when several units share one (all at +0 +0). */
function jp1_places(map: MapAnswer): Map<number, Placed> | null {
    if (!map.has_coordinates || map.nodes.some((node) => node.x === null || node.y === null)) return null;
    const seen = new Set(map.nodes.map((node) => `${node.x},${node.y}`));
    if (seen.size < map.nodes.length) return null;
    const xs = [...new Set(map.nodes.map((node) => node.x!))].sort((a, b) => a - b);
    const ys = [...new Set(map.nodes.map((node) => node.y!))].sort((a, b) => a - b);
    const gap = (list: number[]) => list.slice(1).reduce((least, one, i) => Math.min(least, one - list[i]!), Infinity);
    // Widened until neighbours do not overlap; the picture keeps its shape.
    const [gx, gy] = [gap(xs), gap(ys)];
    const scale_x = Number.isFinite(gx) ? Math.max(1, (BOX_W + 28) / gx) : 1;
    const scale_y = Number.isFinite(gy) ? Math.max(1, (BOX_H + 16) / gy) : 1;
    return new Map(map.nodes.map((node) => [node.number, { node, x: MARGIN + (node.x! - xs[0]!) * scale_x, y: MARGIN + (node.y! - ys[0]!) * scale_y }]));
}

interface Links {
    before: Map<number, number[]>;
    after: Map<number, number[]>;
}

function links_of(map: MapAnswer): Links {
    const before = new Map<number, number[]>(map.nodes.map((node) => [node.number, []]));
    const after = new Map<number, number[]>(map.nodes.map((node) => [node.number, []]));
    for (const edge of map.edges) {
        before.get(edge.to)?.push(edge.from);
        after.get(edge.from)?.push(edge.to);
    }
    return { before, after };
}

/** Column of each unit: the longest way to it. A ring (a broken definition) ends the count and stands where it was reached. */
function columns_of(map: MapAnswer, links: Links): Map<number, number> {
    const open = new Map(map.nodes.map((node) => [node.number, links.before.get(node.number)!.length]));
    const column = new Map(map.nodes.map((node) => [node.number, 0]));
    const ready = map.nodes.filter((node) => open.get(node.number) === 0).map((node) => node.number);
    for (let at = 0; at < ready.length; at++) {
        const from = ready[at]!;
        for (const to of links.after.get(from)!) {
            column.set(to, Math.max(column.get(to)!, column.get(from)! + 1));
            open.set(to, open.get(to)! - 1);
            if (open.get(to) === 0) ready.push(to);
        }
    }
    return column;
}

function layered(map: MapAnswer): Map<number, Placed> {
    const links = links_of(map);
    const column = columns_of(map, links);
    const columns: number[][] = [];
    for (const node of map.nodes) (columns[column.get(node.number)!] ??= []).push(node.number);
    const row = new Map<number, number>();
    columns.forEach((list) => list?.forEach((number, i) => row.set(number, i)));
    const middle = (numbers: number[], otherwise: number) => (numbers.length ? numbers.reduce((sum, one) => sum + row.get(one)!, 0) / numbers.length : otherwise);
    const sweep = (list: number[] | undefined, beside: Map<number, number[]>) => {
        const wish = new Map(list?.map((number) => [number, middle(beside.get(number)!, row.get(number)!)]));
        list?.sort((a, b) => wish.get(a)! - wish.get(b)!);
        let last = -1;
        for (const number of list ?? []) {
            last = Math.max(last + 1, Math.round(wish.get(number)!));
            row.set(number, last);
        }
    };
    for (let turn = 0; turn < 2; turn++) {
        columns.forEach((list) => sweep(list, links.before));
        columns.toReversed().forEach((list) => sweep(list, links.after));
    }
    columns.forEach((list) => sweep(list, links.before));
    return new Map(map.nodes.map((node) => [node.number, { node, x: MARGIN + column.get(node.number)! * COLUMN, y: MARGIN + row.get(node.number)! * LINE }]));
}

export function layout_of(map: MapAnswer): Layout {
    const places = jp1_places(map);
    return places ? bounds(places, true) : bounds(layered(map), false);
}

/** A line from box to box: straight within a row, else with one soft bend. */
export function line_of(from: Placed, to: Placed): string {
    const [x1, y1, x2, y2] = [from.x + BOX_W, from.y + BOX_H / 2, to.x, to.y + BOX_H / 2];
    if (x2 >= x1 + 8) {
        const bend = Math.min(48, (x2 - x1) / 2);
        return y1 === y2 ? `M${x1} ${y1}H${x2 - 2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 2} ${y2}`;
    }
    const low = Math.max(from.y, to.y) + BOX_H + 14; // it goes back: round below
    return `M${x1} ${y1}h10V${low}H${x2 - 12}V${y2}h10`;
}
