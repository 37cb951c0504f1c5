// SPDX-License-Identifier: Apache-2.0
/*
 * Keyboard: every view binds its keys here, so that `?` can list them and the palette (Ctrl-K) can offer them by name.
 * A key is 'j', 'Enter', 'ctrl+k' or a sequence like 'g n'. Single keys do nothing while a person types or a dialog is
 * open, and can be switched off as a whole (WCAG 2.1.4).
 */
import { untrack } from 'svelte';

import { prefs } from './prefs.svelte';

export interface Command {
    id: string;
    label: () => string;
    keys?: string;
    /** Where it is listed: the name of the view; empty for everywhere. */
    group?: () => string;
    run: () => void;
    is_enabled?: () => boolean;
    is_hidden?: boolean;
}

class Keys {
    commands = $state.raw<Command[]>([]);
    #pending = '';
    #timer: ReturnType<typeof setTimeout> | undefined;

    add(commands: Command[]): () => void {
        this.commands = [...this.commands, ...commands];
        return () => (this.commands = this.commands.filter((c) => !commands.includes(c)));
    }

    start(): () => void {
        const down = (event: KeyboardEvent) => this.#down(event);
        addEventListener('keydown', down);
        return () => removeEventListener('keydown', down);
    }

    #down(event: KeyboardEvent): void {
        if (event.isComposing || event.defaultPrevented) return;
        const has_modifier = event.ctrlKey || event.metaKey;
        const name = (has_modifier ? 'ctrl+' : '') + (event.altKey ? 'alt+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
        if (event.altKey) return;
        if (!has_modifier && (!prefs.hasSingleKeys || is_typing(event.target) || document.querySelector('dialog[open]'))) return;
        const sequence = this.#pending ? this.#pending + ' ' + name : name;
        const live = this.commands.filter((c) => c.keys && (c.is_enabled?.() ?? true));
        // The last one added wins: a view may take a key of the shell.
        const found = live.findLast((c) => c.keys === sequence) ?? live.findLast((c) => c.keys === name);
        clearTimeout(this.#timer);
        this.#pending = '';
        if (found) {
            event.preventDefault();
            found.run();
        } else if (live.some((c) => c.keys?.startsWith(sequence + ' '))) {
            this.#pending = sequence;
            this.#timer = setTimeout(() => (this.#pending = ''), 1500);
        }
    }
}

function is_typing(target: EventTarget | null): boolean {
    const element = target as HTMLElement | null;
    if (!element?.closest) return false;
    return element.closest('input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]') !== null;
}

export const keys = new Keys();

/** Binds commands for as long as the component lives. Call it in a component's script. */
export function use_commands(commands: () => Command[]): void {
    $effect(() => {
        const made = commands();
        return untrack(() => keys.add(made));
    });
}
