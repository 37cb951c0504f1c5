// SPDX-License-Identifier: Apache-2.0
/*
 * What a person in a browser does in many tests: come in by a link, log in, call the API as the page would; and the codes of
 * an authenticator app (RFC 6238), computed from the secret that the page shows.
 */
import { createHmac, randomUUID } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a step of 30 s; steps_ahead 1 is the next one, which the server takes, too. */
export function totp_code(secret, steps_ahead = 0) {
    const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps_ahead));
    const sum = createHmac('sha1', key).update(counter).digest();
    const at = sum[19] & 15;
    return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** By a one-time link to the first page, without an app for codes. */
export async function enter_by_link(page, link) {
    await page.goto(link);
    await page.locator('form button[type=submit]').click();
    await page.getByRole('button', { name: /^(あとで|Later)$/ }).click();
    await page.waitForURL((url) => url.pathname === '/now');
    await page.locator('h1').first().waitFor();
}

/** A request with the page's own cookie, as its scripts make it; answers { status, body }. */
export async function call(page, method, path, body) {
    return page.evaluate(
        async ([method, path, body, key]) => {
            const me = await (await fetch('/api/v1/me')).json();
            const headers = method === 'GET' ? {} : { 'Content-Type': 'application/json', 'X-Banto-CSRF': me.csrf, 'Idempotency-Key': key };
            const answer = await fetch('/api/v1' + path, { method, headers, body: method === 'GET' ? undefined : JSON.stringify(body ?? {}) });
            const text = await answer.text();
            return { status: answer.status, body: text ? JSON.parse(text) : null };
        },
        [method, path, body ?? null, randomUUID()],
    );
}
