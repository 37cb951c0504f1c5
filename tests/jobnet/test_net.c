/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compiling a root jobnet: places, relations, inheritance, defaults.
 */
#include "tests/support/run_fixture.h"

#include <string.h>

#include "base/limits.h"

static const struct net_node *node_named(const struct fixture *f, const char *name)
{
    return &f->net->nodes[node_of(f, name)];
}

static void parents_stand_before_their_children_in_written_order(void **state)
{
    struct fixture *f = fixture_open("A N[B M[C] D] E");
    static const char *const order[] = {"R", "A", "N", "B", "M", "C", "D", "E"};
    assert_int_equal(f->net->node_count, COUNT(order));
    for (int32_t n = 0; n < f->net->node_count; n++) {
        assert_string_equal(f->net->nodes[n].name, order[n]);
        assert_true(f->net->nodes[n].parent < n);
    }
    assert_int_equal(node_named(f, "C")->parent, node_of(f, "M"));
    assert_int_equal(node_named(f, "N")->first_child, node_of(f, "B"));
    assert_int_equal(node_named(f, "B")->next_sibling, node_of(f, "M"));
    assert_int_equal(node_named(f, "D")->next_sibling, -1);
    assert_int_equal(f->net->nodes[0].parent, -1);
    fixture_close(f);
}

static void relations_are_kept_from_both_ends(void **state)
{
    struct fixture *f = fixture_open("A B C D?{ej=gt;ejc=0;} X A>C B>C C>D D~X");
    const struct net_node *c = node_named(f, "C");
    assert_int_equal(c->pred_count, 2);
    assert_int_equal(f->net->edges[c->pred_from], node_of(f, "A"));
    assert_int_equal(f->net->edges[c->pred_from + 1], node_of(f, "B"));
    assert_int_equal(c->succ_count, 1);
    assert_int_equal(f->net->edges[c->succ_from], node_of(f, "D"));
    assert_int_equal(node_named(f, "D")->dependent, node_of(f, "X"));
    assert_int_equal(node_named(f, "X")->judged_by, node_of(f, "D"));
    assert_int_equal(node_named(f, "D")->succ_count, 0);
    assert_int_equal(node_named(f, "A")->judged_by, -1);
    fixture_close(f);
}

static void relations_among_many_units_are_the_same(void **state)
{
    struct strbuf drawing = {0};
    for (int i = 0; i < 40; i++) {
        strbuf_printf(&drawing, "J%d %s", i, i ? "" : " ");
    }
    for (int i = 1; i < 40; i++) {
        strbuf_printf(&drawing, "J%d>J%d ", i - 1, i);
    }
    struct fixture *f = fixture_open(drawing.at);
    for (int32_t n = 2; n < f->net->node_count; n++) {
        assert_int_equal(f->net->edges[f->net->nodes[n].pred_from], n - 1);
    }
    strbuf_close(&drawing);
    fixture_close(f);
}

static void agent_priority_class_and_output_are_inherited(void **state)
{
    struct fixture *f = fixture_open("{ex=\"host1\";pr=3;x_class=update;x_output=clean;}A N{ex=\"host2\";pr=5;x_class=read;}[B C{ex=\"host3\";pr=1;}]");
    assert_string_equal(node_named(f, "A")->agent, "host1");
    assert_int_equal(node_named(f, "A")->priority, 3);
    assert_int_equal(node_named(f, "A")->class, CLASS_UPDATE);
    assert_true(node_named(f, "A")->is_clean_output);
    assert_string_equal(node_named(f, "B")->agent, "host2");
    assert_int_equal(node_named(f, "B")->priority, 5);
    assert_int_equal(node_named(f, "B")->class, CLASS_READ);
    assert_string_equal(node_named(f, "C")->agent, "host3");
    assert_int_equal(node_named(f, "C")->priority, 1);
    fixture_close(f);
}

static void groups_above_give_agent_and_priority(void **state)
{
    struct arena arena = {0};
    struct diags diags = {0};
    const char *text = "unit=R,,a,;{ty=n;unit=J,,a,;{ty=j;te=\"x\";}}";
    const struct unit_file *file = NULL;
    assert_true(unit_parse(&arena, text, strlen(text), &diags, &file));
    struct net_above above = {.agent = "group-host", .priority = 4};
    const struct net *net = NULL;
    struct err e = {0};
    assert_true(net_make(&arena, file->first, "/g/R", &above, &net, &e));
    assert_string_equal(net->nodes[1].agent, "group-host");
    assert_int_equal(net->nodes[1].priority, 4);
    assert_true(net_make(&arena, file->first, "/g/R", NULL, &net, &e));
    assert_null(net->nodes[1].agent);
    assert_int_equal(net->nodes[1].priority, 1);
    diags_close(&diags);
    arena_close(&arena);
}

static void a_job_has_the_defaults_of_the_product(void **state)
{
    struct fixture *f = fixture_open("A B{wth=4;tho=8;abr=y;} C{abr=y;rjs=3;rje=5;rec=7;rei=9;fd=15;etm=20;env=\"X=1\";env=\"Y=2\";so=\"/o\";soa=add;}");
    const struct net_job *a = node_named(f, "A")->job, *b = node_named(f, "B")->job, *c = node_named(f, "C")->job;
    assert_string_equal(a->command, "true");
    assert_int_equal(a->judgment, JUDGE_BY_CODE);
    assert_int_equal(a->warning_above, -1);
    assert_int_equal(a->abnormal_above, 0);
    assert_int_equal(a->retry_max, 0);
    assert_null(a->env);
    assert_int_equal(b->warning_above, 4);
    assert_int_equal(b->abnormal_above, 8);
    assert_int_equal(b->retry_max, 1);
    assert_int_equal(b->retry_minutes, 1);
    assert_int_equal(c->retry_from, 3);
    assert_int_equal(c->retry_to, 5);
    assert_int_equal(c->retry_max, 7);
    assert_int_equal(c->retry_minutes, 9);
    assert_string_equal(c->env[1], "Y=2");
    assert_null(c->env[2]);
    assert_true(c->stdout_append);
    assert_int_equal(node_named(f, "C")->required_minutes, 15);
    assert_int_equal(node_named(f, "C")->timeout_minutes, 20);
    fixture_close(f);
}

