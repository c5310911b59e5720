/* Classification from bytes to fault: rules in their order of trust, effects, times, tasks beside each other, hints, headers. */
#include "../../src/answer.h"
#include "../../src/classify.h"
#include "../../src/memory.h"
#include "../../src/siblings.h"
#include "unit.h"

static rt_slice slice(const char *text) {
  return rt_slice_of(text);
}

static rt_reader *reader;
static rt_findings findings;
static rt_fault fault;
static rt_ruling ruling;

static rt_rules *rules_of(const char *const *rows) { /* class name, kind of condition, value; "" ends */
  rt_rules *rules = rt_rules_new();
  for (; **rows; rows += 3) {
    rt_class cls;
    if (!rt_class_by_name(rows[0], strlen(rows[0]), &cls)) return NULL;
    rt_rules_begin(rules, cls);
    if (*rows[1] == 'c') rt_rules_condition(rules, RT_IF_CODE, rows[2], strlen(rows[2]));
    if (*rows[1] == 'm') rt_rules_condition(rules, RT_IF_MESSAGE, rows[2], strlen(rows[2]));
    if (*rows[1] == 'f') rt_rules_condition(rules, RT_IF_FROM, rows[2], strlen(rows[2]));
    if (*rows[1] == 's') rt_rules_status(rules, 429, 429);
    if (*rows[1] == 'x') rt_rules_category(rules, rows[2]);
    if (*rows[1] == 'x') rt_rules_condition(rules, RT_IF_MESSAGE, rows[2], strlen(rows[2]));
  }
  rt_rules_finish(rules);
  return rules;
}

static rt_rulebook book;

static void open_book(void) {
  static const char *const own[] = {"account.credits", "c", "no_money", "provider.upstream", "f", "errors.theirs.*", ""};
  static const char *const generic[] = {"limit.rate", "m", "too many", "content.input", "m", "flagged", "provider.internal", "s", "", ""};
  static const char *const last[] = {"account.quota", "s", "", ""};
  static const char *const categories[] = {"content.input", "x", "violence", ""};
  static const rt_hint hints[] = {{{"min", 3}, {"at least ", 9}, {"", 0}}, {{"allowed", 7}, {"one of ", 7}, {" only", 5}}};
  static const rt_slice credits[] = {{"data.cost", 9}, {"usage.used", 10}};
  memset(&book, 0, sizeof book);
  book.own = rules_of(own);
  book.generic = rules_of(generic);
  book.last = rules_of(last);
  book.categories = rules_of(categories);
  book.hints = hints;
  book.hint_count = 2;
  book.credits = credits;
  book.credits_count = 2;
}

static bool classify(rt_call *call, const char *body) {
  rt_json *json = rt_reader_json(reader);
  if (!rt_find_errors(reader, slice(body), call->status, call->operation, call->now, &findings)) return false;
  rt_leave_siblings_out(&book, call, json, &findings);
  rt_told_task task = rt_task_of(&book, call, json, &findings);
  return rt_classify(&book, call, &task, json, &findings, &fault, &ruling);
}

static bool text_is(rt_text text, const char *want) {
  return rt_slice_is(fault.text[text], want);
}

static void test_order_of_trust(void) {
  rt_call call = {.operation = RT_SUBMIT, .status = 429, .now = 1e9};
  CHECK(classify(&call, "{\"error\":{\"code\":\"no_money\",\"message\":\"too many\"}}") && fault.cls == RT_ACCOUNT_CREDITS &&
        ruling.set == book.own);
  CHECK(classify(&call, "{\"error\":{\"code\":\"x\",\"message\":\"too many\"}}") && fault.cls == RT_LIMIT_RATE &&
        ruling.set == book.generic);
  CHECK(classify(&call, "{\"error\":{\"code\":\"x\",\"message\":\"?\"}}") && fault.cls == RT_ACCOUNT_QUOTA && ruling.set == book.last);
  CHECK(ruling.finding == findings.count);
  CHECK(classify(&call, "{\"errors\":[{\"theirs\":{\"code\":\"x\"}}]}") == true);
  call.status = 418;
  CHECK(classify(&call, "{}") && fault.cls == RT_UNKNOWN && ruling.set == NULL);
  call.status = 200;
  CHECK(!classify(&call, "{\"id\":\"1\",\"status\":\"running\"}"));
}

