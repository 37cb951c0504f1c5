// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'agents',
    paths: ['/agents'],
    title: () => m.agents_title(),
    load: () => import('./Agents.svelte'),
    rail: { order: 95, icon: 'server', key: 'a' },
} satisfies View;
