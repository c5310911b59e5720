#include "rules.h"

#include <ctype.h>
#include <string.h>

#include "memory.h"

/* A message is searched only so far: errors name their reason early, and a hostile body must not cost rules x megabytes. */
#define MESSAGE_SEARCHED ((size_t)64 * 1024)
#define CODE_SEARCHED ((size_t)4 * 1024)

typedef struct value {
  rt_condition kind;
  rt_slice text;
  struct value *next;
} value;

typedef struct status_range {
  int low, high;
  struct status_range *next;
} status_range;

typedef struct rule {
  rt_class cls;
  unsigned operations; /* 0: any */
  double floor;
  char *category, *field, *hint;
  value *values;
  status_range *statuses;
  bool asks[RT_CONDITION_COUNT];
} rule;

struct rt_rules {
  rule *list;
  size_t count, capacity;
};

static const struct {
  const char *name;
  rt_operation operation;
} operations[] = {{"submit", RT_SUBMIT},     {"poll", RT_POLL},   {"cancel", RT_CANCEL},      {"upload", RT_UPLOAD},
                  {"download", RT_DOWNLOAD}, {"asset", RT_ASSET}, {"websocket", RT_WEBSOCKET}};

bool rt_operation_by_name(const char *name, rt_operation *out) {
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    if (strcmp(operations[i].name, name) == 0) {
      *out = operations[i].operation;
      return true;
    }
  }
  return false;
}

rt_rules *rt_rules_new(void) {
  return rt_calloc(1, sizeof(rt_rules));
}

static void free_rule(rule *old) {
  while (old->values) {
    value *next = old->values->next;
    rt_free(old->values);
    old->values = next;
  }
  while (old->statuses) {
    status_range *next = old->statuses->next;
    rt_free(old->statuses);
    old->statuses = next;
  }
  rt_free(old->category);
  rt_free(old->field);
  rt_free(old->hint);
}

void rt_rules_free(rt_rules *rules) {
  if (!rules) return;
  for (size_t i = 0; i < rules->count; i++) free_rule(&rules->list[i]);
  rt_free(rules->list);
  rt_free(rules);
}

size_t rt_rules_count(const rt_rules *rules) {
  return rules->count;
}

bool rt_rules_begin(rt_rules *rules, rt_class cls) {
  if (rules->count == rules->capacity) {
    size_t capacity = rules->capacity ? rules->capacity * 2 : 32;
    rule *list = rt_realloc(rules->list, capacity * sizeof *list);
    if (!list) return false;
    rules->list = list;
    rules->capacity = capacity;
  }
  rule *fresh = &rules->list[rules->count++];
  memset(fresh, 0, sizeof *fresh);
  fresh->cls = cls;
  fresh->floor = -1;
  return true;
}

static rule *last_rule(rt_rules *rules) {
  return &rules->list[rules->count - 1];
}

