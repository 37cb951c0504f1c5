// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { is_never } from './model';

describe('is_never', () => {
    it('keeps the decision from the contractor and hearsay from the client', () => {
        expect(is_never('contractor', 'decide')).toBe(true);
        expect(is_never('client', 'decide')).toBe(false);
        expect(is_never('client', 'record')).toBe(true);
    });
    it('lets auditors look and audit alone', () => {
        expect(is_never('audit', 'audit')).toBe(false);
        expect(is_never('audit', 'note')).toBe(true);
        expect(is_never('outside', 'note')).toBe(false);
        expect(is_never('outside', 'audit')).toBe(true);
    });
});
