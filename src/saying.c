#include "ascii.h"
#include "reader.h"
#include "waits.h"

rt_slice rt_text_of(rt_reader *reader, uint32_t value) {
  if (value == RT_JSON_NONE) return rt_no_text();
  const rt_json_value *at = rt_value(reader, value);
  if ((at->kind != RT_JSON_STRING && at->kind != RT_JSON_NUMBER) || at->length == 0) return rt_no_text();
  return rt_json_text(reader->json, value);
}

rt_slice rt_key_of(rt_reader *reader, uint32_t value) {
  const rt_json_value *at = rt_value(reader, value);
  rt_slice key = {at->key, at->key_length};
  return at->key_escaped ? rt_json_key(reader->json, value) : key;
}

bool rt_key_is(rt_reader *reader, uint32_t value, const char *name) {
  return rt_slice_is(rt_key_of(reader, value), name);
}

uint32_t rt_member(rt_reader *reader, uint32_t table, const char *name) {
  const rt_json_value *at = rt_value(reader, table);
  uint32_t found = RT_JSON_NONE;
  if (at->kind != RT_JSON_TABLE) return found;
  for (uint32_t member = at->first; member; member = rt_value(reader, member)->next)
    if (rt_key_is(reader, member, name)) found = member;
  return found;
}

bool rt_is_numeric(rt_slice text) {
  double number;
  /* most texts are words */
  return text.length > 0 && !(rt_lower(text.data[0]) >= 'a' && rt_lower(text.data[0]) <= 'z') && rt_number(text, &number);
}

bool rt_is_true(rt_reader *reader, uint32_t value) {
  double number;
  if (value == RT_JSON_NONE) return false;
  const rt_json_value *at = rt_value(reader, value);
  if (at->kind == RT_JSON_NUMBER) return rt_json_number(reader->json, value, &number) && number == 1;
  return at->kind == RT_JSON_TRUE || (at->kind == RT_JSON_STRING && rt_slice_is(rt_text_of(reader, value), "true"));
}

/* ---- whether a value tells of an error ------------------------------------------------------------------------------------------- */

static double number_of(rt_reader *reader, uint32_t value) {
  double number;
  return rt_json_number(reader->json, value, &number) ? number : 0;
}

/* A value inside of an "error" that is a table. */
static bool tells_something(rt_reader *reader, uint32_t value) {
  const rt_json_value *at = rt_value(reader, value);
  double number;
  switch (at->kind) {
  case RT_JSON_STRING:
    return at->length > 0 && !rt_is_fine_code(rt_json_text(reader->json, value));
  case RT_JSON_NUMBER:
    number = number_of(reader, value);
    return number != 0 && number != 200;
  case RT_JSON_LIST:
  case RT_JSON_TABLE:
    return at->count > 0;
  default:
    return at->kind == RT_JSON_TRUE;
  }
}

/* Whether a later member of the same table has the same key: of several the last one counts. */
static bool is_replaced(rt_reader *reader, uint32_t member) {
  if (!rt_value(reader, member)->key) return false;
  rt_slice key = rt_key_of(reader, member);
  for (uint32_t later = rt_value(reader, member)->next; later; later = rt_value(reader, later)->next) {
    rt_slice other = rt_key_of(reader, later);
    if (other.data && key.data && other.length == key.length && memcmp(other.data, key.data, key.length) == 0) return true;
  }
  return false;
}

/* Whether a value under a name such as "error" tells of one: no empty text, no { code = 0, message = "" }. */
static bool is_error_value(rt_reader *reader, uint32_t value) {
  const rt_json_value *at = rt_value(reader, value);
  if (at->kind == RT_JSON_STRING) {
    rt_slice text = rt_text_of(reader, value);
    return text.length > 0 && !rt_is_fine_code(text) && !rt_text_is(text, "null") && !rt_text_is(text, "false");
  }
  if (at->kind == RT_JSON_NUMBER) return number_of(reader, value) != 0;
  if (at->kind < RT_JSON_LIST) return at->kind == RT_JSON_TRUE;
  if (at->count > RT_MOST_ITEMS) return true;
  for (uint32_t each = at->first; each; each = rt_value(reader, each)->next)
    if (tells_something(reader, each) && !is_replaced(reader, each)) return true;
  return false;
}

/* ---- members by their roles ------------------------------------------------------------------------------------------------------ */

