// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

/* Reading asks for `audit`, which auditors have as well; whoever lacks `people` finds no buttons. */
export default {
    name: 'people',
    paths: ['/people'],
    title: () => m.people_title(),
    load: () => import('./People.svelte'),
    rail: { order: 90, icon: 'people', key: 'u' },
    permission: 'audit',
} satisfies View;
