// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'units',
    paths: ['/units/*unit', '/proposals', '/proposals/:proposal'],
    title: () => m.units_title(),
    load: () => import('./Units.svelte'),
    rail: { order: 40, icon: 'tree', to: '/units', key: 'u' },
} satisfies View;
