// SPDX-License-Identifier: Apache-2.0
/*
 * The night of the sample federation on a real server, as the operator meets it in the console: JN404-05 fails, he finds it,
 * reads why, writes down the client's decision and reruns, by keyboard alone; the opening is safe again and the night goes
 * on. On the way: what each side may not do (rights.mjs), how every view looks (looks.mjs).
 *     BANTO_BIN=build/bin node tests/e2e/night.mjs [NAME]      after tools/web-build and a build
 */
import assert from 'node:assert/strict';

import { browser_open, page_open } from './browser.mjs';
import { looks_test } from './looks.mjs';
import { enter_by_link } from './person.mjs';
import { failure_of, play_evening, play_to_failure } from './play.mjs';
import { rights_test } from './rights.mjs';
import { server_open, sleep, until } from './server.mjs';
import { finish, step } from './tests.mjs';

const browser = await browser_open();
const server = await server_open({ clock: 'sim:2026-06-29T18:58+09:00,x1' });
let links = {};

const slack_of = () => server.json('plan', 'forecast').opening?.slack_minutes ?? null;

await step('the sample begins with people, definitions and 48 jobnets', async () => {
    server.banto('clock', 'pause');
    server.fail('JN404-05', 12);
    links = server.sample();
    assert.deepEqual(Object.keys(links), ['operator', 'leader', 'admin', 'client', 'auditor', 'outside']);
});

const { page, faults } = await page_open(browser, {});
page.setDefaultTimeout(30_000);

await step('the operator comes in by a link that works once', async () => {
    await enter_by_link(page, links.operator);
    assert.doesNotMatch(page.url(), /link|key/, 'the key has left the address');
    const { page: second, context } = await page_open(browser, {});
    await second.goto(links.operator);
    await second.getByRole('heading', { name: 'このリンクは使えません' }).waitFor();
    await context.close();
}, page);

/** Acknowledges what stands first, by keyboard, for as long as it is to go. At this speed some deadline is missed by seconds. */
async function acknowledge_while(is_to_go) {
    const first = page.locator('article:not(.over)').first();
    for (let count = 0; count < 12 && (await first.count()) && is_to_go(await first.innerText()); count++) {
        const id = await first.getAttribute('id');
        await page.keyboard.press('j');
        for (let presses = 0; presses < 20 && (await page.locator('article.current').getAttribute('id')) !== id; presses++) await page.keyboard.press('k');
        await page.keyboard.press('a');
        await page.getByRole('dialog').waitFor();
        await page.keyboard.type('本会へ連絡済み');
        await page.keyboard.press('Control+Enter');
        await page.locator('#' + id).waitFor({ state: 'detached' });
    }
}

await step('the evening until 22:00', () => play_evening(server));
await step('the operator acknowledges by keyboard what the evening left, and it is calm', async () => {
    await acknowledge_while(() => true);
    await until('nothing is left', async () => (await page.locator('article:not(.over)').count()) === 0, 15_000);
    assert.equal(server.json('now').items.filter((item) => !item.is_over).length, 0);
}, page);
await step('the night runs until JN404-05 fails', () => play_to_failure(server));
const failed = failure_of(server);
const [, run, job] = /^(.*)\/([^/]*)$/.exec(failed?.unit ?? '') ?? [];

await step('what failed stands first, without being asked for', async () => {
    assert.equal(job, 'JN404-05');
    const first = page.locator('article').first();
    await page.locator('article').filter({ hasText: 'JN404-05' }).first().waitFor();
    await acknowledge_while((text) => /期限超過/.test(text)); // the first of all, and rightly so
    assert.match(await first.innerText(), /異常終了[\s\S]*JN404-05[\s\S]*対処/);
}, page);

await step('by keyboard: the run, the failed job, the run-book', async () => {
    await page.locator('body').press('j');
    while (!/JN404-05/.test(await page.locator('article.current').innerText())) await page.keyboard.press('k');
    await page.keyboard.press('o');
    await page.waitForURL(/\/run\/\d+\?node=\d+/);
    await page.locator('.where').getByText('JN404-05').waitFor();
    const book = page.getByRole('region', { name: '手順書' }).first();
    await book.waitFor();
    assert.ok((await book.locator('li').count()) >= 3, 'the steps of the run-book');
    await page.keyboard.press('k');
    await page.locator('.where').getByText('JN404-04').waitFor();
    await page.keyboard.press('j');
    await page.locator('.where').getByText('JN404-05').waitFor();
}, page);

await step('by keyboard: the output says what happened', async () => {
    await page.keyboard.press('2');
    await page.getByRole('button', { name: '標準エラー' }).waitFor();
    const read = () => page.locator('pre').innerText({ timeout: 2000 }).catch(() => '');
    const out = await until('output of either stream', async () => (await read()) || (await page.getByRole('button', { name: '標準エラー' }).click(), await read()), 30_000);
    assert.match(out, /\S/);
    await page.keyboard.press('1');
}, page);