static void test_effects(void) {
  rt_call call = {.operation = RT_SUBMIT, .status = 400, .now = 1e9};
  const char *body = "{\"error\":{\"message\":\"flagged violence\"}}";
  CHECK(classify(&call, body) && fault.effect == RT_EFFECT_NONE && fault.billed == RT_BILLED_NO && text_is(RT_TEXT_CATEGORY, "violence"));
  call.status = 500;
  CHECK(classify(&call, body) && fault.effect == RT_EFFECT_UNKNOWN && fault.billed == RT_BILLED_UNKNOWN);
  static const int safe[] = {500};
  book.safe_statuses = safe;
  book.safe_status_count = 1;
  CHECK(classify(&call, body) && fault.effect == RT_EFFECT_NONE);
  book.safe_status_count = 0;
  call.operation = RT_POLL;
  call.task_id = slice("t1");
  CHECK(classify(&call, body) && fault.effect == RT_EFFECT_ACCEPTED && text_is(RT_TEXT_TASK_ID, "t1"));
  call.status = 200;
  CHECK(classify(&call, "{\"id\":\"t1\",\"status\":\"FAILED\",\"error\":\"flagged\",\"usage\":{\"used\":5}}"));
  CHECK(fault.effect == RT_EFFECT_FINISHED && fault.billed == RT_BILLED_YES && fault.credits == 5);
  CHECK(classify(&call, "{\"id\":\"t1\",\"status\":\"cancelled\"}") && fault.cls == RT_TASK_CANCELLED);
  rt_call lost = {.operation = RT_SUBMIT, .transport = slice("timeout"), .transport_message = slice("no answer"), .sent = true, .now = 1e9};
  CHECK(classify(&lost, "") && fault.cls == RT_SUBMIT_UNKNOWN && fault.effect == RT_EFFECT_UNKNOWN &&
        text_is(RT_TEXT_MESSAGE, "no answer"));
  lost.sent = false;
  CHECK(classify(&lost, "") && fault.effect == RT_EFFECT_NONE && text_is(RT_TEXT_CODE, "timeout"));
}

static void test_costs_of_lists_are_added_up(void) {
  rt_call call = {.operation = RT_POLL, .status = 200, .now = 1e9};
  CHECK(classify(&call, "{\"status\":\"failed\",\"data\":[{\"cost\":0.5},{\"cost\":\"0.25\"},{}],\"usage\":{\"used\":1e999}}") &&
        fault.credits == 0.75);
  CHECK(classify(&call, "{\"status\":\"failed\",\"data\":[{\"cost\":-3}]}") && fault.credits < 0 && fault.billed == RT_BILLED_UNKNOWN);
  CHECK(classify(&call, "{\"status\":\"failed\",\"data\":{\"cost\":0}}") && fault.billed == RT_BILLED_NO);
}

static void test_other_tasks_are_left_out(void) {
  rt_call call = {.operation = RT_POLL, .status = 200, .task_id = slice("mine"), .now = 1e9};
  const char *body =
      "{\"data\":[{\"taskUUID\":\"theirs\",\"status\":\"error\",\"code\":\"no_money\"},{\"taskUUID\":\"mine\",\"status\":\"processing\"}]}";
  CHECK(classify(&call, body) && fault.cls == RT_ACCOUNT_CREDITS); /* nobody says that answers hold several tasks */
  book.tasks = slice("data");
  book.task_id = slice("taskUUID");
  CHECK(!classify(&call, body) && findings.count == 0);
  call.task_id = slice("theirs");
  CHECK(classify(&call, body) && fault.cls == RT_ACCOUNT_CREDITS);
  call.operation = RT_SUBMIT;
  call.task_id = slice(NULL);
  CHECK(classify(&call, "{\"data\":[{\"taskUUID\":\"a\"}],\"errors\":[{\"taskUUID\":\"b\",\"code\":\"no_money\"}]}") &&
        fault.cls == RT_ACCOUNT_CREDITS);
  CHECK(!classify(&call, "{\"data\":[{\"taskUUID\":\"a\"}],\"errors\":[{\"taskUUID\":\"a\",\"code\":\"no_money\"}]}"));
  book.tasks.data = NULL;
}

