// SPDX-License-Identifier: Apache-2.0
/*
 * Shift log, journal, people, agents and settings in Chromium on fixtures: node tests/e2e/desk.mjs. What a person does on
 * them, what is sent for it, that secrets are shown once, that who may not sees why, and axe on pages and dialogs.
 */
import assert from 'node:assert/strict';

import { axe_lines, browser_open, fixtures_open, page_open } from './browser.mjs';

const browser = await browser_open();
let failed = 0;

const only = process.argv[2];

async function check(name, who, path, walk) {
    if (only && !new RegExp(only).test(name)) return;
    const fixtures = await fixtures_open({ who });
    const { page, context, faults } = await page_open(browser, { locale: 'en' });
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && request.url().includes('/api/') && sent.push({ path: new URL(request.url()).pathname.slice('/api/v1'.length), body: request.postDataJSON() }));
    try {
        page.setDefaultTimeout(8000);
        await page.goto(fixtures.url + path);
        await page.locator('main h1, [role=alert]').first().waitFor({ timeout: 8000 });
        await walk(page, sent);
        assert.deepEqual(await axe_lines(page), []);
        assert.deepEqual(faults, []);
        console.log('ok', name);
    } catch (cause) {
        failed++;
        console.error('not ok', name, '\n', cause.message);
    }
    await context.close();
    fixtures.close();
}

/** Gives the reason in the dialog and confirms. */
async function confirm(page, button, reason = 'as asked for') {
    const dialog = page.locator('dialog[open]');
    await dialog.getByRole('textbox', { name: /[Rr]eason/ }).fill(reason);
    assert.deepEqual(await axe_lines(page), []);
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
}

