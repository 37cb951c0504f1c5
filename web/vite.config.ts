// SPDX-License-Identifier: Apache-2.0
/*
 * How the console is built: hashed files under /assets/, nothing inline (the page's Content-Security-Policy allows
 * scripts and styles from this host only), no source maps. In development /api goes to BANTO_URL, a running bantod or the
 * fixture server of dev/.
 */
import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { messages_plugin } from './tools/messages.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.BANTO_URL ?? 'http://127.0.0.1:8765';

/* BANTO_VIEWS=now,night builds these views only, while others are half written. */
const only = process.env.BANTO_VIEWS;
const only_views: Plugin = {
    name: 'only-views',
    enforce: 'pre',
    transform: (code, id) => (only && id.endsWith('/lib/views.ts') ? code.replace('../views/*/route.ts', `../views/{${only},login}/route.ts`) : null),
};

export default defineConfig({
    plugins: [
        only_views,
        messages_plugin(),
        svelte(),
    ],
    resolve: {
        alias: { $lib: here('./src/lib'), $ui: here('./src/ui'), $messages: here('./src/messages.gen/messages.js') },
        ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
    },
    build: {
        target: 'es2022',
        outDir: process.env.BANTO_WEB_DIST ?? 'dist',
        emptyOutDir: true,
        assetsDir: 'assets',
        assetsInlineLimit: 0,
        sourcemap: false,
        modulePreload: { polyfill: false },
        chunkSizeWarningLimit: 600,
        reportCompressedSize: false,
    },
    worker: { format: 'es' },
    server: { host: '127.0.0.1', proxy: { '/api': { target: server, changeOrigin: true } } },
    test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});
