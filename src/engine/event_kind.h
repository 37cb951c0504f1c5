/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * event_kind - what kinds of events there are; stored by number, so new ones go last.
 */

enum event_kind { EVENT_FAILED, EVENT_UNKNOWN, EVENT_DELAYED, EVENT_DEADLINE, EVENT_RISK, EVENT_AGENT_LOST, EVENT_AGENT_BACK,
                  EVENT_WINDOW_MISMATCH, EVENT_GATE_LATE, EVENT_NOT_RUN, EVENT_MISSED, EVENT_LOGIN, EVENT_KINDS };
