// SPDX-License-Identifier: Apache-2.0
/*
 * A fresh server, from the link in its terminal on: the administrator, a password, an app for codes, out and in again; then
 * the sample's people, and the client's request to stay open longer one minute before and one after its limit (E-05).
 *     BANTO_BIN=build/bin node tests/e2e/first.mjs [NAME]
 */
import assert from 'node:assert/strict';

import { axe_lines, browser_open, page_open } from './browser.mjs';
import { call, enter_by_link, totp_code } from './person.mjs';
import { server_open } from './server.mjs';
import { finish, step, test } from './tests.mjs';

const PASSWORD = 'ochazuke to umeboshi 7';
const browser = await browser_open();
const server = await server_open({ clock: 'sim:2026-06-29T16:50+09:00,x1' });
const { page, faults } = await page_open(browser, {});
page.setDefaultTimeout(30_000);
let secret = '';

await step('before there is anybody, the page says where the first link is', async () => {
    server.banto('clock', 'pause');
    await page.goto(server.url + '/');
    await page.getByRole('heading', { name: '最初の管理者を作ります' }).waitFor();
    assert.deepEqual(await axe_lines(page), []);
}, page);

await step('the link of the terminal makes the administrator, with a password', async () => {
    const key = /#link=([0-9a-f]+)/.exec(server.said())[1];
    await page.goto(`${server.url}/#link=${key}`);
    await page.getByLabel('ログイン名').fill('keeper');
    assert.ok(!page.url().includes(key), 'the key has left the address');
    await page.getByLabel('表示名').fill('運用管理者');
    await page.getByLabel('パスワード', { exact: true }).fill('short');
    assert.ok(await page.getByRole('button', { name: 'はじめる' }).isDisabled());
    await page.getByLabel('パスワード', { exact: true }).fill(PASSWORD);
    await page.getByLabel('もう一度').fill(PASSWORD);
    await page.getByRole('button', { name: 'はじめる' }).click();
    await page.getByRole('button', { name: '登録を始める' }).waitFor();
}, page);

await step('the app for codes is registered, and recovery codes are shown once', async () => {
    await page.getByRole('button', { name: '登録を始める' }).click();
    secret = (await page.locator('code').innerText()).replace(/\s/g, '');
    assert.match(secret, /^[A-Z2-7]{16,}$/);
    await page.getByLabel('アプリに出たコード').fill(totp_code(secret, -1));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '回復コードを保管してください' }).waitFor();
    assert.ok((await page.locator('li.mono').count()) >= 8);
    await page.getByRole('button', { name: '保管しました' }).click();
    await page.waitForURL((url) => url.pathname === '/now');
}, page);

async function log_out() {
    await page.locator('details.who summary').click();
    await page.getByText('ログアウト', { exact: true }).click();
    await page.getByRole('heading', { name: 'ログイン' }).waitFor();
}

async function log_in(code) {
    await page.getByLabel('ログイン名').fill('keeper');
    await page.getByLabel('パスワード').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('認証コード(6桁)').fill(code);
    await page.keyboard.press('Enter');
}

let used = '';
await step('out, and in again with password and code', async () => {
    await log_out();
    assert.equal((await page.request.get(server.url + '/api/v1/me')).status(), 401);
    used = totp_code(secret, 0);
    await log_in(used);
    await page.getByRole('heading', { name: '対応が必要なこと' }).waitFor();
}, page);

await step('the same code is refused a second time, a later one is taken', async () => {
    await log_out();
    await log_in(used);
    await page.getByText(/BNT\d{4}-E/).first().waitFor();
    assert.equal((await page.request.get(server.url + '/api/v1/me')).status(), 401);
    await page.getByLabel('認証コード(6桁)').fill(totp_code(secret, 1));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '対応が必要なこと' }).waitFor();
}, page);

let links = {};
let client;
await step('the sample’s people come in by their links', async () => {
    links = server.sample('client', 'operator');
    ({ page: client } = await page_open(browser, {}));
    client.setDefaultTimeout(30_000);
    await enter_by_link(client, links.client);
});

const request = (time) => ({ group: 'KOKUHO', class: '職員', time, reason: '窓口の混雑' });
const closing = () => server.json('window', 'list').windows?.find?.((row) => row.class === '職員') ?? JSON.stringify(server.json('window', 'list'));

await step('16:59: the client asks for longer hours, and has them (E-05)', async () => {
    server.banto('clock', 'forward', '2026-06-29T16:59+09:00');
    const answer = await call(client, 'POST', '/windows/ask', request('20:00'));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.match(JSON.stringify(closing()), /20:00/);
}, page);

await step('17:01: it is too late, and the answer says so with its rule (E-05)', async () => {
    server.banto('clock', 'forward', '2026-06-29T17:01+09:00');
    const answer = await call(client, 'POST', '/windows/ask', request('20:30'));
    assert.equal(answer.status, 409, JSON.stringify(answer.body));
    assert.equal(answer.body.error.id, 'BNT0521-E');
    assert.match(answer.body.error.message.ja, /17:00[\s\S]*E-05/);
    assert.doesNotMatch(JSON.stringify(closing()), /20:30/);
}, page);

await test('the journal knows who asked, and the pages complained about nothing', async () => {
    const entries = server.json('journal', 'list', '--limit', '100').items;
    assert.ok(entries.some((entry) => entry.operation === 'window.extend' && entry.actor === 'client'));
    assert.deepEqual(faults, []);
});

await browser.close();
await server.close();
finish();
