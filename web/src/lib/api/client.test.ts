// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError, api_forget, api_get, api_peek, api_post, api_setup, api_url } from './client';

const answers: (() => Response | Promise<Response>)[] = [];
const asked: { url: string; init: RequestInit }[] = [];
const json = (status: number, body: unknown, headers: Record<string, string> = {}) => () =>
    new Response(status === 304 ? null : JSON.stringify(body), { status, headers });
const header = (i: number, name: string) => new Headers(asked[i]!.init.headers).get(name);

beforeEach(() => {
    answers.length = asked.length = 0;
    api_forget();
    api_setup({ csrf: 'secret', on_unauthorized: () => {} });
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
        asked.push({ url, init });
        return answers.shift()!();
    });
});
afterEach(() => vi.unstubAllGlobals());

describe('reads', () => {
    it('remember the answer and ask whether it changed', async () => {
        answers.push(json(200, { a: 1 }, { ETag: '"x"' }), json(304, null));
        expect(await api_get('/units', { pattern: '*' })).toEqual({ a: 1 });
        expect(api_peek(api_url('/units', { pattern: '*' }))).toEqual({ a: 1 });
        expect(await api_get('/units', { pattern: '*' })).toEqual({ a: 1 });
        expect(header(0, 'If-None-Match')).toBeNull();
        expect(header(1, 'If-None-Match')).toBe('"x"');
    });
    it('forget everything when another person comes', async () => {
        answers.push(json(200, { a: 1 }, { ETag: '"x"' }));
        await api_get('/units');
        api_forget();
        expect(api_peek('/api/v1/units')).toBeUndefined();
    });
    it('carry the message and what to do of a refusal', async () => {
        answers.push(json(403, { error: { id: 'BNT0104-E', message: { ja: '不可', en: 'no' }, action: { ja: '依頼', en: 'ask' }, field: null } }));
        const error = await api_get('/journal').catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({ status: 403, id: 'BNT0104-E', text: { ja: '不可' }, action: { en: 'ask' } });
    });
    it('say so when the session is over, and when nobody answers', async () => {
        const out = vi.fn();
        api_setup({ on_unauthorized: out });
        answers.push(json(401, {}), () => Promise.reject(new TypeError('net')));
        await api_get('/now').catch(() => {});
        expect(out).toHaveBeenCalledOnce();
        expect(await api_get('/now').catch((e: ApiError) => e.is_offline)).toBe(true);
    });
    it('leave out empty fields of the query', () => {
        expect(api_url('/runs', { pattern: '', live: true, date: null, limit: 5 })).toBe('/api/v1/runs?live=true&limit=5');
    });
});

describe('writes', () => {
    it('carry the CSRF value and a key of their own', async () => {
        answers.push(json(200, {}), json(200, {}));
        await api_post('/runs/kill', { run: 1 });
        await api_post('/runs/kill', { run: 1 });
        expect(header(0, 'X-Banto-CSRF')).toBe('secret');
        expect(header(0, 'Idempotency-Key')).not.toBe(header(1, 'Idempotency-Key'));
    });
    it('are sent again with the same key when they are lost on the way, once', async () => {
        vi.useFakeTimers();
        answers.push(() => Promise.reject(new TypeError('net')), json(200, { ok: true }));
        const done = api_post('/runs/kill', { run: 1 });
        await vi.advanceTimersByTimeAsync(1000);
        vi.useRealTimers();
        expect(await done).toEqual({ ok: true });
        expect(header(0, 'Idempotency-Key')).toBe(header(1, 'Idempotency-Key'));
    });
    it('that were refused are not sent again', async () => {
        answers.push(json(409, { error: { id: 'BNT0105-E' } }));
        await expect(api_post('/runs/kill')).rejects.toMatchObject({ status: 409 });
        expect(asked).toHaveLength(1);
    });
});
