// SPDX-License-Identifier: Apache-2.0
/*
 * The views there are: each folder of src/views has a route.ts that says its paths, its place in the rail and how its
 * component is loaded. Adding a view touches nothing else.
 */
import type { Component } from 'svelte';

import { path_match, type Params } from './router.svelte';

export interface View {
    name: string;
    /** Patterns, most particular first: ['/run/:run', '/run/:run/:node']. */
    paths: string[];
    title: () => string;
    /* A view may take `params` or no properties at all; only `any` says both. */
    load: () => Promise<{ default: Component<any> }>;
    /** Its line in the rail; none: reached by links only. */
    rail?: { order: number; icon: string; to?: string; key?: string };
    /** Shown before anybody is logged in. */
    is_open?: boolean;
    /** The rail and the palette leave it out for people without this permission. */
    permission?: string;
}

const found = import.meta.glob<{ default: View }>('../views/*/route.ts', { eager: true });
export const views: View[] = Object.values(found).map((module) => module.default);

export const rail_views: View[] = views.filter((v) => v.rail).sort((a, b) => a.rail!.order - b.rail!.order);

export function view_at(path: string): { view: View; params: Params } | null {
    for (const view of views) {
        for (const pattern of view.paths) {
            const params = path_match(pattern, path);
            if (params) return { view, params };
        }
    }
    return null;
}
