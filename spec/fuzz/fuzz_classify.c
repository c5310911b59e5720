/* A body, a status and headers from outside, through everything that classification does with them. */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/classify.h"
#include "../../src/siblings.h"

static rt_rules *rules_of(const char *fragment, const char *code) {
  rt_rules *rules = rt_rules_new();
  if (!rules || !rt_rules_begin(rules, RT_LIMIT_RATE) || !rt_rules_condition(rules, RT_IF_MESSAGE, fragment, strlen(fragment))) abort();
  if (!rt_rules_begin(rules, RT_CONTENT_INPUT) || !rt_rules_condition(rules, RT_IF_CODE, code, strlen(code))) abort();
  if (!rt_rules_advice(rules, "may be", 6) || !rt_rules_finish(rules)) abort();
  return rules;
}

static bool lies_well(rt_slice text) {
  size_t sum = 0;
  for (size_t i = 0; i < text.length; i++) sum += (unsigned char)text.data[i]; /* the sanitizer sees a text that is not there */
  return text.data || sum == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static rt_reader *reader;
  static rt_rulebook book;
  static const rt_hint hints[] = {{{"min", 3}, {"at least ", 9}, {"", 0}}};
  static const rt_slice credits[] = {{"cost", 4}, {"data.cost", 9}};
  if (!reader) {
    reader = rt_reader_new();
    book.own = rules_of("<retry", "*.x.*");
    book.generic = book.last = book.categories = rules_of("a*b>", "err*");
    book.hints = hints;
    book.hint_count = 1;
    book.credits = credits;
    book.credits_count = 2;
    book.tasks = rt_slice_of("data");
    book.task_id = rt_slice_of("taskUUID");
  }
  if (!reader || size < 8) return 0;
  size_t value = data[2] % 32 < size - 8 ? data[2] % 32 : 0;
  rt_header headers[] = {{rt_slice_of("retry-after"), {(const char *)data + 8, value}}, {rt_slice_of("x-amzn-errortype"), {(const char *)data + 8, value}},
                         {rt_slice_of("x-ratelimit-reset"), {(const char *)data + 8, value}}};
  rt_call call = {.operation = 1u << data[0] % 7, .status = (data[1] % 6) * 100, .headers = headers, .header_count = data[3] % 4, .now = 1.7e9};
  if (data[4] & 1) call.task_id = rt_slice_of("t");
  char *body = malloc(size - 8 - value + 1); /* its end is watched */
  if (!body) return 0;
  memcpy(body, data + 8 + value, size - 8 - value);
  rt_slice text = {body, size - 8 - value};
  rt_findings findings;
  rt_fault fault;
  rt_ruling ruling;
  rt_json *json = rt_reader_json(reader);
  if (rt_find_errors(reader, text, call.status, call.operation, call.now, &findings)) {
    rt_leave_siblings_out(&book, &call, json, &findings);
    rt_told_task task = rt_task_of(&book, &call, json, &findings);
    if (rt_classify(&book, &call, &task, json, &findings, &fault, &ruling))
      for (int i = 0; i < RT_TEXT_COUNT; i++)
        if (!lies_well(fault.text[i])) abort();
  }
  free(body);
  return 0;
}
