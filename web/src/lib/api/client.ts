// SPDX-License-Identifier: Apache-2.0
/*
 * Requests to the server. Reads remember the answer with its ETag, so that a view paints at once from what was last known
 * and then updates. Writes carry the CSRF value of /me and an Idempotency-Key: one that is lost on the way is sent again
 * with the same key and done once. Failures are ApiError with the server's message and what to do (対処).
 */
import type { Text } from '../text';

export type Query = Record<string, string | number | boolean | null | undefined>;

interface ErrorBody {
    error?: { id?: string; message?: Text; action?: Text; field?: string | null };
}

export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly id: string,
        readonly text: Text,
        readonly action: Text | null,
        readonly field: string | null,
        readonly body: unknown = null,
    ) {
        super(`${id} ${text.en}`);
    }

    get is_offline(): boolean {
        return this.status === 0;
    }
}

const OFFLINE: [Text, Text] = [
    { ja: 'サーバーに届きません。', en: 'The server cannot be reached.' },
    {
        ja: '接続が戻ると自動で更新します。続くときは、サーバーの状態とネットワークを確認してください。',
        en: 'The page updates by itself once the connection is back. If it stays away, look at the server and the network.',
    },
];

interface Kept {
    etag: string | null;
    value: unknown;
}

const KEPT_MAX = 200;
const kept = new Map<string, Kept>();
const context = { csrf: '', on_unauthorized: () => {} };

export function api_setup(change: Partial<typeof context>): void {
    Object.assign(context, change);
}

/** Forgets every answer: another person uses this browser now. */
export function api_forget(): void {
    kept.clear();
}

export function api_url(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
        if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
    }
    const tail = search.toString();
    return (path.startsWith('/api/') ? path : '/api/v1' + path) + (tail ? '?' + tail : '');
}

/** The answer last seen for this address, if any. */
export function api_peek<T>(url: string): T | undefined {
    return kept.get(url)?.value as T | undefined;
}

function keep(url: string, entry: Kept): void {
    kept.delete(url);
    kept.set(url, entry);
    for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_MAX) break;
        kept.delete(oldest);
    }
}

async function send(url: string, init: RequestInit): Promise<Response> {
    try {
        return await fetch(url, { credentials: 'same-origin', ...init });
    } catch (cause) {
        if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
        throw new ApiError(0, 'web.offline', OFFLINE[0], OFFLINE[1], null);
    }
}

async function refusal(response: Response): Promise<ApiError> {
    let body: ErrorBody = {};
    try {
        body = (await response.json()) as ErrorBody;
    } catch {
        /* not from the API: a proxy in between, say */
    }
    const status = response.status;
    const plain = { ja: `サーバーが ${status} を返しました。`, en: `The server answered ${status}.` };
    const error = body.error ?? {};
    return new ApiError(status, error.id ?? `http.${status}`, error.message ?? plain, error.action ?? null, error.field ?? null, body);
}

export async function api_get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const url = api_url(path, query);
    const before = kept.get(url);
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (before?.etag) headers['If-None-Match'] = before.etag;
    const response = await send(url, { headers, signal });
    if (response.status === 304 && before) return before.value as T;
    if (!response.ok) {
        if (response.status === 401) context.on_unauthorized();
        throw await refusal(response);
    }
    const value = (await response.json()) as T;
    keep(url, { etag: response.headers.get('ETag'), value });
    return value;
}

export async function api_send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown = {}, query: Query = {}): Promise<T> {
    const init: RequestInit = {
        method,
        headers: {
            'Content-Type': 'application/json',
            Accept: 'application/json',
            'Idempotency-Key': crypto.randomUUID(),
            ...(context.csrf ? { 'X-Banto-CSRF': context.csrf } : {}),
        },
        body: JSON.stringify(body),
    };
    const url = api_url(path, query);
    let response: Response;
    try {
        response = await send(url, init);
    } catch (first) {
        if (!(first instanceof ApiError)) throw first;
        await new Promise((wake) => setTimeout(wake, 800));
        response = await send(url, init); // the same key: it is done once
    }
    if (!response.ok) {
        if (response.status === 401 && !path.startsWith('/login')) context.on_unauthorized();
        throw await refusal(response);
    }
    const text = await response.text();
    return (text ? JSON.parse(text) : null) as T;
}

export const api_post = <T>(path: string, body?: unknown) => api_send<T>('POST', path, body);
export const api_put = <T>(path: string, body?: unknown) => api_send<T>('PUT', path, body);
export const api_delete = <T>(path: string, query?: Query) => api_send<T>('DELETE', path, {}, query);
