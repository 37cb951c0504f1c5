// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures of views on fixtures, to be looked at: node tests/e2e/shots.mjs /now [/night?date=…] — light and dark, ja and en,
 * 1366×768 and a tablet, into web/shots/. SHOTS=ja-light-pc limits them. Prints what axe and the console complain about.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { axe_lines, browser_open, fixtures_open, page_open } from './browser.mjs';

const SIZES = { pc: [1366, 768], tablet: [1024, 768] };
const folder = fileURLToPath(new URL('../../web/shots/', import.meta.url));
mkdirSync(folder, { recursive: true });
const browser = await browser_open();
const wanted = process.env.SHOTS?.split(',');
for (const path of process.argv.slice(2)) {
    for (const locale of ['ja', 'en']) {
        for (const theme of ['light', 'dark']) {
            for (const [size, [width, height]] of Object.entries(SIZES)) {
                const kind = `${locale}-${theme}-${size}`;
                if (wanted && !wanted.includes(kind)) continue;
                const fixtures = await fixtures_open({ who: process.env.WHO === '' ? null : (process.env.WHO ?? 'operator') });
                const { page, context, faults } = await page_open(browser, { locale, theme, width, height, prefs: { isRailWide: size === 'pc' } });
                await page.goto(fixtures.url + path);
                await page.waitForTimeout(Number(process.env.WAIT ?? 700));
                const file = `${folder}${path.slice(1).replace(/\W+/g, '-') || 'root'}.${kind}.png`;
                await page.screenshot({ path: file });
                const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
                console.log(file, ...(wide ? ['WIDER THAN THE SCREEN'] : []), ...(await axe_lines(page)).map((l) => '\n  axe ' + l), ...faults.map((f) => '\n  fault ' + f));
                await context.close();
                fixtures.close();
            }
        }
    }
}
await browser.close();
