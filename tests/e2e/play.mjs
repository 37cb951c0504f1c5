// SPDX-License-Identifier: Apache-2.0
/* Plays the sample's night of 2026-06-29 on a server of server.mjs, quick where little happens, until something fails. */
import { until } from './server.mjs';

export const failure_of = (server) => server.json('now').items.find((item) => item.kind === 'failed' && !item.is_over);

export async function play_evening(server) {
    server.banto('clock', 'go');
    server.banto('clock', 'speed', '1200');
    await until('the evening is over', () => server.is_past('2026-06-29T22:00+09:00'), 60_000);
    server.banto('clock', 'pause');
}

/** Slower than the evening: the machine's own slowness counts as business time, too. */
export async function play_to_failure(server) {
    server.banto('clock', 'go');
    server.banto('clock', 'speed', '300');
    await until('JN404-05 fails', () => failure_of(server), 180_000);
    server.banto('clock', 'pause');
}
