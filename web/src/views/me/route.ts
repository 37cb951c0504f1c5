// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'me',
    paths: ['/me'],
    title: () => m.me_title(),
    load: () => import('./Me.svelte'),
} satisfies View;
