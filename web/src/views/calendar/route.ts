// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'calendar',
    paths: ['/calendar/*unit'],
    title: () => m.calendar_title(),
    load: () => import('./Calendar.svelte'),
    rail: { order: 50, icon: 'calendar', to: '/calendar', key: 'c' },
} satisfies View;
