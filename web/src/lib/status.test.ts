// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { STATUSES, status_look } from './status';

// The server's own table; the tests run in web/.
const table = [...readFileSync('../src/jobnet/status.def', 'utf8').matchAll(/^STATUS\(\w+,\s*\d+,\s*"([^"]+)",\s*(\w+),[^"]+"([^"]+)",\s*"([^"]+)"\)/gm)];

describe('status marks', () => {
    it('know every status of the server, in its words', () => {
        expect(table.length).toBeGreaterThan(30);
        expect(Object.keys(STATUSES).sort()).toEqual(table.map((row) => row[1]).sort());
        for (const [, code, , ja, en] of table) expect(STATUSES[code!]!.text).toEqual({ ja, en });
    });
    it('never tell two tones of different classes by colour alone', () => {
        const shapes = new Map<string, Set<string>>();
        for (const row of Object.values(STATUSES)) shapes.set(row.shape, (shapes.get(row.shape) ?? new Set()).add(row.tone));
        // Running with a warning and with an abend share a shape but not their word; eyes watch, open or shut.
        const shared = [...shapes].filter(([shape, tones]) => tones.size > 1 && !['play-bang', 'eye', 'eye-off', 'forward'].includes(shape));
        expect(shared).toEqual([]);
    });
    it('draw what they do not know as unknown', () => {
        expect(status_look('of-tomorrow')).toMatchObject({ tone: 'unknown', shape: 'question' });
        expect(status_look(null)).toMatchObject({ shape: 'ring' });
    });
});
