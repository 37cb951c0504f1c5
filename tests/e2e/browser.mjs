// SPDX-License-Identifier: Apache-2.0
/*
 * What the browser tests share: Debian's Chromium without a network of its own, the fixture server on a free port, axe, and
 * a page that complains about every error and every breach of the page policy.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { fixture_server } from '../../web/dev/server.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const FLAGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--autoplay-policy=no-user-gesture-required',
];

export async function browser_open() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });
}

export async function fixtures_open(options) {
    const made = fixture_server(options);
    await new Promise((done) => made.server.listen(0, '127.0.0.1', done));
    return { ...made, url: `http://127.0.0.1:${made.server.address().port}`, close: () => (made.server.closeAllConnections(), made.server.close()) };
}

/** A page with the choices of a person, and what went wrong in it. */
export async function page_open(browser, { locale = 'ja', theme = 'light', width = 1366, height = 768, prefs = {} } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, locale, bypassCSP: false });
    await context.addInitScript((kept) => localStorage.getItem('banto.prefs') ?? localStorage.setItem('banto.prefs', kept), JSON.stringify({ locale, theme, ...prefs }));
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && !/status of 40[134]/.test(message.text()) && faults.push(message.text() + ' ' + (message.location().url ?? '')));
    return { page, context, faults };
}

/** Breaches of WCAG 2.2 A and AA that axe finds, as lines. It goes in through the protocol, so the page policy stands. */
export async function axe_lines(page) {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: AXE });
    const { result } = await session.send('Runtime.evaluate', {
        expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
            .then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.help + ' — ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(' | '))))`,
        awaitPromise: true,
        returnByValue: true,
    });
    return JSON.parse(result.value);
}
