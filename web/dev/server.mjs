// SPDX-License-Identifier: Apache-2.0
/*
 * The fixture server: answers /api/v1 from dev/fixtures/*.json and serves dist/ with the headers of the real server, so
 * that the console can be developed and tested without a bantod.
 *     node dev/server.mjs [PORT]           `npm run dev` proxies /api here by default (8765)
 * A GET of /api/v1/a/b?q answers fixtures/a.b.json; NAME.QUERY.json is taken first when the query has NAME.QUERY.match.
 * A POST answers fixtures/post.a.b.json, or {}. /me of the person x is fixtures/me@x.json when there is one (`admin`).
 * Anybody may log in: the name `viewer` may only look, `code` asks for a TOTP code (123456), any other is an operator;
 * the password `wrong` is refused. POST /fixture/change sends an event, /fixture/calm empties what needs a person.
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = process.env.BANTO_WEB_DIST ?? join(here, '../dist');
/* Reads that need more than `look`. */
const NEEDS = { '/persons': 'audit', '/grants': 'audit', '/groups': 'audit', '/journal/verify': 'audit', '/backups': 'audit' };
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', json: 'application/json' };
export const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const fixture = (name) => {
    const path = join(here, 'fixtures', name + '.json');
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
};

export function fixture_server(options = {}) {
    const state = { who: options.who ?? null, is_first: options.is_first ?? false, acked: new Map(), is_calm: false, seq: 1000, viewers: new Set(), read: new Set() };
    const started = Date.now();
    const now_ms = () => Date.parse('2026-06-30T01:32:10+09:00') + (Date.now() - started);
    const text48 = (ms) => new Date(ms + 9 * 3600_000).toISOString().slice(0, 23) + '+09:00';

    const send = (res, status, body, headers = {}) => {
        const text = JSON.stringify(body);
        res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
        res.end(text);
    };
    const refuse = (res, status, id, ja, en, more = {}) =>
        send(res, status, { error: { id, message: { ja, en }, action: { ja: '入力を確認してください。', en: 'Check what you entered.' }, field: null, ...more }, is_first: state.is_first || undefined });
    const change = (operation, entity) => {
        const body = { seq: ++state.seq, at: text48(now_ms()), operation, entity, actor: 'fixture', via: 'http', reason: '' };
        for (const viewer of state.viewers) viewer.write(`id: ${body.seq}\ndata: ${JSON.stringify(body)}\n\n`);
    };
    const me = () => {
        const base = fixture('me');
        const own = fixture('me@' + state.who);
        if (own) return own;
        return state.who === 'viewer' ? { ...base, name: 'viewer', title: '参照のみ', permissions: ['look'], roles: ['viewer'] } : { ...base, name: state.who };
    };

    const gets = {
        '/me': (res) => (state.who ? send(res, 200, me()) : refuse(res, 401, 'BNT0601-E', 'ログインしてください。', 'Log in first.')),
        '/now': (res) => {
            const now = fixture('now');
            now.at = text48(now_ms());
            now.items = state.is_calm ? [] : now.items.filter((item) => !state.acked.has(item.event));
            send(res, 200, now);
        },
        '/notes': (res, url) => {
            const notes = fixture('notes');
            notes.items = notes.items.map((note) => (state.read.has(note.id) ? { ...note, is_read: true, read: text48(now_ms()), read_by: state.who } : note));
            if (url.searchParams.get('unread')) notes.items = notes.items.filter((note) => note.is_handover && !note.read);
            send(res, 200, notes);
        },
    };
    const posts = {
        '/login': (res, body) => {
            if (body.password === 'wrong' || !body.password) return refuse(res, 401, 'BNT0602-E', '名前またはパスワードが違います。', 'Wrong name or password.');
            if (body.name === 'code' && body.code !== '123456') return refuse(res, 401, 'BNT0603-E', '認証コードを入力してください。', 'Enter the code.', { field: 'code' });
            state.who = body.name;
            send(res, 200, me());
        },
        '/logout': (res) => {
            state.who = null;
            send(res, 200, {});
        },
        '/link': (res, body) => {
            state.is_first = false;
            state.who = body.name ?? 'operator';
            send(res, 200, me());
        },
        '/me/totp/begin': (res) => send(res, 200, fixture('totp')),
        '/me/totp/confirm': (res, body) => (body.code === '123456' ? send(res, 200, { recovery: ['k3f9-mm2q', 'p8wd-17xa', 'tt5c-9qle', 'b2nh-e6rv'] }) : refuse(res, 400, 'BNT0604-E', '認証コードが違います。', 'Wrong code.', { field: 'code' })),
        '/events/ack': (res, body) => {
            state.acked.set(body.number, state.who);
            send(res, 200, {});
            change('event.ack', 'event/' + body.number);
        },
        '/notes/read': (res, body) => {
            state.read.add(body.id);
            send(res, 200, {});
            change('note.read', 'note/' + body.id);
        },
    };

    const server = createServer((req, res) => {
        const url = new URL(req.url, 'http://fixture');
        if (url.pathname === '/api/v1/changes') {
            if (!state.who) return refuse(res, 401, 'BNT0601-E', 'ログインしてください。', 'Log in first.');
            res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
            res.write('retry: 2000\n\n');
            state.viewers.add(res);
            res.on('close', () => state.viewers.delete(res));
            return;
        }
        if (url.pathname.startsWith('/fixture/')) {
            if (url.pathname === '/fixture/calm') state.is_calm = !state.is_calm;
            change('fixture', 'run/71');
            return send(res, 200, { is_calm: state.is_calm });
        }
        if (url.pathname.startsWith('/api/v1')) {
            const path = url.pathname.slice('/api/v1'.length);
            const chunks = [];
            req.on('data', (chunk) => chunks.push(chunk));
            req.on('end', () => {
                const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString() || '{}') : {};
                const is_open = ['/me', '/login', '/link'].includes(path);
                if (!state.who && !is_open) return refuse(res, 401, 'BNT0601-E', 'ログインしてください。', 'Log in first.');
                if (req.method === 'GET') {
                    if (gets[path]) return gets[path](res, url);
                    if (NEEDS[path] && !me().permissions.includes(NEEDS[path])) return refuse(res, 403, 'BNT0104-E', 'この表示の権限がありません。', 'You have no permission to see this.');
                    const name = path.slice(1).replaceAll('/', '.');
                    const query = [...url.searchParams].map(([k, v]) => `${k}=${v}`).join('&').replaceAll('/', '!');
                    const found = fixture(`${name}@${query}`) ?? fixture(name);
                    return found ? send(res, 200, found) : refuse(res, 404, 'BNT0103-E', `見本がありません: ${name}.json`, `No fixture ${name}.json`);
                }
                if (state.who === 'viewer' && !is_open && path !== '/logout') return refuse(res, 403, 'BNT0104-E', 'この操作の権限がありません。', 'You have no permission for this.');
                if (posts[path]) return posts[path](res, body);
                send(res, 200, fixture('post.' + path.slice(1).replaceAll('/', '.')) ?? {});
                change('fixture' + path.replaceAll('/', '.'), body.run ? 'run/' + body.run : 'site');
            });
            return;
        }
        let path = normalize(join(dist, url.pathname));
        if (!path.startsWith(dist) || !existsSync(path) ||  !/\.\w+$/.test(path)) path = join(dist, 'index.html');
        const headers = { 'Content-Type': TYPES[path.split('.').pop()] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' };
        res.writeHead(200, headers);
        res.end(readFileSync(path));
    });
    return { server, state, change };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const port = Number(process.argv[2] ?? 8765);
    fixture_server().server.listen(port, '127.0.0.1', () => console.log(`fixtures on http://127.0.0.1:${port}`));
}
