// SPDX-License-Identifier: Apache-2.0
/*
 * What each side may not do, twice: the console does not offer it, and the server refuses it when a script asks all the same.
 */
import assert from 'node:assert/strict';

import { page_open } from './browser.mjs';
import { call, enter_by_link } from './person.mjs';
import { test } from './tests.mjs';

const decision = (run) => ({ kind: 'recovery', entity: `run/${run}`, text: '再実行する', by: '業務責任者', medium: '電話' });

/** Who, what the console must not show him on the run, and requests that must be refused. */
const SIDES = [
    {
        name: 'client', who: 'the client decides and does not operate', may_decide: true,
        refused: (run, node) => [
            ['POST', '/runs/rerun', { run, from: 'abnormal-job', reason: 'x' }],
            ['POST', '/runs/kill', { run, reason: 'x' }],
            ['POST', '/runs/hold', { run, node, reason: 'x' }],
            ['POST', '/decisions', decision(run)], // his word is a decision, not hearsay
            ['POST', '/agents/drain', { name: 'agent', reason: 'x' }],
        ],
    },
    {
        name: 'auditor', who: 'the auditor reads and changes nothing',
        refused: (run) => [
            ['POST', '/runs/rerun', { run, from: 'abnormal-job', reason: 'x' }],
            ['POST', '/decisions', decision(run)],
            ['POST', '/notes', { text: 'x' }],
        ],
    },
    {
        name: 'outside', who: 'an outside vendor looks, no more',
        refused: (run) => [
            ['POST', '/runs/rerun', { run, from: 'abnormal-job', reason: 'x' }],
            ['GET', '/journal/verify'],
            ['GET', '/persons'],
        ],
    },
    {
        name: 'leader', who: 'no role of the contractor can decide for the client', may_operate: true,
        refused: (run) => [
            ['POST', '/decisions/make', { kind: 'recovery', entity: `run/${run}`, text: '再実行する' }],
            ['POST', '/windows/ask', { group: 'KOKUHO', class: '職員', time: '20:00', reason: 'x' }],
            ['POST', '/persons', { name: 'x', title: 'x', side: 'client', reason: 'x' }],
        ],
    },
];

export async function rights_test(browser, server, links, { run, node }) {
    for (const side of SIDES) {
        const { page, context, faults } = await page_open(browser, {});
        page.setDefaultTimeout(30_000);
        await test(`${side.name}: ${side.who}`, async () => {
            await enter_by_link(page, links[side.name]);
            await page.goto(`${server.url}/run/${run}?node=${node}`);
            await page.locator('.where').getByText('JN404-05').waitFor();
            assert.equal(await page.getByRole('button', { name: /^再実行( r)?$/ }).count(), side.may_operate ? 1 : 0, 'the button for a rerun');
            assert.equal(await page.getByRole('button', { name: /^再実行を認める/ }).count(), side.may_decide ? 1 : 0, 'the button for the decision');
            if (!side.may_operate) {
                await page.keyboard.press('r');
                assert.equal(await page.getByRole('dialog').count(), 0, 'no key for it either');
            }
            for (const [method, path, body] of side.refused(run, node)) {
                const answer = await call(page, method, path, body);
                assert.equal(answer.status, 403, `${method} ${path}: ${JSON.stringify(answer.body)}`);
                assert.match(answer.body.error.id, /^BNT\d{4}-E$/);
                assert.ok(answer.body.error.action.ja, 'it says what to do');
            }
            assert.deepEqual(faults, []);
        }, page);
        await context.close();
    }
}
