// SPDX-License-Identifier: Apache-2.0
/*
 * Unit definition text as the browser reads it: enough to colour it, to find a unit's keys and to change one of them. What
 * is right or wrong is the server's to say (POST /units/check).
 */
import type { Diag } from './types';

export type TokenKind = 'plain' | 'key' | 'text' | 'comment' | 'unit' | 'mark';
export interface Token {
    kind: TokenKind;
    text: string;
}

export interface Param {
    key: string;
    raw: string;
    line: number; // 0-based, where the key stands
    end: number; // line of the closing semicolon
}

export interface Block {
    path: string; // below the text's own unit: '' for that itself, '/JN404-01'
    first: number;
    last: number;
    params: Param[];
}

/** Each line's beginning: inside a comment or a quoted value that goes on from the line before? */
export function line_states(lines: string[]): ('plain' | 'comment' | 'text')[] {
    let state: 'plain' | 'comment' | 'text' = 'plain';
    return lines.map((line) => {
        const at = state;
        state = state_after(line, state);
        return at;
    });
}

function state_after(line: string, state: 'plain' | 'comment' | 'text'): 'plain' | 'comment' | 'text' {
    for (let i = 0; i < line.length; i++) {
        if (state === 'comment') {
            if (line.startsWith('*/', i)) ((state = 'plain'), i++);
        } else if (state === 'text') {
            if (line[i] === '#') i++;
            else if (line[i] === '"') state = 'plain';
        } else if (line.startsWith('/*', i)) ((state = 'comment'), i++);
        else if (line[i] === '"') state = 'text';
    }
    return state;
}

/** The coloured pieces of a line; together they are the line. */
export function tokens_of(line: string, begins: 'plain' | 'comment' | 'text' = 'plain'): Token[] {
    const found: Token[] = [];
    const add = (kind: TokenKind, text: string) => {
        if (text) found.push({ kind, text });
    };
    let rest = line;
    if (begins === 'comment') {
        const end = rest.indexOf('*/');
        add('comment', end < 0 ? rest : rest.slice(0, end + 2));
        rest = end < 0 ? '' : rest.slice(end + 2);
    } else if (begins === 'text') {
        const text = /^(?:#.|[^"#])*"?/.exec(rest)![0];
        add('text', text);
        rest = rest.slice(text.length);
    }
    const pattern = /^(\s+|\/\*.*?(?:\*\/|$)|"(?:#.|[^"#])*"?|unit(?==)|[a-z_]\w*(?==)|[{}=;,()]|[^\s"{}=;,()]+)/;
    while (rest) {
        const text = pattern.exec(rest)?.[0] ?? rest[0]!;
        const is_first = found.every((token) => token.kind === 'plain' && !token.text.trim());
        const kind: TokenKind = text.startsWith('/*') ? 'comment' : text.startsWith('"') ? 'text' : /^[{}=;,()]$/.test(text) ? 'mark' : is_first && rest[text.length] === '=' ? (text === 'unit' ? 'unit' : 'key') : 'plain';
        add(kind, text);
        rest = rest.slice(text.length);
    }
    return found;
}

/** The units of a text with their keys, in the order written. The outermost unit has the path ''. */
export function blocks_of(text: string): Block[] {
    const blocks: Block[] = [];
    const open: Block[] = [];
    const names: string[] = [];
    let waiting: Block | null = null;
    let line = 0;
    let from = -1;
    let started = 0;
    let i = 0;
    const statement = (end: number) => {
        const body = text.slice(from, end).trim();
        const found = /^(\w+)\s*=\s*([\s\S]*)$/.exec(body);
        if (found?.[1] === 'unit') {
            const name = found[2]!.split(',')[0]!.replaceAll('"', '');
            const path = names.length === 0 ? '' : '/' + [...names.slice(1), name].join('/');
            waiting = { path, first: started, last: started, params: [] };
            blocks.push(waiting);
            names.push(name);
        } else if (found && open.length) open.at(-1)!.params.push({ key: found[1]!, raw: found[2]!, line: started, end: line });
        from = -1;
    };
    for (; i < text.length; i++) {
        const c = text[i]!;
        if (c === '\n') line++;
        if (text.startsWith('/*', i) && from < 0) {
            const end = text.indexOf('*/', i + 2);
            const to = end < 0 ? text.length : end + 1;
            line += text.slice(i, to).split('\n').length - 1;
            i = to;
        } else if (c === '"' && from >= 0) {
            for (i++; i < text.length && text[i] !== '"'; i++) {
                if (text[i] === '\n') line++;
                if (text[i] === '#') i++;
            }
        } else if (c === ';' && from >= 0) statement(i);
        else if (c === '{' && waiting) {
            open.push(waiting);
            waiting = null;
        } else if (c === '}' && open.length && from < 0) {
            open.pop()!.last = line;
            names.pop();
        } else if (from < 0 && c.trim()) [from, started] = [i, line];
    }
    return blocks;
}

export const block_of = (text: string, path: string): Block | null => blocks_of(text).find((block) => block.path === path) ?? null;

/** A value without its quotes; #" and ## resolved. */
export function value_plain(raw: string): string {
    return raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1).replace(/#(["#])/g, '$1') : raw;
}

export const value_quoted = (value: string): string => '"' + value.replace(/["#]/g, '#$&') + '"';

/** The text with the nth key of a unit changed, added (nth of none) or taken away (raw null). */
export function param_put(text: string, path: string, key: string, nth: number, raw: string | null): string {
    const block = block_of(text, path);
    if (!block) return text;
    const lines = text.split('\n');
    const found = block.params.filter((param) => param.key === key)[nth];
    if (found) {
        const indent = /^\s*/.exec(lines[found.line]!)![0];
        lines.splice(found.line, found.end - found.line + 1, ...(raw === null ? [] : [`${indent}${key}=${raw};`]));
        return lines.join('\n');
    }
    if (raw === null) return text;
    const last = block.params.at(-1);
    const at = last ? last.end + 1 : block.first + 2;
    const indent = last ? /^\s*/.exec(lines[last.line]!)![0] : '\t';
    lines.splice(at, 0, `${indent}${key}=${raw};`);
    return lines.join('\n');
}

/** Where a line and column (1-based, columns of characters) stand in the text. */
export function offset_of(text: string, line: number, column: number): number {
    let at = 0;
    for (let i = 1; i < line; i++) {
        const next = text.indexOf('\n', at);
        if (next < 0) return text.length;
        at = next + 1;
    }
    const end = text.indexOf('\n', at);
    return Math.min(at + Math.max(0, column - 1), end < 0 ? text.length : end);
}

export const is_error = (diag: Diag): boolean => diag.id.endsWith('-E');

/** The worst message of each line. */
export function marks_of(diags: Diag[]): Map<number, Diag> {
    const found = new Map<number, Diag>();
    for (const diag of diags) {
        const before = found.get(diag.line);
        if (!before || (!is_error(before) && is_error(diag))) found.set(diag.line, diag);
    }
    return found;
}

export const parent_of = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
export const name_of = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Every path above a unit, outermost first: /a/b/c → /a, /a/b. */
export function above(path: string): string[] {
    const parts = path.split('/').filter(Boolean);
    return parts.slice(0, -1).map((_, i) => '/' + parts.slice(0, i + 1).join('/'));
}

/** Why a person may not approve a proposal, or null when they may (E-39). */
export function approval_bar(proposal: { actor: string; state: string }, me: string, may_approve: boolean): 'settled' | 'own' | 'permission' | null {
    if (proposal.state !== 'waiting') return 'settled';
    if (!may_approve) return 'permission';
    return proposal.actor === me ? 'own' : null;
}
