// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'runs',
    paths: ['/runs'],
    title: () => m.runs_title(),
    load: () => import('./Runs.svelte'),
    rail: { order: 30, icon: 'play', key: 'r' },
} satisfies View;