/* The members whose keys have a role. Of several with the very same key the last one counts, as in any table. */
static size_t find_told(rt_reader *reader, uint32_t table) {
  uint64_t seen[RT_MOST_NAMES / 64] = {0};
  size_t count = 0;
  for (uint32_t member = rt_value(reader, table)->first; member; member = rt_value(reader, member)->next) {
    rt_slice key = rt_key_of(reader, member);
    unsigned place = key.data ? rt_key_place(&reader->keys, key) : 0;
    if (!place) continue;
    if (seen[place / 64] >> place % 64 & 1) {
      rt_told_member *earlier = &reader->told[reader->told_of[place]];
      rt_slice other = rt_key_of(reader, earlier->value);
      if (other.length == key.length && memcmp(other.data, key.data, key.length) == 0) {
        earlier->value = member;
        continue;
      }
    }
    if (count == RT_MOST_TOLD) continue;
    seen[place / 64] |= UINT64_C(1) << place % 64;
    reader->told_of[place] = (uint8_t)count;
    reader->told[count].place = (uint16_t)place;
    reader->told[count++].value = member;
  }
  return count;
}

static void add_kid(rt_reader *reader, rt_saying *saying, uint32_t value, rt_slot slot, uint8_t rank) {
  bool is_error = slot == RT_SLOT_ERROR && is_error_value(reader, value);
  if (is_error) saying->has_error = true;
  if (saying->kid_count == RT_MOST_KIDS) return;
  rt_kid kid = {value, slot, rank, is_error};
  saying->kids[saying->kid_count++] = kid;
}

/* Whether a value can be what its role wants. */
static bool fits(const rt_json_value *at, rt_slot slot) {
  bool is_words = at->kind == RT_JSON_STRING && at->length > 0;
  if (slot == RT_SLOT_CODE) return is_words || at->kind == RT_JSON_NUMBER;
  return (slot != RT_SLOT_MESSAGE && slot != RT_SLOT_TYPE) || is_words;
}

/* Tencent's "ErrorMsg" and others' "errmsg" may hold a whole error; a "message" that is a table may be an answer's. */
static rt_slot slot_of(rt_reader *reader, uint32_t value, const rt_name *name) {
  if (name->meaning != RT_SLOT_MESSAGE || rt_value(reader, value)->kind < RT_JSON_LIST) return (rt_slot)name->meaning;
  rt_slice key = rt_key_of(reader, value);
  rt_slice start = {key.data, key.length < 3 ? key.length : 3};
  return rt_text_is(start, "err") ? RT_SLOT_ERROR : RT_SLOT_MESSAGE;
}

void rt_say(rt_reader *reader, uint32_t table, unsigned depth, rt_saying *saying) {
  memset(saying->values, 0xff, sizeof saying->values); /* RT_JSON_NONE each */
  memset(saying->ranks, 0xff, sizeof saying->ranks);
  saying->kids = reader->kids[depth];
  saying->kid_count = 0;
  saying->has_error = false;
  size_t count = rt_value(reader, table)->kind == RT_JSON_TABLE ? find_told(reader, table) : 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t value = reader->told[i].value;
    const rt_name *name = &reader->keys.list[reader->told[i].place];
    const rt_json_value *at = rt_value(reader, value);
    rt_slot slot = slot_of(reader, value, name);
    if (at->kind == RT_JSON_NULL) continue;
    bool may_hold = slot == RT_SLOT_MESSAGE || slot == RT_SLOT_CODE || slot == RT_SLOT_STATE;
    if (slot == RT_SLOT_ERROR || slot == RT_SLOT_DETAIL || slot == RT_SLOT_INSIDE || (may_hold && at->kind >= RT_JSON_LIST))
      add_kid(reader, saying, value, slot, name->rank);
    else if (name->rank < saying->ranks[slot] && fits(at, slot)) {
      saying->values[slot] = value;
      saying->ranks[slot] = name->rank;
    }
  }
  uint32_t state = saying->values[RT_SLOT_STATE];
  saying->code = rt_text_of(reader, saying->values[RT_SLOT_CODE]);
  saying->message = rt_text_of(reader, saying->values[RT_SLOT_MESSAGE]);
  saying->type = rt_text_of(reader, saying->values[RT_SLOT_TYPE]);
  bool is_text = state != RT_JSON_NONE && rt_value(reader, state)->kind == RT_JSON_STRING;
  saying->state = is_text ? rt_json_text(reader->json, state) : rt_no_text();
  saying->word = is_text ? rt_state_of(&reader->states, saying->state) : RT_STATE_OTHER;
  /* DashScope's tasks are gone after a day; elsewhere an unknown state may become another one */
  if (saying->word == RT_STATE_OTHER && is_text && rt_slice_is(saying->state, "UNKNOWN") && rt_key_is(reader, state, "task_status"))
    saying->word = RT_STATE_LOST;
}

/* ---- the error a table makes ------------------------------------------------------------------------------------------------------ */

