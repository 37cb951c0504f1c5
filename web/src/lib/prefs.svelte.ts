// SPDX-License-Identifier: Apache-2.0
/* What a person chose on this browser: language, light or dark, width of the rail. Nothing of the site is kept here. */
import { locale_from } from '../messages.gen/locale.js';

export type Locale = 'ja' | 'en';
export type Theme = 'system' | 'light' | 'dark';

interface Kept {
    locale: Locale;
    theme: Theme;
    isRailWide: boolean;
    hasSingleKeys: boolean;
    isDense: boolean;
}

const KEY = 'banto.prefs';

function kept(): Kept {
    const first: Kept = {
        locale: navigator.language.startsWith('ja') ? 'ja' : 'en',
        theme: 'system',
        isRailWide: innerWidth >= 1200,
        hasSingleKeys: true,
        isDense: true,
    };
    try {
        return { ...first, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>) };
    } catch {
        return first;
    }
}

export const prefs = $state<Kept>(kept());

/** Shows the choices in the page and remembers them. */
export function prefs_apply(): void {
    document.documentElement.lang = prefs.locale;
    document.documentElement.dataset.theme = prefs.theme;
    try {
        localStorage.setItem(KEY, JSON.stringify(prefs));
    } catch {
        /* a browser that keeps nothing still works */
    }
}

// Messages read a piece of state, so every text follows the switch without a reload.
locale_from(() => prefs.locale);
