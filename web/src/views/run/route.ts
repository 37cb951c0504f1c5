// SPDX-License-Identifier: Apache-2.0
import { m } from '$messages';
import type { View } from '$lib/views';

export default {
    name: 'run',
    paths: ['/run/:run'],
    title: () => m.run_title(),
    load: () => import('./Run.svelte'),
} satisfies View;