static rt_slice join(rt_reader *reader, rt_slice first, rt_slice second) {
  rt_slice joined = {NULL, 0};
  char *kept = rt_json_keep(reader->json, first.length + second.length);
  if (!kept || !first.data) return joined;
  memcpy(kept, first.data, first.length);
  memcpy(kept + first.length, second.data, second.length);
  joined.data = kept;
  joined.length = first.length + second.length;
  return joined;
}

/* What stands behind the last byte of that kind; the whole text where there is none. */
static rt_slice behind_last(rt_slice text, char mark) {
  const char *last = memrchr(text.data, mark, text.length);
  if (!last) return text;
  rt_slice rest = {last + 1, (size_t)(text.data + text.length - last - 1)};
  return rest;
}

/* "https://docs.example/errors/idempotency-conflict", "com.amazonaws.bedrock#ThrottlingException:http://...": the name in it. */
static rt_slice short_type(rt_slice name) {
  if (memchr(name.data, '#', name.length)) {
    name = behind_last(name, '#');
    const char *colon = memchr(name.data, ':', name.length);
    if (colon) name.length = (size_t)(colon - name.data);
  }
  if (rt_text_holds(name, "://")) {
    while (name.length > 0 && (name.data[name.length - 1] == '/' || name.data[name.length - 1] == '?')) name.length--;
    name = behind_last(name, '/');
  }
  if (name.length == 0 || rt_slice_is(name, "about:blank") || rt_text_holds(name, "type.googleapis.com")) return rt_no_text();
  return name;
}

/* The code, with what the state says of it. */
static rt_slice code_with_state(rt_reader *reader, const rt_saying *saying) {
  rt_slice code = saying->code;
  bool is_weak = !code.data || rt_is_numeric(code);
  /* the name of a google.rpc code says more than its number */
  bool has_name = saying->word != RT_STATE_FAILED && saying->word != RT_STATE_WELL && saying->word != RT_STATE_LOST;
  if (saying->state.data && has_name) return is_weak ? saying->state : code;
  uint32_t state = saying->values[RT_SLOT_STATE];
  bool is_number = state != RT_JSON_NONE && rt_value(reader, state)->kind == RT_JSON_NUMBER && !rt_key_is(reader, state, "successFlag");
  if (!code.data && is_number) return rt_text_of(reader, state);
  return code;
}

rt_finding rt_own_finding(rt_reader *reader, const rt_saying *saying, rt_slice message, bool has_state) {
  static const rt_slice dot = {".", 1}, moderation = {"moderation.", 11};
  rt_finding own = {saying->code, saying->type, message, rt_no_text(), rt_no_text(), 0};
  if (has_state) own.code = code_with_state(reader, saying);
  if (own.code.data && rt_is_fine_code(own.code)) own.code = rt_no_text();
  if (own.type.data) own.type = short_type(own.type);
  rt_slice reason = rt_text_of(reader, saying->values[RT_SLOT_REASON]);
  if (reason.data && rt_is_name(reason)) {
    if (!own.code.data || rt_is_numeric(own.code))
      own.code = reason;
    else
      own.type = own.type.data ? join(reader, join(reader, own.type, dot), reason) : reason;
  } else if (reason.data && !message.data)
    own.message = reason;
  rt_slice stage = rt_text_of(reader, saying->values[RT_SLOT_STAGE]);
  if (stage.data) own.type = join(reader, moderation, stage);
  return own;
}

/* ---- fields ---------------------------------------------------------------------------------------------------------------------- */

/* One step of a path, appended to what there is: `out` is NULL while its length is counted. The length with it. */
static size_t add_step(rt_slice step, bool is_index, char *out, size_t length) {
  size_t before = is_index ? 1 : length > 0 && step.data[0] != '[' && step.data[0] != '.';
  if (out) {
    if (before) out[length] = is_index ? '[' : '.';
    memcpy(out + length + before, step.data, step.length);
    if (is_index) out[length + before + step.length] = ']';
  }
  return length + before + step.length + is_index;
}

/* { parameter = { "width", "height" } } names two of them: "width, height"; what holds the steps to one is called otherwise. */
static size_t add_parameters(rt_reader *reader, uint32_t list, char *out) {
  size_t length = 0;
  unsigned index = 0;
  for (uint32_t each = rt_value(reader, list)->first; each && index < 16; each = rt_value(reader, each)->next, index++) {
    rt_slice name = rt_text_of(reader, each);
    if (!name.data) continue;
    if (out && length > 0) memcpy(out + length, ", ", 2);
    length += length > 0 ? 2 : 0;
    if (out) memcpy(out + length, name.data, name.length);
    length += name.length;
  }
  return length;
}