await step('why JN506 does not start: it waits for JN404', async () => {
    const why = server.json('why', '/外付けシステム/JN506');
    assert.match(JSON.stringify(why), /JN404/);
    const here = page.url();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForURL((url) => url.pathname === '/night');
    await page.getByRole('option', { name: /^JN404,/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('JN506');
    await until('one row is left', async () => (await page.locator('.labels [role=option]').count()) === 1, 10_000);
    await page.locator('input.search').blur();
    await page.keyboard.press('j');
    const detail = page.getByRole('complementary', { name: '選んだ行の詳細' });
    await detail.getByText('始まらない理由').waitFor();
    assert.match(await detail.innerText(), /JN404/);
    await page.goto(here);
    await page.locator('.where').getByText('JN404-05').waitFor();
}, page);

await rights_test(browser, server, links, { run: failed?.run, node: failed?.node });
await looks_test(browser, server, { run: failed?.run });

await step('the call to the client takes time, and the slack shrinks', async () => {
    server.banto('clock', 'forward', '2026-06-30T01:50+09:00');
    const slack = slack_of();
    assert.ok(slack !== null && slack < 90, `the forecast counts the minutes that pass: ${slack}`);
});

let slack_before = 0;
await step('by keyboard: the rerun asks for the client’s decision and shows what starts', async () => {
    slack_before = slack_of();
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('始まるもの(順)').waitFor();
    await dialog.locator('.starts').getByText('JN404-05').waitFor();
    await dialog.getByText('本会の判断').waitFor();
    assert.ok(await dialog.getByRole('button', { name: '再実行' }).isDisabled(), 'not without the decision and a reason');
    await tab_to(dialog.getByLabel('判断者(本会の役割)'));
    await page.keyboard.type('システム管理課長');
    await page.keyboard.press('Tab');
    await page.keyboard.type('電話');
    await page.keyboard.press('Tab');
    await page.keyboard.type('表領域を拡張し、異常ジョブから再実行する');
    await page.keyboard.press('Tab');
    await page.keyboard.type('表領域拡張済み。本会判断により再実行');
    await tab_to(dialog.getByRole('button', { name: '再実行' }));
    await page.keyboard.press('Enter');
    await page.getByText('再実行を受け付けました。').waitFor();
    await dialog.waitFor({ state: 'detached' });
}, page);

/** Presses Tab until the element has the focus; it must be reachable. */
async function tab_to(target) {
    for (let presses = 0; presses < 40; presses++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
    }
    assert.fail('cannot be reached by Tab');
}

await step('the decision is recorded with who gave it and how, and is used', async () => {
    const decisions = server.json('decision', 'list');
    const row = (decisions.items ?? decisions)[0];
    assert.equal(row.decided_by, 'システム管理課長');
    assert.match(JSON.stringify(row), /電話/);
    assert.match(JSON.stringify(row), /表領域を拡張/);
    assert.equal((await server.json('journal', 'list', '--limit', '50')).items.some((entry) => entry.operation === 'run.rerun' && entry.actor === 'operator'), true);
});

await step('the job runs again, and the run goes on', async () => {
    server.banto('clock', 'go');
    server.banto('clock', 'speed', '60');
    await until('the run goes on', () => ['running', 'normal'].includes(server.json('show', String(failed.run)).status), 60_000);
    await page.locator('.head[data-tone="run"]').waitFor();
    await until('the job that failed ends well', async () => server.json('nodes', String(failed.run)).items.find((node) => node.name === job).status === 'normal', 120_000);
}, page);

await step('the failure needs nobody any more', async () => {
    await until('it is over', () => !failure_of(server), 30_000);
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.waitForURL((url) => url.pathname === '/now');
    await until('nothing that failed is open', async () => (await page.locator('article:not(.over)').filter({ hasText: '異常終了' }).count()) === 0, 30_000);
}, page);

await step('the night shows that the opening is safe', async () => {
    await page.goto(server.url + '/night');
    const opening = page.locator('p.opening');
    await opening.getByText(/余裕 \d+分/).waitFor();
    const minutes = Number(/余裕 (\d+)分/.exec(await opening.innerText())[1]);
    assert.ok(minutes > 0, `slack ${minutes} (${slack_before} before the rerun)`);
    assert.ok(['run', 'warn'].includes(await opening.getAttribute('data-tone')));
    for (const name of ['JN404', 'JN506']) await page.getByRole('option', { name: new RegExp(`^${name},`) }).waitFor();
}, page);

await step('the night goes on, and JN506 follows JN404', async () => {
    server.banto('clock', 'speed', '600');
    await until('JN506 runs', () => /normal|running/.test(server.json('runs', '/外付けシステム/JN506', '--date', '2026-06-29').items[0]?.status ?? ''), 120_000);
    server.banto('clock', 'pause');
    await sleep(500);
    assert.equal(server.json('show', String(failed.run)).status, 'normal');
});

await step('the journal holds, and the page complained about nothing', async () => {
    server.banto('journal', 'verify');
    server.banto('journal', 'verify', '--stream', 'desk');
    assert.deepEqual(faults, []);
});

await browser.close();
await server.close();
finish();
