// SPDX-License-Identifier: Apache-2.0
/* The answer of GET /units/map: one level of a jobnet. */
export interface MapNode {
    number: number;
    parent: number;
    name: string;
    path: string;
    type: string;
    title: string;
    x: number | null;
    y: number | null;
    status: string | null;
    attempt: number;
    code: number | null;
    is_held: boolean;
    has_children: boolean;
    minutes: number;
    gates: number;
}

export interface MapEdge {
    from: number;
    to: number;
    kind: 'seq' | 'con';
}

export interface MapAnswer {
    unit: string;
    title: string;
    run: number | null;
    status: string | null;
    version: number;
    inside: number;
    inside_path: string;
    has_coordinates: boolean;
    nodes: MapNode[];
    edges: MapEdge[];
}
