// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures of pages: reads the PNG that Chromium writes, makes small grey copies to compare with, and writes palette PNGs
 * that are small enough to keep. No library: 8 bits a channel, no interlace, is all that is needed.
 */
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const CHANNELS = { 0: 1, 2: 3, 3: 1, 6: 4 };
const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});

function crc32(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
}

/** What the bytes before say about this one: the filter of a line. */
function predicted(filter, left, up, corner) {
    if (filter === 1) return left;
    if (filter === 2) return up;
    if (filter === 3) return (left + up) >> 1;
    if (filter !== 4) return 0;
    const about = left + up - corner;
    const [a, b, c] = [Math.abs(about - left), Math.abs(about - up), Math.abs(about - corner)];
    return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** { width, height, rgb } of a PNG of Chromium, or of ours. */
export function png_read(file) {
    let palette = null;
    const parts = [];
    let [width, height, bits, type] = [0, 0, 8, 2];
    for (let at = 8; at < file.length; ) {
        const size = file.readUInt32BE(at);
        const name = file.toString('latin1', at + 4, at + 8);
        const body = file.subarray(at + 8, at + 8 + size);
        if (name === 'IHDR') [width, height, bits, type] = [body.readUInt32BE(0), body.readUInt32BE(4), body[8], body[9]];
        if (name === 'PLTE') palette = body;
        if (name === 'IDAT') parts.push(body);
        at += 12 + size;
    }
    const step = CHANNELS[type];
    if (!step || (bits !== 8 && type !== 0 && type !== 3)) throw new Error(`a PNG of kind ${type} with ${bits} bits is not read here`);
    const raw = inflateSync(Buffer.concat(parts));
    const row_bytes = Math.ceil((width * step * bits) / 8);
    const lines = Buffer.alloc(row_bytes * height);
    for (let y = 0; y < height; y++) {
        const filter = raw[y * (row_bytes + 1)];
        for (let x = 0; x < row_bytes; x++) {
            const before = x >= step ? lines[y * row_bytes + x - step] : 0;
            const up = y ? lines[(y - 1) * row_bytes + x] : 0;
            const corner = y && x >= step ? lines[(y - 1) * row_bytes + x - step] : 0;
            lines[y * row_bytes + x] = raw[y * (row_bytes + 1) + 1 + x] + predicted(filter, before, up, corner);
        }
    }
    const rgb = Buffer.alloc(width * height * 3);
    for (let i = 0; i < width * height; i++) {
        const at = Math.floor(i / width) * row_bytes;
        const x = i % width;
        if (type === 2 || type === 6) lines.copy(rgb, i * 3, at + x * step, at + x * step + 3);
        else {
            const value = (lines[at + Math.floor((x * bits) / 8)] >> (8 - bits - ((x * bits) % 8))) & ((1 << bits) - 1);
            if (palette) palette.copy(rgb, i * 3, value * 3, value * 3 + 3);
            else rgb.fill((value * 255) / ((1 << bits) - 1), i * 3, i * 3 + 3);
        }
    }
    return { width, height, rgb };
}

function png_write(width, height, bits, type, palette, lines) {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head[8] = bits;
    head[9] = type;
    const row_bytes = lines.length / height;
    const raw = Buffer.alloc((row_bytes + 1) * height);
    for (let y = 0; y < height; y++) lines.copy(raw, y * (row_bytes + 1) + 1, y * row_bytes, (y + 1) * row_bytes);
    const chunk = (name, body) => {
        const bytes = Buffer.alloc(12 + body.length);
        bytes.writeUInt32BE(body.length, 0);
        bytes.write(name, 4, 'latin1');
        body.copy(bytes, 8);
        bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
        return bytes;
    };
    const chunks = [chunk('IHDR', head), ...(palette ? [chunk('PLTE', palette)] : []), chunk('IDAT', deflateSync(raw, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
    return Buffer.concat([SIGNATURE, ...chunks]);
}

/** The picture with at most 256 colours: the most frequent ones, every other as the nearest of them. */
export function png_palette({ width, height, rgb }) {
    const counts = new Map();
    const key_at = (i) => (rgb[i * 3] << 16) | (rgb[i * 3 + 1] << 8) | rgb[i * 3 + 2];
    for (let i = 0; i < width * height; i++) counts.set(key_at(i), (counts.get(key_at(i)) ?? 0) + 1);
    const by_count = [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
    const kept = by_count.slice(0, 256);
    const parts = kept.map((key) => [key >> 16, (key >> 8) & 255, key & 255]);
    const index = new Map(kept.map((key, at) => [key, at]));
    for (const key of by_count.slice(256)) {
        let [best, distance] = [0, Infinity];
        parts.forEach(([r, g, b], at) => {
            const d = (r - (key >> 16)) ** 2 + (g - ((key >> 8) & 255)) ** 2 + (b - (key & 255)) ** 2;
            if (d < distance) [best, distance] = [at, d];
        });
        index.set(key, best);
    }
    const lines = Buffer.alloc(width * height);
    for (let i = 0; i < lines.length; i++) lines[i] = index.get(key_at(i));
    return png_write(width, height, 8, 3, Buffer.from(parts.flat()), lines);
}

/** A small grey copy, each point the mean of `by`×`by`; values 0..15. */
export function grey_small({ width, height, rgb }, by = 3) {
    const [w, h] = [Math.floor(width / by) & ~1, Math.floor(height / by)];
    const grey = Buffer.alloc(w * h);
    for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
            let sum = 0;
            for (let dy = 0; dy < by; dy++) {
                for (let dx = 0; dx < by; dx++) {
                    const at = ((y * by + dy) * width + x * by + dx) * 3;
                    sum += rgb[at] * 0.299 + rgb[at + 1] * 0.587 + rgb[at + 2] * 0.114;
                }
            }
            grey[y * w + x] = Math.round(sum / (by * by) / 17);
        }
    }
    return { width: w, height: h, grey };
}

export function grey_write({ width, height, grey }) {
    const lines = Buffer.alloc((width * height) / 2);
    for (let i = 0; i < lines.length; i++) lines[i] = (grey[i * 2] << 4) | grey[i * 2 + 1];
    return png_write(width, height, 4, 0, null, lines);
}

export function grey_read(file) {
    const { width, height, rgb } = png_read(file);
    return { width, height, grey: Uint8Array.from({ length: width * height }, (_, i) => rgb[i * 3] / 17) };
}

/** Share of the points that differ by more than two sixteenths; 1 when the sizes differ. */
export function grey_difference(a, b) {
    if (a.width !== b.width || a.height !== b.height) return 1;
    let count = 0;
    for (let i = 0; i < a.grey.length; i++) count += Math.abs(a.grey[i] - b.grey[i]) > 2 ? 1 : 0;
    return count / a.grey.length;
}
