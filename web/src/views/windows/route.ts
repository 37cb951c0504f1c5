// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'windows',
    paths: ['/windows'],
    title: () => m.windows_title(),
    load: () => import('./Windows.svelte'),
    rail: { order: 60, icon: 'door', key: 'w' },
} satisfies View;
