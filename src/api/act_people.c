/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act_people - what acts on people need before they go to the engine: whose token it is, secrets made here and told once.
 */
#include "api/api_priv.h"

/* One's own, unless another's is named: that is the administrators' business. To make one for somebody else is to be that
 * person: only who sits at the server may. */
static bool owner_settle(struct call *call, struct act *act, struct err *e)
{
    const struct identity *identity = call->request->caller.identity;
    const struct operation *operation = call->request->operation;
    bool is_making = operation->code == OPERATION_TOKEN_MAKE;
    if (!identity) {
        call->field = "person";
        return !is_making || *act->person || err_set(e, ERR_FIELD_MISSING, "person");
    }
    if (!*act->person || str_equal(act->person, identity->name)) {
        act->person = identity->name;
        return true;
    }
    return is_making ? err_set(e, ERR_DENIED, "%s", operation->name)
                     : api_allow(&call->request->caller, PERMISSION_PEOPLE, "", operation->name, e);
}

static bool secret_settle(struct call *call, struct act *act, struct told *told, struct err *e)
{
    char text[65], hash[65];
    if (!secret_make(text, hash, e)) {
        return false;
    }
    act->secret = arena_copy(call->into, hash);
    told->key = call->request->operation->code == OPERATION_TOKEN_MAKE ? "token" : "link";
    told->value = arena_printf(call->into, "%s%s", str_equal(told->key, "link") ? "/#link=" : "", text);
    return true;
}

bool act_people_prepare(struct call *call, struct act *act, struct told *told, struct err *e)
{
    switch ((int)call->request->operation->code) {
    case OPERATION_TOKEN_MAKE:
        return owner_settle(call, act, e) && secret_settle(call, act, told, e);
    case OPERATION_TOKEN_REVOKE:
        return owner_settle(call, act, e);
    case OPERATION_PERSON_INVITE:
        act->kind = *act->kind ? act->kind : invitation_kind_word(INVITATION_INVITE);
        if (!str_equal(act->kind, invitation_kind_word(INVITATION_INVITE)) && call->request->caller.identity) {
            return err_set(e, ERR_DENIED, "%s", act->kind);
        }
        return secret_settle(call, act, told, e);
    default:
        return true;
    }
}
