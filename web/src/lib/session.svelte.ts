// SPDX-License-Identifier: Apache-2.0
/*
 * Who is logged in, and what they may do. The server decides on every request; `can()` only spares people buttons that
 * would be refused.
 */
import { ApiError, api_forget, api_get, api_post, api_setup } from './api/client';
import type { Me } from './api/types';
import { changes } from './changes.svelte';

type State = 'unknown' | 'in' | 'out' | 'first' | 'offline';

class Session {
    state = $state<State>('unknown');
    me = $state.raw<Me | null>(null);
    error = $state.raw<ApiError | null>(null);

    async load(): Promise<void> {
        try {
            this.enter(await api_get<Me>('/me'));
        } catch (cause) {
            const error = cause instanceof ApiError ? cause : null;
            this.error = error;
            if (error?.status === 401) {
                this.leave((error.body as { is_first?: boolean } | null)?.is_first === true ? 'first' : 'out');
            } else if (this.state === 'unknown') {
                this.state = 'offline';
            }
        }
    }

    enter(me: Me): void {
        api_setup({ csrf: me.csrf, on_unauthorized: () => this.leave('out') });
        this.me = me;
        this.error = null;
        this.state = 'in';
        changes.start();
        changes.again();
    }

    leave(state: 'out' | 'first'): void {
        api_forget();
        api_setup({ csrf: '', on_unauthorized: () => {} });
        this.me = null;
        this.state = state;
    }

    async log_out(): Promise<void> {
        await api_post('/logout');
        this.leave('out');
    }

    can(permission: string, system?: string): boolean {
        const me = this.me;
        if (!me) return false;
        if (me.permissions.includes(permission)) return true;
        return (me.systems ?? []).some((s) => (!system || s.system === system) && s.permissions.includes(permission));
    }
}

export const session = new Session();
