// SPDX-License-Identifier: Apache-2.0
/*
 * Counting: tests in one file come one after another, steps build on each other; the last line is `N passed, M failed`,
 * which tools/check adds to its own.
 */
const only = process.argv[2];
let passed = 0;
let failed = 0;
let pictures = 0;
let is_story_over = false;

/** A test that those after it build on: when it fails they are not tried, and count as failed. */
export async function step(name, body, page = null) {
    if (is_story_over) {
        failed++;
        console.log(`FAILED  ${name}\n        not tried: a step before it failed`);
        return false;
    }
    const is_good = await test(name, body, page);
    is_story_over = !is_good;
    return is_good;
}

/** Runs a test; a page given is photographed when it fails (E2E_SHOTS=folder). */
export async function test(name, body, page = null) {
    if (is_story_over) return false;
    if (only && !name.includes(only)) return true;
    const from = Date.now();
    try {
        await body();
        passed++;
        console.log(`ok      ${name} (${Math.round((Date.now() - from) / 100) / 10} s)`);
        return true;
    } catch (cause) {
        failed++;
        console.log(`FAILED  ${name}\n        ${String(cause.stack ?? cause).split('\n').slice(0, 14).join('\n        ')}`);
        const folder = process.env.E2E_SHOTS;
        if (page && folder) await page.screenshot({ path: `${folder}/failed-${++pictures}.png` }).catch(() => {});
        return false;
    }
}

export function finish() {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
}