static size_t add_steps(rt_reader *reader, uint32_t list, char *out) {
  size_t length = 0;
  unsigned index = 0;
  if (rt_key_is(reader, list, "parameter")) return add_parameters(reader, list, out);
  bool is_longer = rt_value(reader, list)->count > 1;
  for (uint32_t part = rt_value(reader, list)->first; part && index < 16; part = rt_value(reader, part)->next, index++) {
    rt_slice step = rt_text_of(reader, part);
    if (!step.data) continue;
    bool is_index = rt_value(reader, part)->kind == RT_JSON_NUMBER;
    if (!is_index && index == 0 && is_longer && (rt_slice_is(step, "body") || rt_slice_is(step, "query"))) continue;
    length = add_step(step, is_index, out, length);
  }
  return length;
}

/* "#/textToImage/text": "textToImage.text" */
static rt_slice from_pointer(rt_reader *reader, rt_slice text) {
  size_t start = text.data[0] == '#' ? 2 : 1;
  if (text.length < start || text.data[start - 1] != '/') return text;
  rt_slice path = {NULL, text.length - start};
  char *kept = path.length > 0 ? rt_json_keep(reader->json, path.length) : NULL;
  if (!kept) return rt_no_text();
  for (size_t i = 0; i < path.length; i++) kept[i] = text.data[start + i] == '/' ? '.' : text.data[start + i];
  path.data = kept;
  return path;
}

rt_slice rt_path_below(rt_reader *reader, rt_slice around, rt_slice field) {
  static const rt_slice dot = {".", 1};
  return join(reader, field.data[0] == '[' ? around : join(reader, around, dot), field);
}

rt_slice rt_path_of(rt_reader *reader, uint32_t value) {
  rt_slice path = {NULL, 0};
  if (value == RT_JSON_NONE || rt_value(reader, value)->kind == RT_JSON_TABLE) return path;
  if (rt_value(reader, value)->kind == RT_JSON_LIST) {
    size_t length = add_steps(reader, value, NULL);
    char *kept = length > 0 ? rt_json_keep(reader->json, length) : NULL;
    if (!kept) return path;
    path.data = kept;
    path.length = add_steps(reader, value, kept);
    return path;
  }
  path = rt_text_of(reader, value);
  if (!path.data || path.length > 200) return rt_no_text();
  path = from_pointer(reader, path);
  return path.data && rt_slice_is(path, "$") ? rt_no_text() : path;
}

/* ---- times to wait --------------------------------------------------------------------------------------------------------------- */

/* Seconds, from a number, a span ("30s", "1m30s"), or a time. */
static double span_or_time(rt_reader *reader, uint32_t value) {
  double number;
  if (rt_value(reader, value)->kind == RT_JSON_TABLE) value = rt_member(reader, value, "seconds"); /* google.protobuf.Duration */
  if (value == RT_JSON_NONE) return -1;
  if (rt_value(reader, value)->kind == RT_JSON_STRING) return rt_wait_span_or_time(rt_json_text(reader->json, value), reader->now);
  return rt_json_number(reader->json, value, &number) ? rt_wait_of_number(number, reader->now) : -1;
}

static double until(rt_reader *reader, uint32_t value) {
  double number;
  if (rt_json_number(reader->json, value, &number)) return rt_wait_until_number(number, reader->now);
  return rt_value(reader, value)->kind == RT_JSON_STRING ? rt_wait_until(rt_json_text(reader->json, value), reader->now) : -1;
}

static double longer(double wait, double other) {
  if (!(other >= 0 && other < 1e9)) return wait;
  return other > wait && other > 0 ? other : wait > 0 ? wait : 0; /* never -0 */
}

double rt_wait_said(rt_reader *reader, const rt_saying *saying) {
  double wait = -1, number;
  const uint32_t *values = saying->values;
  if (values[RT_SLOT_RETRY] != RT_JSON_NONE) wait = longer(wait, span_or_time(reader, values[RT_SLOT_RETRY]));
  /* how long a model takes to load, beside the error that says so; a task's is no time to wait after it failed */
  bool is_estimate = values[RT_SLOT_ESTIMATE] != RT_JSON_NONE && saying->word == RT_STATE_OTHER && (saying->has_error || saying->message.data);
  if (is_estimate) wait = longer(wait, span_or_time(reader, values[RT_SLOT_ESTIMATE]));
  if (values[RT_SLOT_RETRY_MS] != RT_JSON_NONE && rt_json_number(reader->json, values[RT_SLOT_RETRY_MS], &number))
    wait = longer(wait, number / 1000);
  if (values[RT_SLOT_RESET] != RT_JSON_NONE) wait = longer(wait, until(reader, values[RT_SLOT_RESET]));
  return wait;
}
