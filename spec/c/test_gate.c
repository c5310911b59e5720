#include "../../src/gate.h"
#include "../../src/memory.h"
#include "../../src/refusals.h"
#include "unit.h"

static const rt_gate_options plain = {false, false, 0};

static rt_fingerprint print_of(unsigned n) {
  rt_fingerprint out;
  memset(&out, 0, sizeof out);
  memcpy(out.bytes, &n, sizeof n);
  return out;
}

static rt_proposal proposal_of(rt_class cls) {
  rt_proposal out;
  memset(&out, 0, sizeof out);
  out.move = RT_MOVE_RETRY;
  out.cls = cls;
  out.floor = rt_class_info_of(cls)->floor;
  out.retry_after = -1;
  out.at = 1e6;
  out.provider = out.to_provider = "runway";
  out.model = out.to_model = "gen4_turbo";
  out.content = print_of(1);
  return out;
}

static rt_gate_rule rule_between(rt_gate *gate, rt_class cls, const char *account, const char *to_account) {
  rt_proposal proposal = proposal_of(cls);
  proposal.move = RT_MOVE_FALLBACK;
  proposal.account = account;
  proposal.to_account = to_account;
  return rt_gate_decide(gate, &proposal).rule;
}

static void test_accounts(void) {
  rt_gate_options rerouting = {true, false, 0};
  rt_gate *gate = rt_gate_new(&rerouting);
  CHECK(rule_between(gate, RT_ACCOUNT_CREDITS, "a", "b") == RT_ALLOWED);
  CHECK(rule_between(gate, RT_ACCOUNT_CREDITS, "a", "a") == RT_RULE_NEVER);
  CHECK(rule_between(gate, RT_ACCOUNT_CREDITS, NULL, "b") == RT_RULE_NEVER);
  CHECK(rule_between(gate, RT_CONTENT_INPUT, "a", "b") == RT_RULE_UNCHANGED);
  CHECK(rule_between(gate, RT_ASSET_TIMEOUT, "a", "b") == RT_RULE_ELSEWHERE);
  rt_gate_free(gate);
}

static void test_decisions(void) {
  rt_gate *gate = rt_gate_new(&plain);
  rt_proposal proposal = proposal_of(RT_PROVIDER_INTERNAL);
  CHECK(rt_gate_decide(gate, &proposal).rule == RT_ALLOWED);
  proposal.at = 1;
  rt_answer answer = rt_gate_decide(gate, &proposal);
  CHECK(answer.rule == RT_RULE_FLOOR && answer.earliest == 2);
  proposal.retry_after = 60;
  answer = rt_gate_decide(gate, &proposal);
  CHECK(answer.rule == RT_RULE_RETRY_AFTER && answer.earliest == 60);
  proposal.resends = 4;
  answer = rt_gate_decide(gate, &proposal);
  CHECK(answer.rule == RT_RULE_RESENDS && answer.earliest < 0);
  proposal = proposal_of(RT_SUBMIT_UNKNOWN);
  CHECK(rt_gate_decide(gate, &proposal).rule == RT_RULE_PAID_ONCE);
  rt_gate_free(gate);
}

static void test_rule_names(void) {
  for (int i = 0; i < RT_GATE_RULE_COUNT; i++) CHECK(rt_gate_rule_name((rt_gate_rule)i) != NULL);
  CHECK_STR(rt_gate_rule_name(RT_RULE_POLL_BUDGET), "poll_budget");
  CHECK_STR(rt_gate_rule_name(RT_RULE_REFUSED_CONTENT), "refused_content");
}

static void test_refusals(void) {
  rt_refusals *set = rt_refusals_new(1000);
  for (unsigned n = 0; n < 400; n++) {
    rt_fingerprint content = print_of(n * 64); /* all start at the same slots */
    CHECK(rt_refusals_add(set, 1 + n % 3, &content));
  }
  for (unsigned n = 0; n < 400; n++) {
    rt_fingerprint content = print_of(n * 64);
    CHECK(rt_refusals_has(set, 1 + n % 3, &content));
    CHECK(!rt_refusals_has(set, 4, &content));
    if (n % 2) CHECK(rt_refusals_remove(set, 1 + n % 3, &content) && !rt_refusals_has(set, 1 + n % 3, &content));
  }
  for (unsigned n = 0; n < 400; n += 2) {
    rt_fingerprint content = print_of(n * 64);
    CHECK(rt_refusals_has(set, 1 + n % 3, &content)); /* removing a neighbour must not hide it */
  }
  rt_refusals_free(set);
}

static void test_short_memory(void) {
#ifdef RT_FAIL_ALLOC
  for (long n = 1; n < 40; n++) {
    rt_memory_fail_at(n);
    rt_gate *gate = rt_gate_new(&plain);
    for (unsigned i = 0; gate && i < 200; i++) {
      rt_fingerprint content = print_of(i);
      bool kept = rt_gate_remember(gate, "runway", &content);
      CHECK(rt_gate_remembers(gate, "runway", &content) == kept);
      rt_gate_submit(gate, "runware", &content, true, false);
    }
    rt_gate_free(gate);
  }
  rt_memory_fail_at(0);
#endif
}

int main(void) {
  test_decisions();
  test_accounts();
  test_rule_names();
  test_refusals();
  test_short_memory();
  return unit_report();
}
