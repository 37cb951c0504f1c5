// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';

import App from './App.svelte';
import { prefs_apply } from './lib/prefs.svelte';

prefs_apply();
mount(App, { target: document.getElementById('app')! });
