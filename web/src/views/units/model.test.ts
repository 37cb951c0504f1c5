// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { above, approval_bar, block_of, blocks_of, line_states, marks_of, offset_of, param_put, tokens_of, value_plain, value_quoted } from './model';

const TEXT = `unit=JN404,,,;
{
\tty=n;
\tcm="請求;支払";
\tx_gate=lock(A);
\tx_gate=pred(/B,day);
\tunit=J1,,,;
\t{
\t\tty=j;
\t\tte="#"$X#" a ## b";
\t\tfd=5;
\t}
}
`;

describe('definition text', () => {
    it('finds units and their keys with their lines', () => {
        const blocks = blocks_of(TEXT);
        expect(blocks.map((block) => block.path)).toEqual(['', '/J1']);
        expect(blocks[0]!.params.map((param) => param.key)).toEqual(['ty', 'cm', 'x_gate', 'x_gate']);
        expect(blocks[0]!.params[1]).toMatchObject({ raw: '"請求;支払"', line: 3, end: 3 });
        expect(blocks[1]).toMatchObject({ first: 6, last: 11 });
        expect(value_plain(blocks[1]!.params[1]!.raw)).toBe('"$X" a # b');
    });
    it('is not led astray by comments', () => {
        expect(blocks_of('/* unit=X,,,; { */\nunit=A,,,;\n{\n\tty=g;\n}\n').map((block) => [block.path, block.first])).toEqual([['', 1]]);
    });
    it('changes, adds and takes away a key, and leaves all else as it is', () => {
        expect(param_put(TEXT, '/J1', 'fd', 0, '7')).toBe(TEXT.replace('fd=5', 'fd=7'));
        expect(param_put(TEXT, '', 'x_gate', 1, null)).toBe(TEXT.replace('\tx_gate=pred(/B,day);\n', ''));
        expect(block_of(param_put(TEXT, '/J1', 'wth', 0, '4'), '/J1')!.params.at(-1)).toMatchObject({ key: 'wth', raw: '4' });
        expect(param_put(TEXT, '/none', 'fd', 0, '7')).toBe(TEXT);
    });
    it('quotes what it took the quotes from', () => {
        for (const value of ['a', '"$X" a # b', '#"']) expect(value_plain(value_quoted(value))).toBe(value);
    });
    it('colours a line without losing a letter', () => {
        for (const line of TEXT.split('\n')) expect(tokens_of(line).map((token) => token.text).join('')).toBe(line);
        expect(tokens_of('\tcm="a";').map((token) => token.kind)).toEqual(['plain', 'key', 'mark', 'text', 'mark']);
        expect(tokens_of('b */ fd=1;', 'comment')[0]).toEqual({ kind: 'comment', text: 'b */' });
        expect(line_states(['cm="a', 'b";', 'fd=1; /* x', 'y */'])).toEqual(['plain', 'text', 'plain', 'comment']);
    });
    it('turns a place into an offset', () => {
        expect(TEXT.slice(offset_of(TEXT, 4, 2), offset_of(TEXT, 4, 2) + 2)).toBe('cm');
        expect(offset_of('a\nb', 9, 9)).toBe(3);
    });
});

describe('messages and proposals', () => {
    it('shows an error before a warning of the same line', () => {
        const diag = (line: number, id: string) => ({ line, column: 1, id, unit: null, ja: '', en: '' });
        expect(marks_of([diag(1, 'BNT0001-W'), diag(1, 'BNT0002-E'), diag(2, 'BNT0001-W')]).get(1)!.id).toBe('BNT0002-E');
    });
    it('lets nobody approve what they proposed (E-39)', () => {
        expect(approval_bar({ actor: 'a', state: 'waiting' }, 'a', true)).toBe('own');
        expect(approval_bar({ actor: 'a', state: 'waiting' }, 'b', false)).toBe('permission');
        expect(approval_bar({ actor: 'a', state: 'applied' }, 'b', true)).toBe('settled');
        expect(approval_bar({ actor: 'a', state: 'waiting' }, 'b', true)).toBeNull();
    });
    it('knows what is above a unit', () => expect(above('/a/b/c')).toEqual(['/a', '/a/b']));
});
