// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'notes',
    paths: ['/notes'],
    title: () => m.notes_title(),
    load: () => import('./Notes.svelte'),
    rail: { order: 70, icon: 'note', key: 'h' },
} satisfies View;
