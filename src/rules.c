#include "rules.h"

#include <string.h>

#include "matcher.h"
#include "memory.h"

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
  uint64_t unless;
  value *values;
  status_range *statuses;
  unsigned asks; /* a bit for each kind of condition */
  unsigned held; /* the bits that hold for the finding of stamp `seen` */
  uint32_t seen;
} rule;

/* One value of one rule, as the scans find it. A code's or type's is looked for by the longest literal of its pattern, which only makes the
   pattern worth comparing; a fragment's by its parts. */
typedef struct test {
  uint32_t rule;
  rt_condition kind;
  rt_slice text;
  bool exact;    /* a code or type without a star */
  uint32_t seen; /* the finding (by stamp) it was compared with already */
  uint32_t next; /* of the same part, 0: none */
} test;

/* What stands between two stars of a fragment, after the parts before it: fragments that begin alike share the beginning. */
typedef struct part {
  uint32_t parent;  /* 0: the fragment begins here */
  uint32_t rule;    /* the first one that any fragment through here belongs to */
  uint32_t tests;   /* the fragments that end here, 0: none */
  uint32_t seen;    /* the finding (by stamp) it was found in, after its parent */
  size_t end;       /* where it ends there; the first place is as good as any later one */
  rt_slice literal; /* as it is written, with its marks of words */
  size_t length;    /* without them */
  bool begins_word, ends_word;
  bool advice; /* not of a rule: what follows is not searched */
} part;

enum { SCAN_CODE, SCAN_TYPE, SCAN_FROM, SCAN_ABOUT, SCAN_MESSAGE, SCAN_COUNT }; /* as RT_IF_CODE and so on */

