// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'settings',
    paths: ['/settings'],
    title: () => m.settings_title(),
    load: () => import('./Settings.svelte'),
    rail: { order: 99, icon: 'gear', key: 's' },
    permission: 'admin',
} satisfies View;
