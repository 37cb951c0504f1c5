// SPDX-License-Identifier: Apache-2.0
/*
 * A real bantod for the browser tests: programs of BANTO_BIN (build/bin), a store of its own, a port of its own, a made-up
 * clock. `banto` runs the command line on it. Whatever is started here ends with close(), or with this process.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const BIN = process.env.BANTO_BIN ?? join(ROOT, 'build/bin');
const JOB = process.env.KOKUHO_JOB ?? join(BIN, '../examples/kokuho/kokuho-job');

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks until the answer is truthy. Bounded by real time only so that a test cannot hang. */
export async function until(what, ask, limit_ms = 60_000) {
    const end = Date.now() + limit_ms;
    for (;;) {
        const found = await ask();
        if (found) return found;
        if (Date.now() > end) throw new Error(`did not happen in ${limit_ms / 1000} s: ${what}`);
        await sleep(200);
    }
}

export async function server_open({ clock }) {
    const folder = mkdtempSync(join(tmpdir(), 'banto-e2e.'));
    const data = join(folder, 'data');
    const kokuho = join(folder, 'kokuho');
    const log_path = join(folder, 'log');
    for (const name of ['online', 'fail']) mkdirSync(join(kokuho, name), { recursive: true });
    for (const [name, state] of [['職員', 'open'], ['保険者', 'open'], ['審査委員会', 'closed']]) writeFileSync(join(kokuho, 'online', name), state + '\n');
    // Jobs inherit nothing; what they shall have stands in the agent's folder.
    mkdirSync(join(data, 'agent'), { recursive: true, mode: 0o700 });
    writeFileSync(join(data, 'agent/environment'), `KOKUHO_JOB=${JOB}\nKOKUHO_DATA=${kokuho}\n`);

    const env = { ...process.env, BANTO_BIN: BIN, BANTO_SERVER: `unix:${join(data, 'bantod.sock')}`, LC_ALL: 'C.UTF-8' };
    delete env.INVOCATION_ID;
    const log = openSync(log_path, 'a');
    const web = process.env.BANTO_WEB_DIST ? ['--web', process.env.BANTO_WEB_DIST] : [];
    const child = spawn(join(BIN, 'bantod'), ['--data', data, '--listen', '127.0.0.1:0', '--clock', clock, ...web], { env, stdio: ['ignore', log, log] });
    closeSync(log);
    let is_over = false;
    const ended = new Promise((done) => child.on('exit', () => ((is_over = true), done())));
    const said = () => readFileSync(log_path, 'utf8');
    const emergency = () => child.kill('SIGTERM');
    process.on('exit', emergency);

    const banto = (...words) => execFileSync(join(BIN, 'banto'), words, { env, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] });
    const json = (...words) => JSON.parse(banto(...words, '--json'));
    const port = await until('bantod listens', () => {
        if (is_over) throw new Error('bantod ended:\n' + said().slice(-2000));
        return said().match(/\(port (\d+)\)/)?.[1] ?? said().match(/127\.0\.0\.1:([1-9]\d*)/)?.[1];
    });
    const url = `http://127.0.0.1:${port}`;
    await until('bantod answers', () => {
        try {
            return banto('status');
        } catch {
            return null;
        }
    });

    return {
        url,
        banto,
        json,
        said,
        fail: (job, code) => writeFileSync(join(kokuho, 'fail', job), code + '\n'),
        /** Site, definitions and people of the sample; answers { name: link }. */
        sample: (...people) =>
            Object.fromEntries(
                execFileSync('sh', [join(ROOT, 'examples/kokuho/start.sh'), ...people], { env, encoding: 'utf8' })
                    .trim().split('\n').map((line) => line.split(' ')).map(([name, link]) => [name, url + link]),
            ),
        link: (name) => url + '/' + json('person', 'invite', name, '--kind', 'login').link.replace(/^.*\/(?=#)/, ''),
        now: () => json('clock', 'show').now,
        is_past: (instant) => Date.parse(json('clock', 'show').now) >= Date.parse(instant),
        async close() {
            process.off('exit', emergency);
            child.kill('SIGTERM');
            await Promise.race([ended, sleep(20_000).then(() => child.kill('SIGKILL'))]);
            try {
                execFileSync(join(BIN, 'banto-agent'), ['--dir', join(data, 'agent'), '--kill-all'], { env, stdio: 'ignore' });
            } catch {
                // nothing was left
            }
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