await check('a note is written about a unit, for the next shift', 'operator', '/notes?write=1&unit=/A/B', async (page, sent) => {
    await page.waitForURL((url) => !url.search);
    await page.getByLabel('Text').fill('line 1\nline 2');
    await page.getByRole('checkbox', { name: /Hand-over/ }).check();
    await page.keyboard.press('Control+Enter');
    await page.getByText('The note is written').waitFor();
    assert.deepEqual(sent, [{ path: '/notes', body: { text: 'line 1\nline 2', unit: '/A/B', is_handover: true } }]);
});
await check('a note is corrected by another one', 'operator', '/notes', async (page, sent) => {
    await page.locator('#note-31').getByRole('button', { name: 'Correct' }).click();
    await page.getByLabel('Text').fill('right');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByText('The note is written').waitFor();
    assert.equal(sent[0].body.corrects, 31);
    assert.equal(await page.locator('#note-32 s').count(), 1);
});
await check('x says that the topmost hand-over was read', 'operator', '/notes', async (page, sent) => {
    await page.locator('#note-33').waitFor();
    await page.keyboard.press('x');
    await page.getByText('Recorded that it was read').waitFor();
    assert.deepEqual(sent, [{ path: '/notes/read', body: { id: 33 } }]);
});
await check('who may only look writes no notes', 'viewer', '/notes', async (page) => {
    await page.locator('#note-33').waitFor();
    assert.equal(await page.getByRole('button', { name: /I have read it|Correct|Write/ }).count(), 0);
});
await check('the journal is searched in hours of the business day', 'admin', '/journal?actor=oper&from=2026-06-29&from_time=22:00', async (page) => {
    await page.getByRole('row', { name: /run.rerun/ }).first().click();
    await page.getByRole('complementary').getByText('DEC-12').waitFor();
    const href = await page.getByRole('link', { name: /NDJSON/ }).getAttribute('href');
    const query = new URL(href, 'http://x').searchParams;
    assert.deepEqual([query.get('actor'), query.get('from'), query.get('format')], ['*oper*', '2026-06-29T22:00', 'ndjson']);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('complementary').count(), 0);
});
await check('both chains are checked', 'admin', '/journal/verify', async (page) => {
    await page.getByText('The chain is whole').nth(1).waitFor();
});
await check('an invitation link is shown once', 'admin', '/people?person=auditor', async (page, sent) => {
    await page.getByRole('button', { name: 'Make an invitation link…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Make an invitation link' }).click();
    const field = page.getByRole('textbox', { name: 'Invitation link of auditor' });
    await field.waitFor();
    assert.match(await field.inputValue(), /^http:\/\/.*\/link\?key=/);
    assert.deepEqual(await axe_lines(page), []);
    await page.getByRole('button', { name: 'I have it; close' }).click();
    assert.equal(await field.count(), 0);
    assert.deepEqual(sent, [{ path: '/persons/invite', body: { name: 'auditor' } }]);
});
await check('a role is granted for a system until the end of a day', 'admin', '/people?tab=grants', async (page, sent) => {
    const form = page.getByRole('form', { name: 'Grant a role' });
    await form.getByLabel('To whom').selectOption('p:engineer');
    await form.getByLabel('Role').selectOption('operator');
    await form.getByLabel('System').fill('KSK');
    await form.getByLabel(/Until/).fill('2026-07-31');
    await form.getByRole('button').click();
    await confirm(page, 'Grant');
    assert.deepEqual(sent, [{ path: '/grants', body: { role: 'operator', person: 'engineer', system: 'KSK', until: '2026-07-31T21:00:00.000Z', reason: 'as asked for' } }]);
});
await check('a role of a side cannot be given what the side can never have', 'admin', '/people?tab=roles', async (page, sent) => {
    await page.getByRole('button', { name: 'Change Operator', exact: true }).click();
    const dialog = page.locator('dialog[open]');
    assert.equal(await dialog.getByRole('checkbox', { name: /Decide/ }).isDisabled(), true);
    await dialog.getByRole('checkbox', { name: /Audit/ }).check();
    await dialog.getByRole('button', { name: 'Save…' }).click();
    await page.getByText('Gains: Audit').waitFor();
    await confirm(page, 'Save');
    assert.equal(sent[0].body.permissions, 'look audit output operate plan window record note');
});
await check('a token is shown once', 'admin', '/people?tab=tokens', async (page, sent) => {
    await page.getByLabel('What for').fill('figures');
    await page.getByRole('button', { name: 'Make a token…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('textbox', { name: 'Token "figures"' }).waitFor();
    assert.deepEqual(sent, [{ path: '/tokens', body: { name: 'figures', permissions: 'look', days: 90 } }]);
});
await check('who may not read people is told so', 'operator', '/people', async (page) => {
    await page.getByText('BNT0104-E').waitFor();
});
await check('an agent is drained with a reason', 'admin', '/agents?agent=ap-kokuho-01', async (page, sent) => {
    await page.getByRole('complementary').getByRole('link', { name: /JN404/ }).first().waitFor();
    await page.keyboard.press('d');
    await confirm(page, 'Drain');
    assert.deepEqual(sent, [{ path: '/agents/drain', body: { name: 'ap-kokuho-01', reason: 'as asked for' } }]);
});
await check('limits by time of day are set', 'admin', '/agents?agent=ap-kokuho-02', async (page, sent) => {
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel('From 3').fill('06:00');
    await page.getByLabel('At once 3').fill('3');
    await page.getByRole('button', { name: 'Use this table…' }).click();
    await confirm(page, 'Use this table');
    assert.equal(sent[0].body.limits, '00:00=5,06:00=3,22:00=20');
});
await check('a setting is changed, a backup is taken', 'admin', '/settings', async (page, sent) => {
    await page.getByRole('button', { name: 'Change… session.length' }).click();
    await page.locator('dialog[open]').getByLabel(/New value/).fill('8');
    await confirm(page, 'Change');
    await page.getByRole('button', { name: 'Back up now…' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Back up now' }).click();
    await page.getByText('The backup is taken').waitFor();
    assert.deepEqual(sent[0], { path: '/settings', body: { name: 'session.length', value: '8', reason: 'as asked for' } });
    assert.match(sent[1].body.file, /^\/var\/backups\/banto\/banto-2026-06-29-\d{6}\.db$/);
});

await browser.close();
process.exit(failed ? 1 : 0);
