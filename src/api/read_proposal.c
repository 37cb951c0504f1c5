/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_proposal - definitions on their way: the check of a text, and what waits for another person's approval (E-39).
 */
#include "api/check_priv.h"

#include "engine/proposal.h"

bool read_unit_check(struct call *call, struct err *e)
{
    bool is_valid = false;
    json_open(&call->json, NULL);
    if (!check_answer(call, call_text(call, "text"), call_text(call, "under"), &is_valid, e)) {
        return false;
    }
    json_end(&call->json);
    return true;
}

static void proposal_answer(struct call *call, const struct proposal_row *row)
{
    struct json *j = &call->json;
    json_number(j, "id", row->id);
    answer_instant(call, "at", row->at_ms);
    json_text(j, "actor", row->actor);
    json_text(j, "under", row->unit);
    json_text(j, "hash", row->hash);
    json_text(j, "state", proposal_state_word(row->state));
    json_text(j, "why", row->why);
    json_text(j, "decided_by", row->decided_by);
    answer_instant(call, "decided", row->decided_ms);
    json_text(j, "reason", row->reason);
}

bool read_proposals(struct call *call, struct err *e)
{
    int64_t after = INT64_MAX, limit = call_limit(call), count = 0, last = 0;
    const char *state = call_text(call, "state");
    if (!call_after(call, &after, e)) {
        return false;
    }
    struct query query = {.table = TABLE_proposal, .order_column = -1, .is_descending = true, .where_count = 1,
                          .where = {{table_column(TABLE_proposal, "id"), WHERE_LT, after, NULL}}};
    struct proposal_row row;
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (count <= limit && rows_next(rows, &row)) {
        if ((state && !str_equal(state, proposal_state_word(row.state))) || count++ == limit) {
            continue;
        }
        last = row.id;
        json_open(&call->json, NULL);
        proposal_answer(call, &row);
        json_end(&call->json);
    }
    answer_list_close(call, count > limit ? arena_printf(call->into, "%lld", (long long)last) : NULL);
    return answer_rows_end(rows, e);
}

bool read_proposal(struct call *call, struct err *e)
{
    struct proposal_row row = {.id = call_number(call, "id", 0)};
    bool found = false, is_valid = false;
    if (!store_get(call->reader, call->into, TABLE_proposal, &row, &found, e)) {
        return false;
    }
    if (!found) {
        call->field = "id";
        return err_set(e, ERR_NOT_FOUND, "proposal" ARG "%lld", (long long)row.id);
    }
    json_open(&call->json, NULL);
    proposal_answer(call, &row);
    json_text(&call->json, "source", row.text);
    if (!check_answer(call, row.text, row.unit, &is_valid, e)) {
        return false;
    }
    json_end(&call->json);
    return true;
}