struct rt_rules {
  rule *list;
  size_t count, capacity;
  /* made by rt_rules_finish */
  bool finished;
  test *tests;
  part *parts;       /* these and the tests begin at 1 */
  uint32_t *by_text; /* places of parts by what they are and follow, while the set is made; 0: free */
  size_t by_text_size;
  rt_matcher *matchers[SCAN_COUNT];
  uint32_t *always; /* tests without a literal: of stars alone */
  uint32_t *plain;  /* rules that ask nothing of findings */
  value *advice;
  size_t test_count, part_count, always_count, plain_count;
  unsigned asked; /* the kinds of conditions that any rule has */
  uint32_t stamp; /* number of findings looked at */
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

static void free_values(value *first) {
  while (first) {
    value *next = first->next;
    rt_free(first);
    first = next;
  }
}

static void free_rule(rule *old) {
  free_values(old->values);
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
  free_values(rules->advice);
  for (size_t i = 0; i < SCAN_COUNT; i++) rt_matcher_free(rules->matchers[i]);
  rt_free(rules->tests);
  rt_free(rules->parts);
  rt_free(rules->by_text);
  rt_free(rules->always);
  rt_free(rules->plain);
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

static bool add_value(value **list, rt_condition kind, const char *text, size_t length) {
  value *fresh = rt_malloc(sizeof *fresh + length + 1);
  if (!fresh) return false;
  char *copy = (char *)(fresh + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  fresh->kind = kind;
  fresh->text.data = copy;
  fresh->text.length = length;
  fresh->next = *list;
  *list = fresh;
  return true;
}

bool rt_rules_condition(rt_rules *rules, rt_condition kind, const char *text, size_t length) {
  rule *to = last_rule(rules);
  to->asks |= 1u << kind;
  rules->asked |= 1u << kind;
  return add_value(&to->values, kind, text, length);
}

bool rt_rules_advice(rt_rules *rules, const char *fragment, size_t length) {
  return add_value(&rules->advice, RT_IF_MESSAGE, fragment, length);
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

bool rt_rules_unless(rt_rules *rules, const char *family, size_t length) {
  uint64_t classes = 0;
  for (int cls = 0; cls < RT_CLASS_COUNT; cls++)
    if (rt_class_within((rt_class)cls, family, length)) classes |= UINT64_C(1) << cls;
  last_rule(rules)->unless |= classes;
  return classes != 0;
}

static const unsigned OF_FINDINGS = (1u << SCAN_COUNT) - 1;

static size_t stars_in(rt_slice text) {
  size_t count = 0;
  for (size_t i = 0; i < text.length; i++) count += text.data[i] == '*';
  return count;
}

/* The next run of bytes that are none of `stops`, at or after *from; empty at the end. */
static rt_slice next_run(rt_slice text, const char *stops, size_t *from) {
  size_t start = *from;
  while (start < text.length && strchr(stops, text.data[start]) && text.data[start]) start++;
  size_t end = start;
  while (end < text.length && !(strchr(stops, text.data[end]) && text.data[end])) end++;
  *from = end;
  rt_slice run = {text.data + start, end - start};
  return run;
}

static bool same_text(rt_slice a, rt_slice b) {
  if (a.length != b.length) return false;
  for (size_t i = 0; i < a.length; i++)
    if (rt_fold_text[(unsigned char)a.data[i]] != rt_fold_text[(unsigned char)b.data[i]]) return false;
  return true;
}

/* The place of the part that is this literal after that parent, where there is one, else the free place for it. */
static uint32_t *find_part(const rt_rules *rules, uint32_t parent, rt_slice literal) {
  size_t hash = 2166136261u ^ parent;
  for (size_t i = 0; i < literal.length; i++) hash = (hash ^ rt_fold_text[(unsigned char)literal.data[i]]) * 16777619u & 0xffffffffu;
  for (size_t at = hash % rules->by_text_size;; at = (at + 1) % rules->by_text_size) {
    uint32_t known = rules->by_text[at];
    if (!known || (rules->parts[known].parent == parent && same_text(rules->parts[known].literal, literal))) return &rules->by_text[at];
  }
}

/* the part's number, 0 when memory is short; `run` is the literal with its marks of words */
static uint32_t add_part(rt_rules *rules, uint32_t parent, uint32_t rule_id, rt_slice run) {
  uint32_t *place = find_part(rules, parent, run);
  if (*place) return *place;
  uint32_t id = (uint32_t)++rules->part_count;
  part fresh = {parent, rule_id, 0, 0, 0, run, run.length, false, false, false};
  fresh.begins_word = rt_take_mark(&run, '<');
  fresh.ends_word = rt_take_mark(&run, '>');
  rules->parts[id] = fresh;
  rules->parts[id].length = run.length;
  *place = id;
  return rt_matcher_add(rules->matchers[SCAN_MESSAGE], run, id) ? id : 0;
}

static bool add_fragment(rt_rules *rules, uint32_t test_id) {
  size_t from = 0;
  uint32_t last = 0;
  test *fresh = &rules->tests[test_id];
  for (rt_slice run = next_run(fresh->text, "*", &from); run.length; run = next_run(fresh->text, "*", &from))
    if (!(last = add_part(rules, last, fresh->rule, run))) return false;
  if (!last) {
    rules->always[rules->always_count++] = test_id;
    return true;
  }
  fresh->next = rules->parts[last].tests;
  rules->parts[last].tests = test_id;
  return true;
}

static bool add_pattern(rt_rules *rules, uint32_t test_id) {
  test *fresh = &rules->tests[test_id];
  rt_slice longest = fresh->text;
  fresh->exact = stars_in(fresh->text) == 0;
  if (!fresh->exact) {
    size_t from = 0;
    longest.length = 0;
    for (rt_slice run = next_run(fresh->text, "*.", &from); run.length; run = next_run(fresh->text, "*.", &from))
      if (run.length > longest.length) longest = run;
  }
  if (longest.length == 0) rules->always[rules->always_count++] = test_id;
  return rt_matcher_add(rules->matchers[fresh->kind], longest, test_id);
}

static bool make_room(rt_rules *rules) {
  size_t tests = 1, parts = 1;
  for (const value *each = rules->advice; each; each = each->next) parts++;
  for (size_t i = 0; i < rules->count; i++) {
    for (const value *each = rules->list[i].values; each; each = each->next) {
      tests++;
      parts += stars_in(each->text) + 1;
    }
  }
  rules->by_text_size = parts * 2;
  rules->by_text = rt_calloc(rules->by_text_size, sizeof *rules->by_text);
  rules->tests = rt_calloc(tests, sizeof *rules->tests);
  rules->parts = rt_calloc(parts, sizeof *rules->parts);
  rules->always = rt_calloc(tests, sizeof *rules->always);
  rules->plain = rt_calloc(rules->count + 1, sizeof *rules->plain);
  for (size_t i = 0; i < SCAN_COUNT; i++) {
    rules->matchers[i] = rt_matcher_new(i == SCAN_MESSAGE ? rt_fold_text : rt_fold_code);
    if (!rules->matchers[i]) return false;
  }
  return rules->by_text && rules->tests && rules->parts && rules->always && rules->plain;
}

static bool add_test(rt_rules *rules, uint32_t rule_id, const value *from) {
  uint32_t id = (uint32_t)++rules->test_count;
  test *fresh = &rules->tests[id];
  fresh->rule = rule_id;
  fresh->kind = from->kind;
  fresh->text = from->text;
  return from->kind == RT_IF_MESSAGE ? add_fragment(rules, id) : add_pattern(rules, id);
}

/* Advice stands before all rules: no rule is ever so good that it need not be looked for. It follows a parent of its own, so that no rule's
   fragment shares its part. */
static bool add_advice(rt_rules *rules) {
  for (const value *each = rules->advice; each; each = each->next) {
    uint32_t id = add_part(rules, UINT32_MAX, 0, each->text);
    if (!id) return false;
    rules->parts[id].parent = 0;
    rules->parts[id].advice = true;
  }
  return true;
}

bool rt_rules_finish(rt_rules *rules) {
  if (rules->finished || !make_room(rules) || !add_advice(rules)) return false;
  for (uint32_t i = 0; i < rules->count; i++) {
    if (!(rules->list[i].asks & OF_FINDINGS)) rules->plain[rules->plain_count++] = i;
    for (const value *each = rules->list[i].values; each; each = each->next)
      if (each->kind != RT_IF_TRANSPORT && !add_test(rules, i, each)) return false;
  }
  for (size_t i = 0; i < SCAN_COUNT; i++)
    if (!rt_matcher_finish(rules->matchers[i])) return false;
  rt_free(rules->by_text);
  rules->by_text = NULL;
  return rules->finished = true;
}

static bool transport_holds(const rule *candidate, rt_slice transport) {
  if (!(candidate->asks & 1u << RT_IF_TRANSPORT)) return true;
  for (const value *each = candidate->values; each; each = each->next)
    if (each->kind == RT_IF_TRANSPORT && rt_pattern_matches(each->text, transport)) return true;
  return false;
}

static bool answer_holds(const rule *candidate, const rt_evidence *evidence) {
  bool status = candidate->statuses == NULL;
  if (candidate->operations && !(candidate->operations & evidence->operation)) return false;
  for (const status_range *range = candidate->statuses; range && !status; range = range->next)
    status = evidence->status >= range->low && evidence->status <= range->high;
  return status && transport_holds(candidate, evidence->transport);
}

/* what a match works with; the rule that decides is the first one that holds for any of the findings */
typedef struct search {
  rt_rules *rules;
  const rt_evidence *evidence;
  rt_slice text;  /* that is scanned now */
  size_t finding; /* whose text it is */
  size_t advice;  /* where the text begins to give advice */
  size_t best, best_finding;
} search;

/* a value of the rule holds for the finding at hand */
static void credit(search *state, const test *held) {
  rule *candidate = &state->rules->list[held->rule];
  if (held->rule >= state->best) return;
  if (candidate->seen != state->rules->stamp) {
    candidate->seen = state->rules->stamp;
    candidate->held = 0;
  }
  candidate->held |= 1u << held->kind;
  if ((candidate->asks & OF_FINDINGS & ~candidate->held) || !answer_holds(candidate, state->evidence)) return;
  state->best = held->rule;
  state->best_finding = state->finding;
}

/* Tests of a literal come in the order of their rules: after one that is of no use any more, none is. */
static bool hit_pattern(void *context, uint32_t id, size_t end) {
  search *state = context;
  test *asked = &state->rules->tests[id];
  if (asked->rule >= state->best) return false;
  if (asked->exact) {
    if (end != asked->text.length || end != state->text.length) return true;
  } else {
    if (asked->seen == state->rules->stamp) return true; /* compared already */
    asked->seen = state->rules->stamp;
    if (!rt_pattern_matches(asked->text, state->text)) return true;
  }
  credit(state, asked);
  return true;
}

/* Whether the part stands where it does as its marks want it. */
static bool is_word(const search *state, const part *found, size_t start, size_t end) {
  return (!found->begins_word || rt_word_begins(state->text, start)) && (!found->ends_word || rt_word_ends(state->text, end));
}

/* A text that is all advice is taken as it is. */
#define LEAST_BEFORE_ADVICE 12

static bool hit_part(void *context, uint32_t id, size_t end) {
  search *state = context;
  part *parts = state->rules->parts, *found = &parts[id];
  uint32_t stamp = state->rules->stamp, parent = found->parent;
  size_t start = end - found->length;
  if (found->advice) {
    if (start >= LEAST_BEFORE_ADVICE && start < state->advice && is_word(state, found, start, end)) state->advice = start;
    return true;
  }
  if (found->rule >= state->best) return false;
  if (found->seen == stamp || start >= state->advice) return true;
  if (parent && (parts[parent].seen != stamp || parts[parent].end > start)) return true;
  if (!is_word(state, found, start, end)) return true;
  found->seen = stamp;
  found->end = end;
  for (uint32_t held = found->tests; held; held = state->rules->tests[held].next) credit(state, &state->rules->tests[held]);
  return true;
}

static void scan(search *state, int kind, rt_slice text, size_t most) {
  if (!text.data) return;
  if (text.length > most) text.length = most;
  state->text = text;
  state->advice = text.length;
  rt_matcher_scan(state->rules->matchers[kind], text, kind == SCAN_MESSAGE ? hit_part : hit_pattern, state);
}

/* A stamp tells what is known of this finding from what was known of another. */
static void next_stamp(rt_rules *rules) {
  if (++rules->stamp != 0) return;
  for (size_t i = 1; i <= rules->test_count; i++) rules->tests[i].seen = 0;
  for (size_t i = 1; i <= rules->part_count; i++) rules->parts[i].seen = 0;
  for (size_t i = 0; i < rules->count; i++) rules->list[i].seen = 0;
  rules->stamp = 1;
}

static void look_at(search *state, const rt_finding *finding) {
  rt_slice texts[SCAN_COUNT] = {finding->code, finding->type, finding->from, finding->field, finding->message};
  if (finding->own_words) texts[SCAN_MESSAGE].length = finding->own_words;
  next_stamp(state->rules);
  for (size_t i = 0; i < state->rules->always_count; i++) {
    const test *asked = &state->rules->tests[state->rules->always[i]];
    state->text = texts[asked->kind];
    if (state->text.data && (asked->kind == RT_IF_MESSAGE || rt_pattern_matches(asked->text, state->text))) credit(state, asked);
  }
  for (int kind = 0; kind < SCAN_COUNT; kind++)
    if (state->rules->asked & 1u << kind) scan(state, kind, texts[kind], kind == SCAN_MESSAGE ? RT_MESSAGE_SEARCHED : RT_CODE_SEARCHED);
}

/* The first rule, before the best so far, that holds for the answer as a whole. */
static void look_at_plain(search *state) {
  const rt_rules *rules = state->rules;
  for (size_t i = 0; i < rules->plain_count && rules->plain[i] < state->best; i++) {
    if (!answer_holds(&rules->list[rules->plain[i]], state->evidence)) continue;
    state->best = rules->plain[i];
    state->best_finding = state->evidence->count;
  }
}

bool rt_rules_match(rt_rules *rules, const rt_evidence *evidence, rt_verdict *verdict) {
  search state = {rules, evidence, {NULL, 0}, 0, 0, rules->count, 0};
  if (!rules->finished) return false;
  look_at_plain(&state);
  for (size_t i = 0; i < evidence->count && state.best > 0; i++) {
    state.finding = i;
    look_at(&state, &evidence->findings[i]);
  }
  if (state.best == rules->count) return false;
  const rule *decided = &rules->list[state.best];
  verdict->cls = decided->cls;
  verdict->floor = decided->floor;
  verdict->category = decided->category;
  verdict->field = decided->field;
  verdict->hint = decided->hint;
  verdict->unless = decided->unless;
  verdict->finding = state.best_finding;
  verdict->rule = state.best;
  return true;
}
