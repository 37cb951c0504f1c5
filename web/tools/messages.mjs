// SPDX-License-Identifier: Apache-2.0
/*
 * Compiles messages/LOCALE/VIEW.json into src/messages.gen/: a function for every key, typed by the {placeholders} of its
 * texts, each in a module of its own, so that a view's texts are loaded with the view. `m.now_ago({ time })` reads the
 * chosen language when it is called, so texts follow the language switch at once.
 * Both languages must have the same keys and the same placeholders; keys begin with their file's name.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const source = join(web, 'messages');
const target = join(web, 'src/messages.gen');
const LOCALES = ['ja', 'en'];
const HEAD = '// SPDX-License-Identifier: Apache-2.0\n/* Made by tools/messages.mjs; do not edit. */\n';

const placeholders = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort();
const literal = (text) => '`' + text.replace(/[`\\]|\$\{/g, '\\$&').replace(/\{(\w+)\}/g, '${i.$1}') + '`';

function write(name, text) {
    const path = join(target, name);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

/** All keys as { key: { ja, en } }, and what is wrong with them. */
export function messages_read() {
    const faults = [];
    const found = {};
    for (const locale of LOCALES) {
        for (const file of readdirSync(join(source, locale)).filter((name) => name.endsWith('.json'))) {
            let texts = {};
            try {
                texts = JSON.parse(readFileSync(join(source, locale, file), 'utf8'));
            } catch (cause) {
                faults.push(`messages/${locale}/${file}: ${cause.message}`);
            }
            for (const [key, text] of Object.entries(texts)) {
                if (!key.startsWith(file.replace('.json', '_'))) faults.push(`messages/${locale}/${file}: ${key} does not begin with the file's name`);
                (found[key] ??= {})[locale] = text;
            }
        }
    }
    for (const [key, texts] of Object.entries(found)) {
        for (const locale of LOCALES) if (typeof texts[locale] !== 'string') faults.push(`messages: ${key} is missing in ${locale}`);
        const [a, b] = LOCALES.map((locale) => placeholders(texts[locale] ?? '').join(' '));
        if (a !== b && !faults.some((fault) => fault.includes(key + ' '))) faults.push(`messages: ${key} has {${a}} in ja and {${b}} in en`);
    }
    return { found, faults };
}

export function messages_compile() {
    const { found, faults } = messages_read();
    mkdirSync(join(target, 'm'), { recursive: true });
    write('locale.js', HEAD + "let read = () => 'ja';\n/** The language of texts from now on: a function, read at every text. */\nexport const locale_from = (from) => {\n    read = from;\n};\nexport const is_english = () => read() === 'en';\n");
    write('locale.d.ts', HEAD + "export declare const locale_from: (from: () => 'ja' | 'en') => void;\nexport declare const is_english: () => boolean;\n");
    const keys = Object.keys(found).sort();
    let types = HEAD + 'export declare namespace m {\n';
    for (const key of keys) {
        const texts = { ja: found[key].ja ?? found[key].en, en: found[key].en ?? found[key].ja };
        const names = placeholders(texts.ja + texts.en);
        write(`m/${key}.js`, `${HEAD}import { is_english } from '../locale.js';\nexport const ${key} = (${names.length ? 'i' : ''}) => (is_english() ? ${literal(texts.en)} : ${literal(texts.ja)});\n`);
        types += `    const ${key}: (${names.length ? `i: { ${names.map((name) => name + ': string | number').join('; ')} }` : ''}) => string;\n`;
    }
    write('all.js', HEAD + keys.map((key) => `export { ${key} } from './m/${key}.js';\n`).join(''));
    write('messages.js', HEAD + "export * as m from './all.js';\n");
    write('messages.d.ts', types + '}\n');
    for (const name of readdirSync(join(target, 'm'))) if (!found[name.slice(0, -3)]) rmSync(join(target, 'm', name));
    return faults;
}

/** For Vite: compiled before a build, and again whenever a file of messages is saved. */
export function messages_plugin() {
    const compile = (context) => messages_compile().forEach((fault) => context.warn(fault));
    return {
        name: 'messages',
        enforce: 'pre',
        buildStart() {
            compile(this);
        },
        configureServer(server) {
            server.watcher.add(source);
            server.watcher.on('change', (path) => path.startsWith(source) && compile(console));
        },
    };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    const faults = messages_compile();
    faults.forEach((fault) => console.error(fault));
    process.exit(faults.length ? 1 : 0);
}