bool rt_rules_condition(rt_rules *rules, rt_condition kind, const char *text, size_t length) {
  rule *to = last_rule(rules);
  value *fresh = rt_malloc(sizeof *fresh + length + 1);
  if (!fresh) return false;
  char *copy = (char *)(fresh + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  for (size_t i = 0; i < length; i++) copy[i] = (char)tolower((unsigned char)copy[i]);
  fresh->kind = kind;
  fresh->text.data = copy;
  fresh->text.length = length;
  fresh->next = to->values;
  to->values = fresh;
  to->asks[kind] = true;
  return true;
}

bool rt_rules_status(rt_rules *rules, int low, int high) {
  rule *to = last_rule(rules);
  status_range *fresh = rt_malloc(sizeof *fresh);
  if (!fresh) return false;
  fresh->low = low;
  fresh->high = high;
  fresh->next = to->statuses;
  to->statuses = fresh;
  return true;
}

void rt_rules_operation(rt_rules *rules, rt_operation operation) {
  last_rule(rules)->operations |= (unsigned)operation;
}

void rt_rules_floor(rt_rules *rules, double floor) {
  last_rule(rules)->floor = floor;
}

static bool set_text(char **slot, const char *text) {
  rt_free(*slot);
  *slot = rt_strdup(text);
  return *slot != NULL;
}

bool rt_rules_category(rt_rules *rules, const char *category) {
  return set_text(&last_rule(rules)->category, category);
}

bool rt_rules_field(rt_rules *rules, const char *field) {
  return set_text(&last_rule(rules)->field, field);
}

bool rt_rules_hint(rt_rules *rules, const char *hint) {
  return set_text(&last_rule(rules)->hint, hint);
}

static rt_slice next_segment(rt_slice *rest) {
  rt_slice segment = *rest;
  const char *dot = memchr(rest->data, '.', rest->length);
  if (dot) {
    segment.length = (size_t)(dot - rest->data);
    rest->data = dot + 1;
    rest->length -= segment.length + 1;
  } else {
    rest->data = NULL;
    rest->length = 0;
  }
  return segment;
}

/* `lower` is lower case already, `text` is not */
static bool same_folded(const char *lower, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (lower[i] != (char)tolower((unsigned char)text[i])) return false;
  return true;
}

/* Glob inside one segment: here `*` stands for any run of characters. */
static bool segment_matches(rt_slice want, rt_slice have) {
  size_t w = 0, h = 0, star = want.length, mark = 0;
  while (h < have.length) {
    if (w < want.length && want.data[w] == '*') {
      star = w++;
      mark = h;
    } else if (w < want.length && want.data[w] == (char)tolower((unsigned char)have.data[h])) {
      w++;
      h++;
    } else if (star < want.length) {
      w = star + 1;
      h = ++mark;
    } else return false;
  }
  while (w < want.length && want.data[w] == '*') w++;
  return w == want.length;
}

/* Glob over segments, by remembering only the last `*`: no recursion, so no pattern can blow up. */
bool rt_pattern_matches(rt_slice pattern, rt_slice code) {
  rt_slice star_pattern = {NULL, 0}, star_code = {NULL, 0};
  bool starred = false;
  if (!code.data) return false;
  if (code.length > CODE_SEARCHED) code.length = CODE_SEARCHED;
  while (code.data) {
    rt_slice pattern_rest = pattern, code_rest = code;
    rt_slice want = {NULL, 0};
    if (pattern.data) want = next_segment(&pattern_rest);
    if (want.data && want.length == 1 && *want.data == '*') {
      starred = true;
      star_pattern = pattern_rest;
      star_code = code;
      pattern = pattern_rest;
      if (!pattern.data) return true;
      continue;
    }
    rt_slice have = next_segment(&code_rest);
    if (want.data && segment_matches(want, have)) {
      pattern = pattern_rest;
      code = code_rest;
    } else if (starred) {
      next_segment(&star_code);
      pattern = star_pattern;
      code = star_code;
    } else return false;
  }
  while (pattern.data) {
    rt_slice want = next_segment(&pattern);
    if (want.length != 1 || *want.data != '*') return false;
  }
  return true;
}

/* Where `part` (lower case) first stands in the text at or after `from`; the text's length when nowhere. */
static size_t find_folded(rt_slice part, rt_slice text, size_t from) {
  if (part.length > text.length) return text.length + 1;
  char lower = part.length ? part.data[0] : 0, upper = (char)toupper((unsigned char)lower);
  for (size_t i = from; i + part.length <= text.length; i++) {
    if (part.length == 0) return i;
    if ((text.data[i] == lower || text.data[i] == upper) && same_folded(part.data, text.data + i, part.length)) return i;
  }
  return text.length + 1;
}

bool rt_fragment_matches(rt_slice fragment, rt_slice text) {
  size_t from = 0;
  if (!text.data) return false;
  if (text.length > MESSAGE_SEARCHED) text.length = MESSAGE_SEARCHED;
  while (true) {
    const char *star = fragment.length ? memchr(fragment.data, '*', fragment.length) : NULL;
    rt_slice part = {fragment.data, star ? (size_t)(star - fragment.data) : fragment.length};
    size_t at = find_folded(part, text, from);
    if (at > text.length) return false;
    if (!star) return true;
    from = at + part.length;
    fragment.length -= part.length + 1;
    fragment.data = star + 1;
  }
}

static bool value_holds(const value *test, rt_slice text) {
  if (test->kind == RT_IF_MESSAGE) return rt_fragment_matches(test->text, text);
  return rt_pattern_matches(test->text, text);
}

/* Whether one of the rule's values of this kind holds; true where the rule does not ask. */
static bool kind_holds(const rule *candidate, rt_condition kind, rt_slice text) {
  if (!candidate->asks[kind]) return true;
  for (const value *test = candidate->values; test; test = test->next)
    if (test->kind == kind && value_holds(test, text)) return true;
  return false;
}

static bool finding_holds(const rule *candidate, const rt_finding *finding) {
  return kind_holds(candidate, RT_IF_CODE, finding->code) && kind_holds(candidate, RT_IF_TYPE, finding->type) &&
         kind_holds(candidate, RT_IF_MESSAGE, finding->message);
}

static bool answer_holds(const rule *candidate, const rt_evidence *evidence) {
  bool status = candidate->statuses == NULL;
  if (candidate->operations && !(candidate->operations & evidence->operation)) return false;
  for (const status_range *range = candidate->statuses; range && !status; range = range->next)
    status = evidence->status >= range->low && evidence->status <= range->high;
  return status && kind_holds(candidate, RT_IF_TRANSPORT, evidence->transport);
}

/* The finding the rule holds for; `count` where it asks nothing of findings; more than `count` where it does not hold. */
static size_t matching_finding(const rule *candidate, const rt_evidence *evidence) {
  bool asks = candidate->asks[RT_IF_CODE] || candidate->asks[RT_IF_TYPE] || candidate->asks[RT_IF_MESSAGE];
  if (!asks) return evidence->count;
  for (size_t i = 0; i < evidence->count; i++)
    if (finding_holds(candidate, &evidence->findings[i])) return i;
  return evidence->count + 1;
}

bool rt_rules_match(const rt_rules *rules, const rt_evidence *evidence, rt_verdict *verdict) {
  for (size_t i = 0; i < rules->count; i++) {
    const rule *candidate = &rules->list[i];
    if (!answer_holds(candidate, evidence)) continue;
    size_t finding = matching_finding(candidate, evidence);
    if (finding > evidence->count) continue;
    verdict->cls = candidate->cls;
    verdict->floor = candidate->floor;
    verdict->category = candidate->category;
    verdict->field = candidate->field;
    verdict->hint = candidate->hint;
    verdict->finding = finding;
    verdict->rule = i;
    return true;
  }
  return false;
}
