// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';

import { path_make, path_match, router } from './router.svelte';

describe('paths', () => {
    it('matches whole segments and names their parts', () => {
        expect(path_match('/run/:run', '/run/71')).toEqual({ run: '71' });
        expect(path_match('/run/:run', '/run')).toBeNull();
        expect(path_match('/run/:run', '/run/71/3')).toBeNull();
        expect(path_match('/now', '/now/')).toEqual({});
        expect(path_match('/now', '/nowhere')).toBeNull();
    });
    it('takes the rest with its slashes and in Japanese', () => {
        expect(path_match('/map/*unit', '/map/' + encodeURIComponent('共通基盤') + '/JN101')).toEqual({ unit: '共通基盤/JN101' });
        expect(path_match('/map/*unit', '/map')).toEqual({ unit: '' });
    });
    it('makes what it matches, whatever the names hold', () => {
        const unit = '共通 基盤/a?b#c%/JN101';
        const path = path_make('/map/*unit', { unit: '/' + unit }, { run: 3, empty: '' });
        expect(path).not.toContain(' ');
        const made = new URL(path, 'http://localhost');
        expect(path_match('/map/*unit', made.pathname)).toEqual({ unit });
        expect(made.search).toBe('?run=3');
    });
    it('lives with a broken escape', () => {
        expect(path_match('/map/*unit', '/map/%E0%A4%A')).toEqual({ unit: '%E0%A4%A' });
    });
});

describe('the router', () => {
    beforeEach(() => {
        router.guard = null;
        router.go('/now', { replace: true });
    });
    it('follows links, and only its own', () => {
        const stop = router.start();
        document.body.innerHTML = '<a id="in" href="/night?date=2026-06-29">a</a><a id="api" href="/api/v1/x">b</a><a id="file" href="/x" download>c</a>';
        document.getElementById('in')!.click();
        expect(router.place.path).toBe('/night');
        expect(router.place.query.get('date')).toBe('2026-06-29');
        for (const id of ['api', 'file']) {
            const event = new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true });
            document.getElementById(id)!.dispatchEvent(event);
            expect(event.defaultPrevented).toBe(false);
        }
        stop();
    });
    it('changes parts of the query without a new entry in the history', () => {
        const before = history.length;
        router.query({ day: '2026-06-29', row: 3 });
        router.query({ row: null });
        expect(location.search).toBe('?day=2026-06-29');
        expect(history.length).toBe(before);
    });
    it('asks the guard before leaving unsaved work', () => {
        router.guard = () => false;
        router.go('/night');
        expect(router.place.path).toBe('/now');
        router.guard = () => true;
        router.go('/night');
        expect(router.place.path).toBe('/night');
    });
});