static void the_root_keeps_its_settings(void **state)
{
    struct fixture *f = fixture_open("{ms=mlt;mp=y;rg=7;cd=5;jc=/cal;x_flow=\"F\";x_start=gates;x_missed=latest;sd=1,mo;st=1,22:00;x_deadline=31:00;}A");
    assert_true(f->net->is_multi);
    assert_true(f->net->is_concurrent);
    assert_true(f->net->starts_by_gates);
    assert_int_equal(f->net->missed, MISSED_LATEST);
    assert_int_equal(f->net->keep_runs, 7);
    assert_int_equal(f->net->give_up_days, 5);
    assert_string_equal(f->net->calendar_of, "/cal");
    assert_string_equal(f->net->flow, "F");
    assert_non_null(f->net->nodes[0].schedule);
    assert_int_equal(f->net->deadline.kind, DEADLINE_DAYS);
    assert_int_equal(f->net->refused_node, -1);
    fixture_close(f);
    f = fixture_open("A");
    assert_int_equal(f->net->keep_runs, 1);
    assert_int_equal(f->net->give_up_days, 2);
    assert_int_equal(f->net->missed, MISSED_DEFAULT);
    assert_int_equal(f->net->deadline.kind, DEADLINE_NONE);
    fixture_close(f);
    f = fixture_open("{cd=un;}A");
    assert_int_equal(f->net->give_up_days, 0);
    fixture_close(f);
}

static void gates_waits_and_effects_stand_on_their_units(void **state)
{
    struct fixture *f = fixture_open("A{x_gate=lock(DB);x_gate=online(KOKUHO,closed);} B{eun=\"/x\";eun=\"/y\";mm=or;nmg=y;uem=y;ega=exec;} C{x_effect=window(KOKUHO, 保険者, closed);}");
    assert_int_equal(node_named(f, "A")->gate_count, 2);
    assert_int_equal(node_named(f, "A")->gates[1].kind, GATE_ONLINE);
    const struct net_waits *waits = node_named(f, "B")->waits;
    assert_int_equal(waits->count, 2);
    assert_string_equal(waits->units[1], "/y");
    assert_true(waits->is_any && waits->without_generation && waits->unmonitored_is_done);
    assert_int_equal(waits->after_abnormal, 1);
    const struct net_effect *effect = node_named(f, "C")->effect;
    assert_string_equal(effect->group, "KOKUHO");
    assert_string_equal(effect->cls, "保険者");
    assert_string_equal(effect->state, "closed");
    assert_null(node_named(f, "A")->waits);
    assert_null(node_named(f, "A")->effect);
    fixture_close(f);
}

static void a_kind_of_unit_that_cannot_run_yet_is_found(void **state)
{
    struct arena arena = {0};
    const struct net *net = net_of_text(&arena, "unit=R,,a,;{ty=n;unit=J,,a,;{ty=j;te=\"x\";}unit=W,,a,;{ty=flwj;flwf=\"/f\";}}");
    assert_int_equal(net->refused_node, 2);
    assert_int_equal(net->nodes[2].kind, NODE_REFUSED);
    arena_close(&arena);
}

static void nodes_are_found_by_path_and_by_a_unique_name(void **state)
{
    struct arena arena = {0};
    const struct net *net = net_of_text(&arena, "unit=R,,a,;{ty=n;unit=N,,a,;{ty=n;unit=J,,a,;{ty=j;te=\"x\";}unit=K,,a,;{ty=j;te=\"x\";}}"
                                                "unit=M,,a,;{ty=n;unit=J,,a,;{ty=j;te=\"x\";}}}");
    assert_string_equal(net_node_path(&arena, net, 2), "/R/N/J");
    assert_string_equal(net_node_path(&arena, net, 0), "/R");
    assert_int_equal(net_node_find(net, "/R/N/J"), 2);
    assert_int_equal(net_node_find(net, "N/J"), 2);
    assert_int_equal(net_node_find(net, "M/J"), 5);
    assert_int_equal(net_node_find(net, "K"), 3);
    assert_int_equal(net_node_find(net, "J"), -1); /* two of them */
    assert_int_equal(net_node_find(net, "X"), -1);
    assert_int_equal(net_node_find(net, "/R"), 0);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_stand_before_their_children_in_written_order),
        cmocka_unit_test(relations_are_kept_from_both_ends),
        cmocka_unit_test(relations_among_many_units_are_the_same),
        cmocka_unit_test(agent_priority_class_and_output_are_inherited),
        cmocka_unit_test(groups_above_give_agent_and_priority),
        cmocka_unit_test(a_job_has_the_defaults_of_the_product),
        cmocka_unit_test(the_root_keeps_its_settings),
        cmocka_unit_test(gates_waits_and_effects_stand_on_their_units),
        cmocka_unit_test(a_kind_of_unit_that_cannot_run_yet_is_found),
        cmocka_unit_test(nodes_are_found_by_path_and_by_a_unique_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
