// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'journal',
    paths: ['/journal', '/journal/verify'],
    title: () => m.journal_title(),
    load: () => import('./Journal.svelte'),
    rail: { order: 80, icon: 'journal', key: 'j' },
} satisfies View;
