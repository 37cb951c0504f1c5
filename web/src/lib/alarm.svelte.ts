// SPDX-License-Identifier: Apache-2.0
/*
 * The sound that repeats until somebody acknowledges: two tones every six seconds while an unacknowledged item is loud
 * enough. Muting needs a reason, is shown in the top bar with its reason, and ends by itself after the time given. A
 * browser plays nothing before the person has touched the page: `needs_touch` says so.
 */
import type { NowItem, NowKind } from './api/types';

const REPEAT_MS = 6000;
const KEY = 'banto.mute';

export interface Mute {
    reason: string;
    until: number; // wall clock of this browser, ms
}

/** Kinds that people are to be woken for. A predicted risk is shown, not sounded. */
const LOUD = new Set<NowKind>(['failed', 'unknown', 'deadline', 'agent', 'window', 'missed']);

export function is_loud(item: NowItem): boolean {
    return !item.is_over && LOUD.has(item.kind);
}

function kept(): Mute | null {
    try {
        const mute = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Mute | null;
        return mute && mute.until > Date.now() ? mute : null;
    } catch {
        return null;
    }
}

class Alarm {
    mute = $state.raw<Mute | null>(kept());
    is_ringing = $state(false);
    needs_touch = $state(false);
    #context: AudioContext | null = null;
    #timer: ReturnType<typeof setInterval> | undefined;

    /** Told after every look at what needs a person. */
    hear(items: NowItem[]): void {
        const is_ringing = items.some(is_loud);
        if (is_ringing === this.is_ringing) return;
        this.is_ringing = is_ringing;
        clearInterval(this.#timer);
        if (!is_ringing) return;
        this.#play();
        this.#timer = setInterval(() => this.#play(), REPEAT_MS);
    }

    silence(reason: string, minutes: number): void {
        this.mute = { reason, until: Date.now() + minutes * 60_000 };
        localStorage.setItem(KEY, JSON.stringify(this.mute));
    }

    unmute(): void {
        this.mute = null;
        localStorage.removeItem(KEY);
        if (this.is_ringing) this.#play();
    }

    test(): void {
        this.#tones();
    }

    #play(): void {
        if (this.mute && this.mute.until <= Date.now()) this.unmute();
        if (!this.mute) this.#tones();
    }

    #tones(): void {
        const context = (this.#context ??= new AudioContext());
        if (context.state !== 'running') {
            this.needs_touch = true;
            void context.resume().then(() => (this.needs_touch = false));
            return;
        }
        this.needs_touch = false;
        for (const [i, hertz] of [880, 660, 880].entries()) {
            const at = context.currentTime + i * 0.28;
            const tone = new OscillatorNode(context, { frequency: hertz, type: 'triangle' });
            const volume = new GainNode(context, { gain: 0 });
            volume.gain.setValueAtTime(0, at);
            volume.gain.linearRampToValueAtTime(0.35, at + 0.02);
            volume.gain.setTargetAtTime(0, at + 0.16, 0.04);
            tone.connect(volume).connect(context.destination);
            tone.start(at);
            tone.stop(at + 0.4);
        }
    }
}

export const alarm = new Alarm();
