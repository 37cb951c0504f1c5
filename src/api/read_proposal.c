/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_proposal - definitions on their way: the check of a text, and what waits for another person's approval (E-39).
 */
#include "api/check_priv.h"

#include "api/page.h"
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

/* A proposal for one system's group is of that system; one for "/" may be about all. */
static bool proposal_seen(const struct call *call, const struct proposal_row *row)
{
    return call_sees(call, row->unit);
}

bool read_proposals(struct call *call, struct err *e)
{
    struct page page = {.table = TABLE_proposal, .sort = "-id"};
    const char *state = call_text(call, "state");
    if (!page_open(call, &page, e)) {
        return false;
    }
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        const struct proposal_row *proposal = row;
        bool is_wanted = (!state || str_equal(state, proposal_state_word(proposal->state))) && proposal_seen(call, proposal);
        if (is_wanted && page_take(&page)) {
            json_open(&call->json, NULL);
            proposal_answer(call, proposal);
            json_end(&call->json);
        }
    }
    return is_good && page_close(call, &page);
}

bool read_proposal(struct call *call, struct err *e)
{
    struct proposal_row row = {.id = call_number(call, "id", 0)};
    bool found = false, is_valid = false;
    if (!store_get(call->reader, call->into, TABLE_proposal, &row, &found, e)) {
        return false;
    }
    if (!found || !proposal_seen(call, &row)) { /* another system's is not told from none */
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
