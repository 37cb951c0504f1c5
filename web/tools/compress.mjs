// SPDX-License-Identifier: Apache-2.0
/* Puts FILE.br and FILE.gz beside every text file of dist/, so that the server compresses nothing itself. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = process.env.BANTO_WEB_DIST ?? fileURLToPath(new URL('../dist', import.meta.url));
const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/;

function walk(folder) {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) {
            walk(path);
        } else if (TEXT.test(name)) {
            const bytes = readFileSync(path);
            writeFileSync(path + '.br', brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
            writeFileSync(path + '.gz', gzipSync(bytes, { level: 9 }));
        }
    }
}
walk(root);
