// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'link',
    paths: ['/link'],
    title: () => m.link_title(),
    load: () => import('./Link.svelte'),
    is_open: true,
} satisfies View;
