// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'now',
    paths: ['/now'],
    title: () => m.now_title(),
    load: () => import('./Now.svelte'),
    rail: { order: 10, icon: 'bell', key: 'n' },
} satisfies View;