static void test_a_task_among_others_is_over(void) {
  static const char *const calls[] = {"unknown", "c", "slow_down", "task.not_found", "c", "no_task", ""};
  rt_call call = {.operation = RT_POLL, .status = 200, .task_id = slice("a"), .now = 1e9};
  book.tasks = slice("data");
  book.task_id = slice("taskUUID");
  book.calls = rules_of(calls);
  CHECK(classify(&call, "{\"errors\":[{\"taskUUID\":\"a\",\"code\":\"x\"}]}") && fault.effect == RT_EFFECT_FINISHED);
  CHECK(classify(&call, "{\"errors\":[{\"taskUUID\":\"a\",\"code\":\"no_task\"}]}") && fault.effect == RT_EFFECT_ACCEPTED);
  CHECK(classify(&call, "{\"errors\":[{\"code\":\"x\"}]}") && fault.effect == RT_EFFECT_FINISHED);
  CHECK(classify(&call, "{\"errors\":[{\"code\":\"slow_down\",\"details\":{\"code\":\"x\"}}]}") && fault.effect == RT_EFFECT_ACCEPTED);
  CHECK(classify(&call, "{\"errors\":[{\"message\":\"x\"}]}") && fault.effect == RT_EFFECT_ACCEPTED);
  CHECK(classify(&call, "{\"errors\":[{\"status\":\"error\",\"message\":\"x\"}]}") && fault.effect == RT_EFFECT_FINISHED);
  CHECK(classify(&call, "{\"data\":[{\"taskUUID\":\"a\"}],\"errors\":[{\"taskUUID\":\"a\",\"code\":\"x\"}]}") &&
        fault.effect == RT_EFFECT_ACCEPTED);
  CHECK(classify(&call, "[{\"data\":{\"taskUUID\":\"a\"}},{\"errors\":[{\"code\":\"x\"}]}]") && fault.effect == RT_EFFECT_ACCEPTED);
  CHECK(classify(&call, "{\"data\":[5,{\"taskUUID\":\"b\"}],\"errors\":[{\"taskUUID\":\"a\",\"code\":\"x\"}]}") &&
        fault.effect == RT_EFFECT_FINISHED);
  CHECK(classify(&call, "{\"data\":[{\"taskUUID\":\"a\",\"status\":\"cancelled\"}]}") && fault.cls == RT_TASK_CANCELLED);
  call.operation = RT_SUBMIT;
  call.status = 400;
  CHECK(classify(&call, "{\"errors\":[{\"status\":\"error\",\"code\":\"x\",\"taskUUID\":\"a\"}]}") && fault.effect == RT_EFFECT_NONE);
  rt_rules_free(book.calls);
  book.calls = NULL;
  book.tasks.data = NULL;
}

static void test_quotes(void) {
  rt_call call = {.operation = RT_POLL, .status = 200, .now = 1e9};
  const char *table =
      "{\"errors\":[{\"code\":\"own\",\"message\":\"it said\",\"min\":5,\"details\":{\"code\":\"y\",\"message\":\"flagged\",\"min\":6}}]}";
  CHECK(classify(&call, table) && text_is(RT_TEXT_CODE, "y") && text_is(RT_TEXT_MESSAGE, "flagged"));
  book.quotes = slice("details");
  CHECK(classify(&call, table) && text_is(RT_TEXT_CODE, "own") && text_is(RT_TEXT_MESSAGE, "it said flagged"));
  CHECK(fault.cls == RT_CONTENT_INPUT && text_is(RT_TEXT_HINT, "at least 5"));
  CHECK(classify(&call, "{\"errors\":[{\"code\":\"no_money\",\"message\":\"it said\",\"details\":\"it said\"}]}") &&
        text_is(RT_TEXT_MESSAGE, "it said"));
  CHECK(classify(&call, "{\"errors\":[{\"code\":\"no_money\",\"message\":\"it said\",\"details\":\"this\"},{\"code\":\"z\"}]}"));
  CHECK(text_is(RT_TEXT_MESSAGE, "it said this") && text_is(RT_TEXT_CODE, "no_money"));
  CHECK(classify(&call, "{\"errors\":[{\"code\":\"no_money\",\"message\":\"it said\"},{\"code\":\"z\",\"message\":\"w\"}]}"));
  CHECK(text_is(RT_TEXT_MESSAGE, "it said"));
  CHECK(classify(&call, "{\"details\":\"flagged\"}") && text_is(RT_TEXT_MESSAGE, "flagged"));
  book.quotes.data = NULL;
}

