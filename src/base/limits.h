/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * limits - the bounds on everything that comes from outside, in one place.
 *
 * A thing above its bound is refused with ERR_TOO_LARGE before it is read; nothing is cut silently.
 */
#define UNIT_TEXT_BYTES_MAX (512u * 1024 * 1024) /* one definition file */
#define UNIT_NAME_BYTES_MAX 30u                  /* in the target JP1's encoding, CP932 by default */
#define UNIT_PATH_BYTES_MAX 930u
#define UNIT_DEPTH_MAX 30u                       /* "/" itself does not count */
#define UNIT_CHILDREN_MAX 10000u                 /* in one level of a jobnet */
#define UNIT_DIAGS_MAX 1000u                     /* messages kept per file; the rest are counted */
#define NET_NODES_MAX 100000u                    /* units of one root jobnet */
#define SITE_FILE_BYTES_MAX (16u * 1024 * 1024)  /* a calendar, window or agent file of a site */
#define HTTP_BODY_BYTES_MAX (64u * 1024 * 1024)  /* the largest request body (definitions) */
#define HTTP_JSON_BYTES_MAX (1024u * 1024)       /* any other request body */
#define REASON_BYTES_MAX 2000u                   /* the reason of an act */
#define NAME_BYTES_MAX 255u                      /* agents, locks, windows, calendars, actors */
#define FRAME_BYTES_MAX (256u * 1024)            /* one agent frame */
#define JOB_ARGS_MAX 256u
#define JOB_ENV_MAX 256u
#define OUTPUT_BYTES_MAX_DEFAULT (16u * 1024 * 1024) /* job output kept per attempt; the rest is counted and cut */
#define PAGE_ROWS_MAX 1000u                      /* rows of one API page */
#define EXPORT_ROWS_MAX 1000000u                 /* rows of one export; the rest by its `next` */
#define PAGE_SCAN_MAX 100000u                    /* rows looked at for one page of a filtered list */
#define IDEMPOTENCY_KEY_BYTES_MAX 200u
#define PLAN_DAYS_MAX 800u                       /* longest range asked of a plan */
#define OCCURRENCE_DAYS_AHEAD 35u                /* occurrences stored ahead (decisions: 35 days) */
#define HOLIDAY_FILE_BYTES_MAX (256u * 1024)     /* the official holiday file holds about 20 KiB */
#define ZONE_FILE_BYTES_MAX (64u * 1024)         /* TZif; the largest known holds 4 KiB */
