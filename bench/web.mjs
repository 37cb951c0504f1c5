// SPDX-License-Identifier: Apache-2.0
/*
 * web - figures of the console in Chromium on generated data, beside the fixture server: a level of a jobnet with 2,000 units
 * from navigation to painted, and scrolling through a night of 3,000 jobnets. Medians of three. Prints `name value unit`.
 *     node bench/web.mjs      after tools/web-build
 */
import { browser_open, fixtures_open, page_open } from '../tests/e2e/browser.mjs';

const UNITS = 2000;
const NETS = 3000;
const ROUNDS = 3;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const text = { ja: '', en: '' };

/** 50 columns of 40, each unit after one of the column before. */
function map_make() {
    const nodes = Array.from({ length: UNITS }, (_, i) => ({
        number: i + 1, parent: 0, name: `J${String(i + 1).padStart(4, '0')}`, path: `/B/NET/J${i + 1}`, type: 'j', title: `処理 ${i + 1}`,
        x: 80 + Math.floor(i / 40) * 160, y: 48 + (i % 40) * 96, status: ['normal', 'running', 'waiting', 'abnormal'][i % 4], status_text: text,
        attempt: 1, code: 0, started: null, ended: null, is_held: false, has_children: false, minutes: 10, gates: 0,
    }));
    const edges = nodes.slice(40).map((node) => ({ from: node.number - 40, to: node.number, kind: 'seq' }));
    return { unit: '/B/NET', title: '大きなネット', run: 71, status: 'running', status_text: text, version: 1, inside: 0, inside_path: '/B/NET', has_coordinates: true, nodes, edges };
}

function night_make() {
    const begin = Date.parse('2026-06-29T18:00:00+09:00');
    const at = (minute) => new Date(begin + minute * 60_000 + 9 * 3_600_000).toISOString().slice(0, 19) + '+09:00';
    const nets = Array.from({ length: NETS }, (_, i) => {
        const [planned, minutes] = [(i * 7) % 780, 5 + (i % 90)];
        const is_over = planned + minutes < 450;
        const is_running = !is_over && planned < 450;
        return {
            unit: `/S${i % 12}/JN${String(i).padStart(4, '0')}`, title: `処理 ${i}`, system: `S${i % 12}`, occurrence: i + 1, date: '2026-06-29', planned: at(planned),
            started: is_over || is_running ? at(planned) : null, ended: is_over ? at(planned + minutes) : null, expected_start: is_over || is_running ? null : at(planned),
            expected_end: is_over ? null : at(planned + minutes), minutes, status: is_over ? 'normal' : is_running ? 'running' : 'time-wait', plan_state: 'planned', run: i + 1,
            deadline: i % 5 ? null : at(planned + minutes + 30), slack_min: i % 5 ? null : 30, is_late: false, is_critical: i % 100 === 0, is_rerun_assumed: false, is_held: false, waits: [],
        };
    });
    const edges = nets.slice(1).map((_, i) => ({ from: i, to: i + 1, is_critical: false }));
    return { from: at(-720), to: at(900), at: at(452), business_day: '2026-06-29', base_minute: 360, is_truncated: false, nets, edges, windows: [], opening: { at: at(820), slack_min: 35, last: null } };
}

/** Milliseconds from navigation until the piece is there and a frame with it has been drawn. */
const painted = (page, piece) =>
    page.evaluate(
        (wanted) =>
            new Promise((done) => {
                const look = () => (document.querySelector(wanted) ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))) : requestAnimationFrame(look));
                look();
            }),
        piece,
    );

/** Scrolls a box from its top to its bottom in two seconds; frames per second meanwhile. */
const scroll_fps = (page, piece) =>
    page.evaluate(
        (wanted) =>
            new Promise((done) => {
                const box = document.querySelector(wanted);
                const [from, length] = [performance.now(), box.scrollHeight - box.clientHeight];
                let frames = 0;
                const frame = (now) => {
                    const share = (now - from) / 2000;
                    box.scrollTop = length * Math.min(1, share);
                    frames++;
                    if (share < 1) requestAnimationFrame(frame);
                    else done((frames * 1000) / (now - from));
                };
                requestAnimationFrame(frame);
            }),
        piece,
    );

const browser = await browser_open();
const fixtures = await fixtures_open({ who: 'operator' });

async function measure(path, pattern, body, act) {
    const values = [];
    for (let round = 0; round < ROUNDS; round++) {
        const { page, context } = await page_open(browser, {});
        page.setDefaultTimeout(60_000);
        await page.route(pattern, (route) => route.fulfill({ status: 200, contentType: 'application/json', body }));
        await page.goto(fixtures.url + path, { waitUntil: 'commit' });
        values.push(await act(page));
        await context.close();
    }
    return median(values);
}

const map_ms = await measure('/map/B/NET?run=71', '**/api/v1/units/map?*', JSON.stringify(map_make()), (page) => painted(page, '.page svg[role=application] g g'));
console.log(`web.map_2000_ms ${Math.round(map_ms)} ms`);
const fps = await measure('/night?day=2026-06-29', '**/api/v1/night?*', JSON.stringify(night_make()), async (page) => {
    await painted(page, '.labels [role=option]');
    await page.waitForTimeout(1000);
    return scroll_fps(page, '.box');
});
console.log(`web.timeline_3000_fps ${fps.toFixed(1)} /s`);
await browser.close();
fixtures.close();
