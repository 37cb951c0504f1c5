/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * net - a root jobnet compiled for running: nodes in an array, relations as index lists.
 *
 * Node 0 is the root jobnet; the others follow in the order of the definition, parents before children.
 * Everything a run needs is resolved here (inherited agent and priority, defaults, thresholds), so the
 * parsed text need not be kept. Immutable; shared by all runs pinned to its version. <= 256 bytes a
 * job plus its strings.
 */
#include "jobnet/gate.h"
#include "jobnet/schedule.h"
#include "jobnet/unit.h"

enum node_kind { NODE_NET, NODE_JOB, NODE_JUDGMENT, NODE_REFUSED /* kept, but cannot run yet */ };
enum end_judgment { JUDGE_BY_CODE, JUDGE_NORMAL, JUDGE_ABNORMAL, JUDGE_FILE_CHANGED /* mdf */, JUDGE_FILE_EXISTS /* exf */ };
enum hold_rule { HOLD_NO, HOLD_YES, HOLD_AFTER_WARNING /* w */, HOLD_AFTER_ABNORMAL /* a */ };
enum unit_class { CLASS_NONE, CLASS_UPDATE, CLASS_READ, CLASS_PRINT, CLASS_TRANSFER, CLASS_SWITCH };

/* x_effect=window(GROUP,CLASS,STATE): what a normal end does to the observed state, for forecast and simulation. */
struct net_effect {
    const char *group, *cls, *state;
};

/* Wait conditions (eun mm nmg uem ega). */
struct net_waits {
    const char *const *units;
    uint16_t count;
    bool is_any;               /* mm=or */
    bool without_generation;   /* nmg=y: start although there is no generation to wait for */
    bool unmonitored_is_done;  /* uem=y */
    uint8_t after_abnormal;    /* ega: 0 none, 1 exec, 2 execdeffer */
};

struct net_job {
    const char *command, *script, *arguments, *workdir, *env_file, *user; /* NULL when absent */
    const char *stdin_file, *stdout_file, *stderr_file, *judgment_file;
    const char *const *env;    /* NULL-terminated; NULL */
    uint32_t retry_from, retry_to; /* abr: return codes that are tried again */
    int32_t warning_above, abnormal_above; /* wth (-1 none), tho */
    uint8_t judgment;          /* enum end_judgment */
    uint8_t retry_max, retry_minutes;      /* 0 = no retry */
    bool stdout_append, stderr_append, is_pc;
};

/* jdj: which test and its operands. */
enum judge_test {
    TEST_GT, TEST_GE, TEST_LT, TEST_LE, TEST_EQ, TEST_NE, TEST_IN, TEST_OUT, TEST_FILE, TEST_NO_FILE,
    TEST_VGT, TEST_VGE, TEST_VLT, TEST_VLE, TEST_VEQ, TEST_VNE, TEST_VIN, TEST_VOUT,
    TEST_SEQ, TEST_SCONTAINS, TEST_SNE, TEST_SWITHOUT, TEST_SHAS, TEST_SEMPTY
};
struct net_judgment {
    enum judge_test test;
    int64_t value, low, high;  /* ejc or eji; ranges ejl..ejh, ejs..ejg */
    bool low_open, high_open;  /* ejm=gt, eju=lt: the end itself does not count */
    const char *file, *variable, *text;
};

struct net_node {
    const char *name, *comment, *agent; /* comment "" when none; agent NULL = the site's default */
    int32_t parent, first_child, next_sibling; /* -1 = none */
    int32_t dependent;         /* judgment: its con unit; -1 */
    int32_t judged_by;         /* con unit: its judgment job; -1 */
    uint32_t pred_from, succ_from; /* into net->edges */
    uint16_t pred_count, succ_count;
    uint8_t kind, type;        /* enum node_kind, enum unit_type */
    uint8_t priority;          /* 1..5 */
    uint8_t hold;              /* enum hold_rule */
    uint8_t class;             /* enum unit_class */
    bool has_own_schedule;     /* nested, de=n */
    bool is_clean_output;      /* x_output=clean */
    uint16_t required_minutes; /* fd, 0 = none */
    uint16_t timeout_minutes;  /* etm, 0 = none */
    uint16_t gate_count;
    const struct gate *gates;
    const struct net_waits *waits;      /* NULL = none */
    const struct net_job *job;          /* NODE_JOB */
    const struct net_judgment *judgment; /* NODE_JUDGMENT */
    const struct schedule *schedule;    /* node 0 and nested with de=n */
    const struct net_effect *effect;    /* NULL = none */
};

enum missed_rule { MISSED_DEFAULT, MISSED_RUN, MISSED_LATEST, MISSED_SKIP };

struct net {
    const char *path;          /* of the root jobnet */
    struct net_node *nodes;
    int32_t node_count;
    int32_t *edges;
    struct deadline deadline;
    const char *calendar_of;   /* jc=: path of the group; NULL */
    const char *flow;          /* x_flow; NULL */
    bool is_multi, is_concurrent; /* ms=mlt, mp=y */
    bool starts_by_gates;      /* x_start=gates */
    uint8_t missed;            /* enum missed_rule */
    int32_t keep_runs;         /* rg */
    int32_t give_up_days;      /* cd: 0 unlimited, 2 by default */
    int32_t refused_node;      /* first node that cannot run yet; -1 = none */
    const char *odd;           /* a line that must be settled before registration (a misspelt x_ key, te= with sc=); NULL */
};

/* Inherited from the groups above. */
struct net_above {
    const char *agent;         /* NULL = none */
    int priority;              /* 0 = none */
};

/* `unit`: a root jobnet that passed unit_parse; everything is copied into `into`. Fails: ERR_NET_TOO_LARGE. */
MUST_CHECK bool net_make(struct arena *into, const struct unit *unit, const char *path, const struct net_above *above,
                         const struct net **ret, struct err *e);
/* Full path of a node. */
const char *net_node_path(struct arena *into, const struct net *net, int32_t node);
/* Node by its path below the root ("NET/JOB"), by its last name when that is unique; -1 if none. */
int32_t net_node_find(const struct net *net, const char *name);