/* Where the API names its error in a type, that is the code. */
static void test_types_are_codes(void) {
  static const char *const none[] = {"{\"error\":\"no\"}",
                                     "{\"type\":\"error\",\"message\":\"m\"}",
                                     "{\"type\":\"in words\",\"message\":\"m\"}",
                                     "{\"type\":\"12\",\"message\":\"m\"}",
                                     "{\"message\":\"m\",\"moderation_stage\":\"input\"}",
                                     "said"};
  rt_call call = {.operation = RT_POLL, .status = 422, .now = 1e9};
  CHECK(classify(&call, "{\"detail\":[{\"type\":\"content_policy\",\"msg\":\"flagged\"}]}") && text_is(RT_TEXT_CODE, "content_policy"));
  CHECK(classify(&call, "{\"name\":\"rate_limit\",\"errors\":[\"too many\"]}") && text_is(RT_TEXT_CODE, "rate_limit"));
  CHECK(classify(&call, "{\"error\":{\"type\":\"t\",\"code\":\"c\",\"message\":\"flagged\"}}") && text_is(RT_TEXT_CODE, "c"));
  CHECK(classify(&call, "{\"error\":{\"type\":\"t.u\",\"message\":\"flagged\"},\"code\":5}") && text_is(RT_TEXT_CODE, "t.u"));
  CHECK(classify(&call, "{\"type\":\"t\",\"errors\":[{\"code\":\"c\"},\"flagged\"]}") && text_is(RT_TEXT_CODE, "c"));
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) CHECK(classify(&call, none[i]) && !fault.text[RT_TEXT_CODE].data);
  call.status = 200;
  CHECK(classify(&call, "{\"status\":\"failed\"}") && !fault.text[RT_TEXT_CODE].data);
  CHECK(classify(&call, "{\"candidates\":[{\"finishReason\":\"SAFETY\"}]}") && text_is(RT_TEXT_CODE, "SAFETY"));
}

static void test_hints(void) {
  rt_call call = {.operation = RT_SUBMIT, .status = 400, .now = 1e9};
  CHECK(classify(&call, "{\"error\":{\"code\":\"x\",\"min\":64,\"details\":{\"allowed\":[1,\"a|b\"]}}}"));
  CHECK(text_is(RT_TEXT_HINT, "at least 64; one of 1, a or b only"));
  CHECK(classify(&call, "{\"error\":{\"code\":\"x\",\"min\":\"a\\nb\",\"allowed\":{}}}") && !fault.text[RT_TEXT_HINT].data);
}

static void test_headers(void) {
  rt_header list[] = {
      {slice("Retry-After"), slice("7")}, {slice("X-Amzn-ErrorType"), slice("com.x#Throttled:http://y")}, {slice("CF-Ray"), slice("r1")}};
  rt_call call = {.operation = RT_SUBMIT, .status = 429, .headers = list, .header_count = 3, .now = 1e9};
  CHECK(classify(&call, "") && fault.retry_after == 7 && text_is(RT_TEXT_REQUEST_ID, "r1"));
  CHECK(findings.count == 1 && rt_slice_is(findings.list[0].type, "Throttled"));
  list[0].name = slice("x-ratelimit-reset");
  list[0].value = slice("30");
  CHECK(classify(&call, "too many") && fault.cls == RT_LIMIT_RATE && fault.retry_after == 30);
  list[1].name = slice("x-ratelimit-remaining"); /* some other limit is used up */
  list[1].value = slice("3");
  CHECK(classify(&call, "too many") && fault.retry_after < 0);
  list[0].name = slice("retry-after-ms");
  list[0].value = slice("1500");
  CHECK(classify(&call, "too many") && fault.retry_after == 1.5);
}

static void close_book(void) {
  rt_rules_free(book.own);
  rt_rules_free(book.generic);
  rt_rules_free(book.last);
  rt_rules_free(book.categories);
}

#ifdef RT_FAIL_ALLOC
/* Each allocation made to fail once: an answer is given or refused, and nothing leaks. */
static void test_failing_allocations(void) {
  rt_call call = {.operation = RT_SUBMIT, .status = 400, .now = 1e9};
  for (long n = 1, good = 0; !good; n++) {
    rt_memory_fail_at(n);
    reader = rt_reader_new();
    if (reader) {
      good = classify(&call, "{\"error\":{\"code\":\"x\",\"min\":64,\"message\":\"duration must be 5 {\\\"code\\\":\\\"y\\\"}\"}}") &&
             !rt_memory_fails_now();
      rt_reader_free(reader);
    }
    if (n > 200) break;
    CHECK(n <= 200);
  }
  rt_memory_fail_at(0);
  reader = NULL;
}
#endif

int main(void) {
  open_book();
  reader = rt_reader_new();
  test_order_of_trust();
  test_effects();
  test_costs_of_lists_are_added_up();
  test_other_tasks_are_left_out();
  test_a_task_among_others_is_over();
  test_quotes();
  test_types_are_codes();
  test_hints();
  test_headers();
  rt_reader_free(reader);
#ifdef RT_FAIL_ALLOC
  long before = rt_memory_live();
  test_failing_allocations();
  CHECK(rt_memory_live() == before);
#endif
  close_book();
  return unit_report();
}
