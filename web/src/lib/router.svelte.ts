// SPDX-License-Identifier: Apache-2.0
/*
 * Real paths, so that every view can be sent as a link: /now, /run/123, /map/共通基盤/JN101. A view says its patterns in
 * views/NAME/route.ts: `:name` is one segment, `*name` at the end is the rest with its slashes. Links are ordinary <a href>.
 */
export type Params = Record<string, string>;

export interface Place {
    path: string;
    query: URLSearchParams;
    hash: string;
}

/** The parameters when `path` fits `pattern`, else null. Escapes are undone segment by segment. */
export function path_match(pattern: string, path: string): Params | null {
    const want = pattern.split('/').filter(Boolean);
    const have = path.split('/').filter(Boolean);
    const params: Params = {};
    for (const [i, part] of want.entries()) {
        if (part.startsWith('*')) {
            params[part.slice(1)] = have.slice(i).map(unescape_part).join('/');
            return params;
        }
        const given = have[i];
        if (given === undefined) return null;
        if (part.startsWith(':')) params[part.slice(1)] = unescape_part(given);
        else if (part !== unescape_part(given)) return null;
    }
    return want.length === have.length ? params : null;
}

function unescape_part(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

/** A path of a pattern: path_make('/map/*unit', { unit: '/共通基盤/JN101' }). */
export function path_make(pattern: string, params: Params = {}, query: Record<string, string | number | undefined> = {}): string {
    const parts = pattern.split('/').filter(Boolean).flatMap((part) => {
        if (part.startsWith('*')) return (params[part.slice(1)] ?? '').split('/').filter(Boolean).map(encodeURIComponent);
        return [part.startsWith(':') ? encodeURIComponent(params[part.slice(1)] ?? '') : part];
    });
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(key, String(value));
    const tail = search.toString();
    return '/' + parts.join('/') + (tail ? '?' + tail : '');
}

function here(): Place {
    return { path: location.pathname, query: new URLSearchParams(location.search), hash: location.hash };
}

class Router {
    place = $state.raw<Place>(here());
    /** A view with unsaved work sets this; answering false keeps the person there. It may ask and go to `to` later. */
    guard: ((to: string) => boolean) | null = null;

    go(to: string, how: { replace?: boolean } = {}): void {
        if (to === location.pathname + location.search + location.hash) return;
        const is_other_path = new URL(to, location.href).pathname !== location.pathname;
        if (is_other_path && this.guard && !this.guard(to)) return;
        if (is_other_path) this.guard = null;
        history[how.replace ? 'replaceState' : 'pushState'](null, '', to);
        this.place = here();
        if (is_other_path) scrollTo(0, 0);
    }

    /** Changes parts of the query and keeps the rest; an empty value takes a part away. No new entry in the history. */
    query(changes: Record<string, string | number | null | undefined>): void {
        const search = new URLSearchParams(location.search);
        for (const [key, value] of Object.entries(changes)) {
            if (value === null || value === undefined || value === '') search.delete(key);
            else search.set(key, String(value));
        }
        const tail = search.toString();
        this.go(location.pathname + (tail ? '?' + tail : ''), { replace: true });
    }

    start(): () => void {
        const back = () => (this.place = here());
        const click = (event: MouseEvent) => {
            if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
            const link = (event.target as Element | null)?.closest?.('a');
            const href = link?.getAttribute('href');
            if (!link || !href?.startsWith('/') || href.startsWith('/api/') || link.target || link.hasAttribute('download')) return;
            event.preventDefault();
            this.go(href);
        };
        addEventListener('popstate', back);
        addEventListener('click', click);
        return () => {
            removeEventListener('popstate', back);
            removeEventListener('click', click);
        };
    }
}

export const router = new Router();
