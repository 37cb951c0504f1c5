// SPDX-License-Identifier: Apache-2.0
/* Texts for people. The server sends both languages; which one is shown follows the switch in the top bar at once. */
import { prefs } from './prefs.svelte';

export interface Text {
    ja: string;
    en: string;
}

/** The text in the language shown; an empty string for nothing. */
export function say(text: Text | string | null | undefined): string {
    if (text == null) return '';
    return typeof text === 'string' ? text : text[prefs.locale] || text.ja || text.en || '';
}
