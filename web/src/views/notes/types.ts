// SPDX-License-Identifier: Apache-2.0
/* A note of the shift log, as GET /notes answers it. */
export interface ShiftNote {
    id: number;
    at: string | null;
    actor: string;
    /** The only side that may read it; null: both. */
    side: string | null;
    text: string;
    unit: string;
    run: number;
    corrects: number;
    is_handover: boolean;
    read: string | null;
    read_by: string;
}
