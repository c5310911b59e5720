/* A set of rules looks for all its fragments and patterns in one pass. It has to find what each of them finds alone, the first rule first.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_RULES 12

/* the next piece of the input, up to a zero byte; empty at the end */
static rt_slice next_piece(const uint8_t **at, const uint8_t *end) {
  rt_slice piece = {(const char *)*at, 0};
  while (*at < end && **at) {
    (*at)++;
    piece.length++;
  }
  if (*at < end) (*at)++;
  return piece;
}

static int holds(rt_condition kind, rt_slice value, rt_slice text) {
  return kind == RT_IF_MESSAGE ? rt_fragment_matches(value, text) : rt_pattern_matches(value, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *at = data, *end = data + size;
  if (size < 2) return 0;
  rt_condition kind = *at % 3 == 0 ? RT_IF_CODE : *at % 3 == 1 ? RT_IF_FROM : RT_IF_MESSAGE;
  at++;
  rt_slice text = next_piece(&at, end), values[MOST_RULES];
  size_t count = 0, expected;
  rt_rules *rules = rt_rules_new();
  if (!rules) return 0;
  while (count < MOST_RULES && at < end) {
    rt_slice value = next_piece(&at, end);
    if (value.length == 0) continue; /* refused before it comes here */
    if (!rt_rules_begin(rules, RT_UNKNOWN) || !rt_rules_condition(rules, kind, value.data, value.length)) abort();
    values[count++] = value;
  }
  if (!rt_rules_finish(rules)) abort();
  for (expected = 0; expected < count && !holds(kind, values[expected], text); expected++) continue;
  rt_finding finding;
  memset(&finding, 0, sizeof finding);
  if (kind == RT_IF_CODE) finding.code = text;
  if (kind == RT_IF_FROM) finding.from = text;
  if (kind == RT_IF_MESSAGE) finding.message = text;
  rt_evidence evidence = {0, 0, {NULL, 0}, &finding, 1};
  rt_verdict verdict;
  for (int look = 0; look < 2; look++) { /* nothing is left over from the first look */
    bool found = rt_rules_match(rules, &evidence, &verdict);
    if (found != (expected < count) || (found && verdict.rule != expected)) abort();
  }
  rt_rules_free(rules);
  return 0;
}
