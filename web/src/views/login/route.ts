// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'login',
    paths: ['/login'],
    title: () => m.login_title(),
    load: () => import('./Login.svelte'),
    is_open: true,
} satisfies View;
