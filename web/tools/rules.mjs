// SPDX-License-Identifier: Apache-2.0
/*
 * House rules that no compiler knows: nothing that the Content-Security-Policy forbids (inline style attributes, {@html},
 * eval); the same messages in both languages (tools/messages.mjs); files of at most 400 lines.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { messages_read } from './messages.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
let bad = 0;
const complain = (path, what) => {
    console.error(`${relative(web, path)}: ${what}`);
    bad = 1;
};

function walk(folder, see) {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (name === 'messages.gen' || name === 'paraglide') continue;
        if (statSync(path).isDirectory()) walk(path, see);
        else see(path, name);
    }
}

const FORBIDDEN = [
    [/<[^>]*\sstyle="[^"{]*"/, 'inline style attribute: use a class, or style:property={value}'],
    [/\{@html\b/, '{@html} puts foreign text into the page as markup'],
    [/\beval\(|\bnew Function\(/, 'eval is forbidden by the page policy'],
    [/https?:\/\/(?!127\.0\.0\.1|localhost|www\.w3\.org)/, 'an address of another host: the console loads from its own server only'],
];
walk(join(web, 'src'), (path, name) => {
    if (!/\.(ts|svelte|css)$/.test(name)) return;
    const text = readFileSync(path, 'utf8');
    for (const [pattern, why] of name.endsWith('.gen.ts') ? [] : FORBIDDEN) if (pattern.test(text)) complain(path, why);
    if (!name.endsWith('.gen.ts') && text.split('\n').length > 400) complain(path, 'more than 400 lines');
});

for (const fault of messages_read().faults) complain(join(web, 'messages'), fault);
process.exit(bad);
