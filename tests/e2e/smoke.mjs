// SPDX-License-Identifier: Apache-2.0
/*
 * The console in a real browser on fixtures: logging in, what needs a person, acknowledging by keyboard alone, language and
 * light, the page policy and WCAG. node tests/e2e/smoke.mjs after tools/web-build; prints a line a test, exits 1 on failure.
 */
import assert from 'node:assert/strict';

import { axe_lines, browser_open, fixtures_open, page_open } from './browser.mjs';

const browser = await browser_open();
const only = process.argv[2];
let passed = 0;
let failed = 0;

async function test(name, options, body) {
    if (only && !name.includes(only)) return;
    const fixtures = await fixtures_open(options.fixtures ?? { who: 'operator' });
    const { page, context, faults } = await page_open(browser, options);
    page.setDefaultTimeout(10_000);
    try {
        await body(page, fixtures);
        assert.deepEqual(faults, [], 'nothing is complained about in the page');
        passed++;
        console.log(`ok      ${name}`);
    } catch (cause) {
        failed++;
        console.log(`FAILED  ${name}\n        ${String(cause.message ?? cause).split('\n').slice(0, 12).join('\n        ')}`);
    } finally {
        await context.close();
        fixtures.close();
    }
}

await test('a person logs in with name, password and code, and comes back to where they wanted to be', { fixtures: {} }, async (page, { url }) => {
    await page.goto(url + '/me');
    await page.getByLabel('ログイン名').fill('code');
    await page.getByLabel('パスワード').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('名前またはパスワードが違います。').waitFor();
    await page.getByLabel('パスワード').fill('a long password');
    await page.keyboard.press('Enter');
    await page.getByLabel('認証コード').fill('123456');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '自分の設定' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/me');
});

await test('the first administrator is made by the link, and the key leaves the address', { fixtures: { is_first: true } }, async (page, { url }) => {
    await page.goto(url + '/login');
    await page.getByRole("heading", { name: "最初の管理者を作ります" }).waitFor();
    await page.goto(url + '/link?key=secret');
    await page.getByLabel('ログイン名').fill('first');
    assert.equal(new URL(page.url()).search, '');
    await page.getByLabel('表示名').fill('運用管理者');
    await page.getByLabel('パスワード', { exact: true }).fill('correct horse battery');
    await page.getByLabel('もう一度').fill('correct horse batterie');
    await page.getByText('2つのパスワードが違います。').waitFor();
    assert.ok(await page.getByRole('button', { name: 'はじめる' }).isDisabled());
    await page.getByLabel('もう一度').fill('correct horse battery');
    await page.getByRole('button', { name: 'はじめる' }).click();
    await page.getByRole('button', { name: '登録を始める' }).click();
    await page.getByLabel('アプリに出たコード').fill('123456');
    await page.keyboard.press('Enter');
    await page.getByText('k3f9-mm2q').waitFor();
    await page.getByRole('button', { name: '保管しました' }).click();
    await page.getByRole('heading', { name: '対応が必要なこと' }).waitFor();
});

await test('what needs a person stands most urgent first, and is acknowledged by keyboard alone', {}, async (page, { url, state }) => {
    await page.goto(url + '/');
    await page.locator('article').first().waitFor();
    assert.equal(await page.locator('article').count(), 5);
    assert.match(await page.locator('article').first().innerText(), /異常終了[\s\S]*JN404-05[\s\S]*対処/);
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByText('すべての端末で、この件の警報音が止まります。').waitFor();
    await page.keyboard.type('本会へ連絡済み');
    await page.keyboard.press('Control+Enter');
    await page.locator('article').nth(4).waitFor({ state: 'detached' });
    assert.deepEqual([...state.acked.keys()], [812]);
    assert.equal(await page.locator('article').count(), 4);
});

await test('a change on the server is seen without being asked for', {}, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.locator('article').first().waitFor();
    await page.waitForTimeout(1500);
    await fetch(url + '/fixture/calm');
    await page.getByText('いま対応が必要なことはありません').waitFor();
});

await test('the top bar says business time in 48 hours, the made-up clock and the windows', {}, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.getByText('25:32').first().waitFor();
    const bar = await page.locator('header').first().innerText();
    assert.match(bar, /6\/29\(月\)/);
    assert.match(bar, /仮の時計/);
    assert.match(bar, /審査委員会\s*閉塞/);
});

await test('language and light change at once and are remembered', {}, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.getByRole('button', { name: 'EN', exact: true }).click();
    await page.getByRole('heading', { name: 'What needs a person' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    await page.getByRole('button', { name: /^Appearance/ }).click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.reload();
    await page.getByRole('heading', { name: 'What needs a person' }).waitFor();
});

await test('Ctrl-K finds commands and jobnets, ? lists the keys', {}, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.locator('article').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('JN101');
    await page.getByRole('option', { name: /JN101/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'キー操作' }).waitFor();
    await page.getByText('確認する', { exact: true }).first().waitFor();
});

await test('the sound is muted with a reason that stays in sight', {}, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.getByRole('button', { name: '警報音' }).click();
    await page.getByRole('button', { name: '隣の端末で監視中' }).click();
    await page.getByRole('button', { name: '音を消す' }).click();
    await page.locator('.sound').getByText('隣の端末で監視中').waitFor();
    await page.reload();
    await page.locator('.sound').getByText('隣の端末で監視中').waitFor();
});

await test('who may only look sees no button for acknowledging', { fixtures: { who: 'viewer' } }, async (page, { url }) => {
    await page.goto(url + '/now');
    await page.locator('article').first().waitFor();
    assert.equal(await page.getByRole('button', { name: '確認する' }).count(), 0);
});

await test('a session that ends leads to the login', {}, async (page, { url, state, change }) => {
    await page.goto(url + '/now');
    await page.locator('article').first().waitFor();
    await page.waitForTimeout(1500);
    state.who = null;
    change('login.end', 'session/1');
    await page.getByRole('heading', { name: 'ログイン' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('to'), '/now');
});

for (const theme of ['light', 'dark']) {
    for (const path of ['/now', '/me', '/login', '/link?key=first']) {
        const is_open = path === '/login' || path.startsWith('/link');
        await test(`nothing against WCAG 2.2 AA: ${path} ${theme}`, { theme, fixtures: is_open ? {} : { who: 'operator' } }, async (page, { url }) => {
            await page.goto(url + path);
            await page.locator('h1').first().waitFor();
            await page.waitForTimeout(600);
            assert.deepEqual(await axe_lines(page), []);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is not wider than the screen');
        });
    }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
