#include "siblings.h"

#define MOST_TASKS 256

static bool same(rt_slice a, rt_slice b) {
  return a.data && b.data && a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static uint32_t member(const rt_json *json, uint32_t table, rt_slice key) {
  if (rt_json_at(json, table)->kind != RT_JSON_TABLE) return 0;
  for (uint32_t at = rt_json_at(json, table)->first; at; at = rt_json_at(json, at)->next) {
    rt_slice name = {rt_json_at(json, at)->key, rt_json_at(json, at)->key_length};
    if (same(name, key)) return at;
  }
  return 0;
}

/* Whether some finding was made from inside of that value. */
static bool has_failed(const rt_json *json, const rt_findings *findings, uint32_t value) {
  const rt_json_value *whole = rt_json_at(json, value);
  for (size_t i = 0; i < findings->count; i++) {
    const char *at = findings->table[i] == RT_JSON_NONE ? NULL : rt_json_at(json, findings->table[i])->data;
    if (at && at >= whole->data && at < whole->data + whole->length) return true;
  }
  return false;
}

/* Whether the answer holds a task of that id that nothing is said against. */
static bool is_taken(const rt_rulebook *book, rt_json *json, const rt_findings *findings, rt_slice id) {
  uint32_t list = member(json, findings->root, book->tasks);
  size_t seen = 0;
  if (!list || rt_json_at(json, list)->kind != RT_JSON_LIST) return false;
  for (uint32_t at = rt_json_at(json, list)->first; at && seen < MOST_TASKS; at = rt_json_at(json, at)->next, seen++) {
    uint32_t named = member(json, at, book->task_id);
    if (named && same(rt_json_text(json, named), id) && !has_failed(json, findings, at)) return true;
  }
  return false;
}

static bool is_siblings(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings, rt_slice owner) {
  if (!owner.data) return false;
  if (call->task_id.data && !same(owner, call->task_id)) return true;
  return call->operation == RT_SUBMIT && is_taken(book, json, findings, owner);
}

void rt_leave_siblings_out(const rt_rulebook *book, const rt_call *call, rt_json *json, rt_findings *findings) {
  bool leave[RT_MOST_FINDINGS] = {false};
  size_t kept = 0;
  if (!book->tasks.data || !findings->is_json) return;
  for (size_t i = 0; i < findings->count; i++) leave[i] = is_siblings(book, call, json, findings, findings->owner[i]);
  for (size_t i = 0; i < findings->count; i++) {
    if (leave[i]) continue;
    findings->list[kept] = findings->list[i];
    findings->owner[kept] = findings->owner[i];
    findings->table[kept++] = findings->table[i];
  }
  if (kept == 0 && findings->count > 0) findings->state = RT_TOLD_NOTHING; /* nor is ours over */
  findings->count = kept;
}
