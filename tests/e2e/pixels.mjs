// SPDX-License-Identifier: Apache-2.0
/*
 * Views on fixtures against pictures that were looked at once (pixels/NAME.png: a third of the size, 16 greys, times painted
 * over). A few pixels may differ, as between versions of Chromium or its fonts; a card that moved, or a colour that is gone,
 * is found. node tests/e2e/pixels.mjs; after a change that is meant: PIXELS=write, and look at what changed.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { browser_open, fixtures_open, page_open } from './browser.mjs';
import { grey_difference, grey_read, grey_small, grey_write, png_read } from './png.mjs';
import { finish, test } from './tests.mjs';

/** Of the points of the small picture. A word that is another moves some tenths of a percent, a card that moved many. */
const DIFFERENT_MAX = 0.02;
const VIEWS = { now: '/now', night: '/night', runs: '/runs', run: '/run/71', map: '/map/SSH/JN404?run=71', login: '/login' };
/** Times go on, and the rail has what views there are. */
const MASKED = ['header .clock', 'time', '.ago', 'nav'];
const folder = fileURLToPath(new URL('pixels/', import.meta.url));
const file_of = (name, locale) => `${folder}${name}.${locale}.png`;
const is_writing = process.env.PIXELS === 'write';
if (is_writing) mkdirSync(folder, { recursive: true });

const browser = await browser_open();
for (const [name, path] of Object.entries(VIEWS)) {
    for (const locale of ['ja', 'en']) {
        const fixtures = await fixtures_open({ who: name === 'login' ? null : 'operator' });
        const { page, context } = await page_open(browser, { locale, theme: locale === 'ja' ? 'light' : 'dark', prefs: { isRailWide: true } });
        page.setDefaultTimeout(20_000);
        await test(`looks as it did: ${name} ${locale}`, async () => {
            await page.goto(fixtures.url + path);
            await page.locator('h1').first().waitFor();
            const shoot = () => page.screenshot({ animations: 'disabled', caret: 'hide', mask: MASKED.map((piece) => page.locator(piece)), maskColor: '#888' });
            const kept = is_writing ? null : grey_read(readFileSync(file_of(name, locale)));
            let [shot, seen, difference] = [null, null, 1];
            for (let attempt = 0; attempt < 12; attempt++) {
                await page.waitForTimeout(500); // what is still being painted comes
                const before = seen;
                shot = await shoot();
                seen = grey_small(png_read(shot));
                if (kept) difference = grey_difference(seen, kept);
                if (kept ? difference <= DIFFERENT_MAX : before && attempt > 1 && grey_difference(seen, before) === 0) break;
            }
            if (is_writing) return writeFileSync(file_of(name, locale), grey_write(seen));
            if (difference > DIFFERENT_MAX && process.env.E2E_SHOTS) writeFileSync(`${process.env.E2E_SHOTS}/${name}.${locale}.png`, shot);
            assert.ok(difference <= DIFFERENT_MAX, `${(difference * 100).toFixed(1)} % of the picture differ`);
        }, page);
        await context.close();
        fixtures.close();
    }
}
await browser.close();
finish();
