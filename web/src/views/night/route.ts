// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'night',
    paths: ['/night'],
    title: () => m.night_title(),
    load: () => import('./Night.svelte'),
    rail: { order: 20, icon: 'timeline', key: 't' },
} satisfies View;
