// SPDX-License-Identifier: Apache-2.0
/* Phases of an online window (開局・予閉塞・閉塞) and the events between them, in words and tones. */
import { say, type Text } from './text';

const PHASES: Record<string, { tone: string; text: Text }> = {
    open: { tone: 'run', text: { ja: '開局', en: 'Open' } },
    preclosed: { tone: 'hold', text: { ja: '予閉塞', en: 'Pre-closed' } },
    closed: { tone: 'idle', text: { ja: '閉塞', en: 'Closed' } },
    emergency: { tone: 'bad', text: { ja: '緊急閉塞', en: 'Emergency closed' } },
    unknown: { tone: 'unknown', text: { ja: '不明', en: 'Unknown' } },
};

const EVENTS: Record<string, string> = { opens: 'open', open: 'open', precloses: 'preclosed', preclose: 'preclosed', closes: 'closed', close: 'closed' };

export function phase_look(phase: string | null | undefined): { tone: string; text: Text } {
    const name = phase ?? 'unknown';
    return PHASES[EVENTS[name] ?? name] ?? { tone: 'unknown', text: { ja: name, en: name } };
}

export const phase_word = (phase: string | null | undefined): string => say(phase_look(phase).text);
