// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import fixture from '../../dev/fixtures/now.json';
import { is_loud } from './alarm.svelte';
import type { NowItem } from './api/types';

const items = fixture.items as NowItem[];

describe('the alarm', () => {
    it('sounds for what failed or is lost, and not for what is only at risk or over', () => {
        expect(items.filter(is_loud).map((item) => item.kind)).toEqual(['failed', 'agent']);
        expect(is_loud({ ...items[0]!, is_over: true })).toBe(false);
    });
});
