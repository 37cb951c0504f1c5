// SPDX-License-Identifier: Apache-2.0
/*
 * House rules that no compiler knows: nothing that the Content-Security-Policy forbids (inline style attributes, {@html},
 * eval), both languages have the same messages, keys begin with their file's name, files of at most 400 lines.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
let bad = 0;
const complain = (path, what) => {
    console.error(`${relative(web, path)}: ${what}`);
    bad = 1;
};

function walk(folder, see) {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (name === 'paraglide') continue;
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

const files = readdirSync(join(web, 'messages/ja'));
const listed = JSON.parse(readFileSync(join(web, 'project.inlang/settings.json'), 'utf8'))['plugin.inlang.messageFormat'].pathPattern;
for (const name of files) {
    const prefix = name.replace('.json', '') + '_';
    const path = join(web, 'messages/ja', name);
    const [ja, en] = ['ja', 'en'].map((l) => JSON.parse(readFileSync(join(web, 'messages', l, name), 'utf8')));
    if (!listed.includes(`./messages/{locale}/${name}`)) complain(path, 'not listed in project.inlang/settings.json');
    for (const key of Object.keys(ja)) {
        if (!key.startsWith(prefix)) complain(path, `${key}: the keys of this file begin with ${prefix}`);
        if (!(key in en)) complain(path, `${key} is missing in en`);
    }
    for (const key of Object.keys(en)) if (!(key in ja)) complain(path, `${key} is missing in ja`);
}
process.exit(bad);
