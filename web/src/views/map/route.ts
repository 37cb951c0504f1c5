// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'map',
    paths: ['/map/*unit'],
    title: () => m.map_title(),
    load: () => import('./Map.svelte'),
} satisfies View;
