// SPDX-License-Identifier: Apache-2.0
/*
 * Every view of the rail on the real server, in both languages, light and dark: nothing against WCAG 2.2 AA, nothing wider
 * than the screen, nothing cut off, no untranslated key, no complaint of the page.
 */
import assert from 'node:assert/strict';

import { axe_lines, page_open } from './browser.mjs';
import { enter_by_link } from './person.mjs';
import { step, test } from './tests.mjs';

/** What a page looks like as numbers: names of what sticks out or is cut. */
const layout_faults = (page) =>
    page.evaluate(() => {
        const found = [];
        if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
        if (document.documentElement.scrollHeight > innerHeight + 1) found.push('the page as a whole scrolls');
        for (const element of document.querySelectorAll('button, a.button, h1, h2, th, label, summary')) {
            const box = element.getBoundingClientRect();
            if (!box.width || element.closest('.sr')) continue;
            const style = getComputedStyle(element);
            if (element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline' && style.textOverflow !== 'ellipsis') {
                found.push(`cut off: ${element.tagName} ${element.textContent.trim().slice(0, 40)}`);
            }
        }
        const key = /\b(?:shell|now|night|run|runs|map|plan|notes|journal|people|agents|settings|windows|units|calendar|me)_[a-z_]{3,}\b/.exec(document.querySelector('main')?.innerText ?? '');
        if (key) found.push(`a text that is a key: ${key[0]}`);
        return [...new Set(found)];
    });

/** The page shows something and asks for nothing any more. */
async function settled(page) {
    await page.locator('h1').first().waitFor();
    await page.locator('.loading, [aria-busy=true]').first().waitFor({ state: 'detached', timeout: 15_000 }).catch(() => {});
    await page.waitForTimeout(300);
}

async function look(page, path) {
    await page.goto(path);
    await settled(page);
    const lines = [...(await axe_lines(page)), ...(await layout_faults(page))];
    assert.deepEqual(lines, [], path);
}

export async function looks_test(browser, server, { run, who = 'admin' }) {
    for (const [locale, theme] of [['ja', 'light'], ['en', 'dark']]) {
        const { page, context, faults } = await page_open(browser, { locale, theme });
        page.setDefaultTimeout(30_000);
        let paths = [];
        await step(`${who} comes in, ${locale} ${theme}`, async () => {
            await enter_by_link(page, server.link(who));
            paths = await page.locator('nav a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
            assert.ok(paths.length >= 3);
        }, page);
        for (const path of [...new Set([...paths, `/run/${run}`, `/map/${encodeURIComponent('審査支払')}/JN404?run=${run}`, '/me'])]) {
            await test(`nothing against WCAG 2.2 AA, nothing sticks out: ${decodeURIComponent(path)} ${locale} ${theme}`, () => look(page, server.url + path), page);
        }
        await test(`the language changes at once, and stays: ${locale}`, async () => {
            const [word, other] = locale === 'ja' ? ['EN', 'en'] : ['日本語', 'ja'];
            await page.goto(server.url + '/now');
            await page.locator('header').getByRole('button', { name: word, exact: true }).click();
            await page.locator(`html[lang=${other}]`).waitFor({ state: 'attached' });
            await page.reload();
            await page.locator(`html[lang=${other}]`).waitFor({ state: 'attached' });
        }, page);
        await test(`the pages complained about nothing: ${locale} ${theme}`, async () => assert.deepEqual(faults, []));
        await context.close();
    }
}
