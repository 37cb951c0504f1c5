// SPDX-License-Identifier: Apache-2.0
/*
 * Prints web.first_load_kb: the compressed (gzip) script and style that index.html names, which is what a first visit waits
 * for before it can paint. Fails above the budget. Lazy views are listed for information.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 60;
const dist = process.env.BANTO_WEB_DIST ? process.env.BANTO_WEB_DIST + '/' : fileURLToPath(new URL('../dist/', import.meta.url));
const kb = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length / 1000;
const page = readFileSync(dist + 'index.html', 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]);
let total = 0;
for (const name of first) {
    total += kb(name);
    console.log(`first  ${kb(name).toFixed(1).padStart(7)} kB  ${name}`);
}
for (const name of readdirSync(dist + 'assets').filter((n) => /\.(js|css)$/.test(n) && !first.includes('assets/' + n))) {
    console.log(`lazy   ${kb('assets/' + name).toFixed(1).padStart(7)} kB  assets/${name}`);
}
console.log(`web.first_load_kb ${total.toFixed(1)} (budget ${BUDGET_KB})`);
if (total > BUDGET_KB) {
    console.error('web: the first load is above its budget; make what is heavy lazy');
    process.exit(1);
}
