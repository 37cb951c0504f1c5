// SPDX-License-Identifier: Apache-2.0
/*
 * The pictures of the README: the sample's night on a real server at its failure, into docs/images/. tools/screenshots
 * calls it. Prints name and size; fails when one is larger than 150 kB.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { browser_open, page_open } from './browser.mjs';
import { enter_by_link } from './person.mjs';
import { failure_of, play_evening, play_to_failure } from './play.mjs';
import { png_palette, png_read } from './png.mjs';
import { ROOT, server_open } from './server.mjs';

const SIZE_MAX_BYTES = 150_000;
const folder = join(ROOT, 'docs/images');
mkdirSync(folder, { recursive: true });
const server = await server_open({ clock: 'sim:2026-06-29T18:58+09:00,x1' });
const browser = await browser_open();
let is_good = true;
try {
    server.banto('clock', 'pause');
    server.fail('JN404-05', 12);
    const links = server.sample('operator');
    await play_evening(server);
    // What the evening left at this speed is not what the pictures are about.
    for (const item of server.json('now').items) server.banto('event', 'ack', String(item.event));
    await play_to_failure(server);
    for (const item of server.json('now').items) if (item.kind !== 'failed') server.banto('event', 'ack', String(item.event));
    const failed = failure_of(server);
    const { page } = await page_open(browser, { prefs: { isRailWide: true } });
    page.setDefaultTimeout(60_000);
    await enter_by_link(page, links.operator);
    const shoot = async (name) => {
        await page.waitForTimeout(2500);
        const picture = png_palette(png_read(await page.screenshot({ animations: 'disabled', caret: 'hide' })));
        writeFileSync(join(folder, name + '.png'), picture);
        console.log(`docs/images/${name}.png ${Math.ceil(picture.length / 1024)} KiB`);
        is_good &&= picture.length <= SIZE_MAX_BYTES;
    };
    await page.locator('article').filter({ hasText: 'JN404-05' }).first().waitFor();
    await shoot('now');
    await page.goto(`${server.url}/night`);
    await page.getByRole('option', { name: /^JN404,/ }).click();
    await shoot('night');
    await page.goto(`${server.url}/run/${failed.run}?node=${failed.node}`);
    await page.getByRole('region', { name: '手順書' }).first().waitFor();
    await shoot('run');
} finally {
    await browser.close();
    await server.close();
}
process.exit(is_good ? 0 : 1);
