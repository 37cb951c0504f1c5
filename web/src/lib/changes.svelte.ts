// SPDX-License-Identifier: Apache-2.0
/*
 * What changes on the server, as it happens. One stream a browser, held by a SharedWorker, whatever the number of tabs
 * (browsers open six connections a host); without SharedWorker each tab has its own.
 */
import { StreamHolder, type StreamNote, type StreamState } from './stream';

export interface Change {
    seq: number;
    at?: string;
    operation: string;
    entity: string;
    actor?: string;
    changes?: unknown[];
    [more: string]: unknown;
}

/** Listeners get a change, or null when changes may have been missed and everything is to be fetched again. */
export type Listener = (change: Change | null) => void;

class Changes {
    state = $state<StreamState>('connecting');
    #listeners = new Set<Listener>();
    #is_started = false;

    listen(listener: Listener): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    start(): void {
        if (this.#is_started) return;
        this.#is_started = true;
        if (typeof SharedWorker === 'undefined') {
            const holder = new StreamHolder((note) => this.take(note));
            holder.open();
            return;
        }
        const worker = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module', name: 'banto-stream' });
        worker.port.onmessage = (event: MessageEvent<StreamNote>) => this.take(event.data);
        worker.port.start();
        const hello = () => worker.port.postMessage('hello');
        addEventListener('pagehide', () => worker.port.postMessage('bye'));
        addEventListener('pageshow', (event) => (event as PageTransitionEvent).persisted && hello());
        this.again = () => worker.port.postMessage('again');
        hello();
    }

    /** After a login: a stream that was refused tries at once. */
    again: () => void = () => {};

    take(note: StreamNote): void {
        if (note.kind === 'state') {
            const was = this.state;
            this.state = note.state;
            if (note.state === 'open' && was === 'lost') this.#tell(null);
        } else {
            this.#tell(note.change as Change);
        }
    }

    #tell(change: Change | null): void {
        for (const listener of this.#listeners) listener(change);
    }
}

export const changes = new Changes();
