// SPDX-License-Identifier: Apache-2.0
/* The shell's own commands: going to each view of the rail, the switches of the top bar. */
import { m } from '$messages';
import { type Command } from '$lib/keys.svelte';
import { prefs, type Theme } from '$lib/prefs.svelte';
import { router } from '$lib/router.svelte';
import { session } from '$lib/session.svelte';
import { rail_views } from '$lib/views';

const THEMES: Theme[] = ['system', 'light', 'dark'];

export function theme_next(): void {
    prefs.theme = THEMES[(THEMES.indexOf(prefs.theme) + 1) % THEMES.length]!;
}

export function locale_next(): void {
    prefs.locale = prefs.locale === 'ja' ? 'en' : 'ja';
}

export function shell_commands(): Command[] {
    const going = rail_views
        .filter((view) => !view.permission || session.can(view.permission))
        .map((view) => ({
            id: 'go.' + view.name,
            label: view.title,
            keys: view.rail?.key ? 'g ' + view.rail.key : undefined,
            group: () => m.shell_go(),
            run: () => router.go(view.rail?.to ?? view.paths[0]!),
        }));
    const group = () => m.shell_console();
    return [
        ...going,
        { id: 'shell.language', label: () => m.shell_language(), group, run: locale_next },
        { id: 'shell.theme', label: () => m.shell_theme(), group, run: theme_next },
        { id: 'shell.rail', label: () => m.shell_rail(), keys: '[', group, run: () => (prefs.isRailWide = !prefs.isRailWide) },
        { id: 'shell.logout', label: () => m.shell_log_out(), group, run: () => void session.log_out() },
    ];
}
