#include "reader.h"
#include "waits.h"
#include "words.h"

/* ---- findings -------------------------------------------------------------------------------------------------------------------- */

rt_slice rt_path_here(rt_reader *reader) {
  char *kept = reader->path_length ? rt_json_keep(reader->json, reader->path_length) : NULL;
  rt_slice path = {kept, kept ? reader->path_length : 0};
  if (kept) memcpy(kept, reader->path, path.length);
  return path;
}

size_t rt_go_below(rt_reader *reader, rt_slice key) {
  size_t before = reader->path_length;
  if (key.length == 0 || key.length + 1 > sizeof reader->path - before) return before;
  if (before) reader->path[reader->path_length++] = '.';
  memcpy(reader->path + reader->path_length, key.data, key.length);
  reader->path_length += key.length;
  return before;
}

void rt_append_finding(rt_reader *reader, rt_findings *findings, rt_finding finding) {
  if (findings->count == RT_MOST_FINDINGS) return;
  finding.from = rt_path_here(reader);
  findings->owner[findings->count] = reader->owner;
  findings->table[findings->count] = reader->table;
  findings->list[findings->count++] = finding;
}

static rt_finding worded(rt_slice message) {
  rt_finding finding = {rt_no_text(), rt_no_text(), message, rt_no_text(), rt_no_text(), 0};
  return finding;
}

/* ---- JSON inside of texts ---------------------------------------------------------------------------------------------------------- */

static bool is_quote(char byte) {
  return byte == '"' || byte == '\'';
}

/* Where JSON may begin: a bracket, and after blanks another one, a quote or a backslash; the text's length where it does not. */
static size_t nested_start(rt_slice said) {
  size_t at = 0;
  while (at < said.length) {
    if (said.data[at] != '{' && said.data[at] != '[') {
      at++;
      continue;
    }
    size_t next = at + 1;
    while (next < said.length && rt_is_space(said.data[next])) next++;
    if (next == said.length) return next;
    char first = said.data[next];
    if (first == '{' || is_quote(first) || first == '\\') return at;
    at = next;
  }
  return at;
}

/* A copy with \" as "; room that was not needed before is used again. */
static rt_slice without_backslashes(rt_reader *reader, rt_slice said) {
  rt_slice out = {NULL, 0};
  if (reader->spare_size < said.length) {
    reader->spare = rt_json_keep(reader->json, said.length);
    reader->spare_size = reader->spare ? said.length : 0;
    if (!reader->spare) return out;
  }
  for (size_t i = 0; i < said.length; i++) {
    if (said.data[i] == '\\' && i + 1 < said.length && said.data[i + 1] == '"') i++;
    reader->spare[out.length++] = said.data[i];
  }
  out.data = reader->spare;
  return out;
}

static uint32_t read_json(rt_reader *reader, rt_slice said) {
  uint32_t root = rt_json_read(reader->json, said);
  return root != RT_JSON_NONE && rt_value(reader, root)->kind >= RT_JSON_LIST ? root : RT_JSON_NONE;
}

static uint32_t decode_nested(rt_reader *reader, rt_slice said) {
  uint32_t root = read_json(reader, said);
  if (root != RT_JSON_NONE || !rt_text_holds(said, "\\\"")) return root;
  said = without_backslashes(reader, said);
  root = read_json(reader, said);
  if (root != RT_JSON_NONE) { /* what is found in it stays there */
    reader->spare = NULL;
    reader->spare_size = 0;
  }
  return root;
}

/* What may follow a label. */
typedef enum form { ANY_NAME, QUOTED_NAME, QUOTED_CONSTANT } form;

static bool is_of_name(char byte, form wanted) {
  if (wanted == QUOTED_CONSTANT) return (byte >= 'A' && byte <= 'Z') || byte == '_';
  char small = rt_lower(byte);
  return (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') || small == '_' || small == '.' || small == '-';
}

/* What follows a label, from behind it: `\": \"name`. */
static rt_slice value_behind(rt_slice text, size_t at, form wanted) {
  const char *data = text.data;
  size_t end = text.length;
  rt_slice value = {NULL, 0};
  if (at < end && data[at] == '\\') at++;
  if (at == end || !is_quote(data[at++])) return value;
  while (at < end && rt_is_space(data[at])) at++;
  if (at == end || data[at++] != ':') return value;
  while (at < end && rt_is_space(data[at])) at++;
  if (at < end && data[at] == '\\') at++;
  if (at < end && is_quote(data[at]))
    at++;
  else if (wanted != ANY_NAME)
    return value;
  size_t start = at;
  while (at < end && is_of_name(data[at], wanted)) at++;
  if (at == start) return value;
  value.data = data + start;
  value.length = at - start;
  return value;
}

static rt_slice labelled(rt_slice text, const char *label, form wanted) {
  size_t length = strlen(label), at = 0;
  rt_slice value = {NULL, 0};
  while (!value.data && at < text.length) {
    const char *found = memmem(text.data + at, text.length - at, label, length);
    if (!found) break;
    at = (size_t)(found - text.data) + length;
    if (found > text.data && is_quote(found[-1])) value = value_behind(text, at, wanted);
  }
  return value;
}

/* What can be told of JSON that is cut short or not quite JSON (Python's way to print it). */
static void read_broken(rt_reader *reader, rt_findings *findings, rt_slice said) {
  if (said.length > 4096) said.length = 4096;
  rt_finding finding = worded(rt_no_text());
  finding.code = labelled(said, "code", ANY_NAME);
  if (!finding.code.data) finding.code = labelled(said, "status", QUOTED_CONSTANT);
  finding.type = labelled(said, "type", QUOTED_NAME);
  if (!finding.code.data && !finding.type.data) return;
  if (!finding.type.data) finding.type = rt_slice_of("nested");
  rt_append_finding(reader, findings, finding);
}

/* JSON inside of a text. */
static void read_nested(rt_reader *reader, rt_findings *findings, rt_slice said, unsigned depth) {
  size_t from = nested_start(said);
  if (from == said.length || reader->text_level >= RT_DEEPEST_TEXT) return;
  reader->text_level++;
  rt_slice inside = {said.data + from, said.length - from};
  if (inside.length > RT_NESTED_READ + 1) inside.length = RT_NESTED_READ + 1;
  rt_slice whole = inside;
  while (whole.length > 0 && whole.data[whole.length - 1] != '}' && whole.data[whole.length - 1] != ']') whole.length--;
  uint32_t mark = reader->json->count, root = whole.length > 0 ? decode_nested(reader, whole) : RT_JSON_NONE;
  if (root != RT_JSON_NONE)
    rt_read_table(reader, findings, root, depth + 1, true, RT_JSON_NONE);
  else
    read_broken(reader, findings, inside);
  reader->json->count = mark; /* findings are texts: the values have served */
  reader->text_level--;
}

void rt_add_finding(rt_reader *reader, rt_findings *findings, rt_finding finding, unsigned depth) {
  rt_slice message = finding.message;
  if (findings->count == RT_MOST_FINDINGS) return;
  bool is_key = rt_slice_is(finding.type, "filtered"); /* of a flag, such as is_image_safe */
  if (message.data && !finding.code.data && !is_key) finding.code = rt_words_code(message);
  size_t place = findings->count;
  rt_append_finding(reader, findings, finding);
  if (message.length > 0 && (memchr(message.data, '{', message.length) || rt_text_holds(message, "[\"")))
    read_nested(reader, findings, message, depth);
  /* "Error: 502 {...}": what the JSON says is told once, and its keys are no words */
  for (size_t i = place + 1; i < findings->count && !findings->list[place].own_words; i++)
    if (findings->list[i].message.data) findings->list[place].own_words = nested_start(message) + 1; /* the bracket is no word */
}

/* ---- what is inside of a table ------------------------------------------------------------------------------------------------------ */

static void read_list(rt_reader *reader, rt_findings *findings, uint32_t list, unsigned depth, bool erring, uint32_t origin) {
  unsigned index = 0;
  for (uint32_t item = rt_value(reader, list)->first; item && index < RT_MOST_ITEMS; item = rt_value(reader, item)->next, index++) {
    rt_json_kind kind = (rt_json_kind)rt_value(reader, item)->kind;
    rt_slice text = kind == RT_JSON_STRING && erring ? rt_text_of(reader, item) : rt_no_text();
    if (kind >= RT_JSON_LIST)
      rt_read_table(reader, findings, item, depth + 1, erring, origin);
    else if (text.data)
      rt_add_finding(reader, findings, worded(text), depth);
  }
}

static int compare_texts(rt_slice a, rt_slice b) {
  size_t shorter = a.length < b.length ? a.length : b.length;
  int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
  return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* Puts a member of that name where it belongs among `count` others, or in the place of its namesake; how many there are then. */
static size_t put_field(rt_reader *reader, uint32_t *fields, size_t count, uint32_t member, rt_slice name) {
  size_t at = count;
  int order = 1;
  while (at > 0 && (order = compare_texts(rt_key_of(reader, fields[at - 1]), name)) > 0) at--;
  if (at > 0 && order == 0) {
    fields[at - 1] = member;
    return count;
  }
  if (count == RT_MOST_ITEMS) return count;
  memmove(fields + at + 1, fields + at, (count - at) * sizeof *fields);
  fields[at] = member;
  return count + 1;
}

/* One of several errors that have names: { node_errors = { upscale = { message = "..." } } }. Other tables in an error are none. */
static void read_named(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth) {
  rt_saying saying;
  if (depth >= RT_DEEPEST_TABLE) return;
  rt_say(reader, table, depth + 1, &saying);
  if (!saying.message.data) return;
  size_t path_length = rt_go_below(reader, rt_key_of(reader, table));
  rt_read_table(reader, findings, table, depth + 1, true, RT_JSON_NONE);
  reader->path_length = path_length;
}

/* A map of fields to what is wrong with each: "prompt": ["is required"]. */
static void read_fields(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth) {
  uint32_t fields[RT_MOST_ITEMS];
  size_t count = 0;
  if (rt_value(reader, table)->kind != RT_JSON_TABLE) return;
  for (uint32_t member = rt_value(reader, table)->first; member; member = rt_value(reader, member)->next) {
    rt_slice name = rt_key_of(reader, member);
    if (name.data && !rt_is_no_field(name)) count = put_field(reader, fields, count, member, name);
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t value = fields[i];
    rt_json_kind kind = (rt_json_kind)rt_value(reader, value)->kind;
    if (kind == RT_JSON_TABLE) {
      read_named(reader, findings, value, depth);
      continue;
    }
    if (kind == RT_JSON_LIST) value = rt_value(reader, value)->first;
    if (kind == RT_JSON_LIST && !value) continue;
    kind = (rt_json_kind)rt_value(reader, value)->kind;
    rt_finding finding = worded(kind == RT_JSON_STRING ? rt_text_of(reader, value) : rt_no_text());
    finding.field = rt_key_of(reader, fields[i]);
    size_t path_length = rt_go_below(reader, finding.field);
    if (kind >= RT_JSON_LIST)
      rt_read_table(reader, findings, value, depth + 1, true, RT_JSON_NONE);
    else if (finding.message.data)
      rt_add_finding(reader, findings, finding, depth);
    reader->path_length = path_length;
  }
}

/* A text that is a code by its looks: one word, and not one of small letters alone. */
static bool looks_like_code(rt_slice text) {
  bool is_plain = true;
  if (text.length > 64 || rt_lower(text.data[0]) < 'a' || rt_lower(text.data[0]) > 'z') return false;
  for (size_t i = 0; i < text.length; i++) {
    if (!is_of_name(text.data[i], ANY_NAME)) return false;
    is_plain = is_plain && text.data[i] >= 'a' && text.data[i] <= 'z';
  }
  return !is_plain;
}

/* { "error": "invalid_token", "error_description": "..." } is one error: its code may go to what was made of the same table's words. */
static rt_finding *without_code(rt_reader *reader, rt_findings *findings) {
  rt_finding *last = findings->count > 0 ? &findings->list[findings->count - 1] : NULL;
  bool is_of_table = last && reader->text_level == 0 && reader->table != RT_JSON_NONE && findings->table[findings->count - 1] == reader->table;
  return is_of_table && !last->code.data && last->message.data ? last : NULL;
}

void rt_read_child(rt_reader *reader, rt_findings *findings, uint32_t value, unsigned depth, bool erring, uint32_t origin) {
  const rt_json_value *at = rt_value(reader, value);
  if (at->kind == RT_JSON_LIST && at->count > 0)
    read_list(reader, findings, value, depth, erring, origin);
  else if (at->kind >= RT_JSON_LIST)
    rt_read_table(reader, findings, value, depth + 1, erring, origin);
  else if (erring && at->kind == RT_JSON_STRING && at->length > 0) {
    rt_finding finding = worded(rt_text_of(reader, value));
    if (!finding.message.data) return;
    if (looks_like_code(finding.message)) {
      rt_finding *last = without_code(reader, findings);
      if (last) {
        last->code = finding.message;
        return;
      }
      finding.code = finding.message;
    }
    rt_add_finding(reader, findings, finding, depth);
  }
}

static bool comes_before(rt_reader *reader, const rt_kid *kid, const rt_kid *other) {
  if (kid->slot != other->slot) return kid->slot < other->slot;
  if (kid->rank != other->rank) return kid->rank < other->rank;
  return compare_texts(rt_key_of(reader, kid->value), rt_key_of(reader, other->value)) < 0;
}

/* By insertion: there are few of them. */
static void sort_kids(rt_reader *reader, rt_kid *kids, size_t count) {
  for (size_t i = 1; i < count; i++) {
    rt_kid kid = kids[i];
    size_t at = i;
    for (; at > 0 && comes_before(reader, &kid, &kids[at - 1]); at--) kids[at] = kids[at - 1];
    kids[at] = kid;
  }
}

static void read_kid(rt_reader *reader, rt_findings *findings, const rt_kid *kid, unsigned depth, bool erring) {
  bool is_inside = kid->slot == RT_SLOT_INSIDE;
  if (kid->slot == RT_SLOT_ERROR ? !kid->is_error : is_inside ? rt_value(reader, kid->value)->kind < RT_JSON_LIST : !erring) return;
  bool still_erring = !is_inside || (reader->refused && erring && !rt_key_is(reader, kid->value, "data"));
  size_t path_length = rt_go_below(reader, rt_key_of(reader, kid->value));
  rt_read_child(reader, findings, kid->value, depth, still_erring, kid->value);
  reader->path_length = path_length;
}

/* ---- one table ---------------------------------------------------------------------------------------------------------------------- */

static void note_ending(rt_reader *reader, rt_slice code, const char *type, rt_slice message) {
  if (reader->ending_count == RT_MOST_ENDINGS) return;
  rt_ending ending = {{code, rt_slice_of(type), message, rt_no_text(), rt_path_here(reader), 0}, reader->owner, reader->table};
  reader->endings[reader->ending_count++] = ending;
}

/* How an answer ended, or what was held back, of one reason or a list of them: { finishReason = "SAFETY" },
   { finish_reasons = { "Filter reason: prompt" } } */
static void note_reason(rt_reader *reader, uint32_t value, bool is_finish, rt_slice message) {
  if (rt_value(reader, value)->kind != RT_JSON_STRING) return;
  rt_slice reason = rt_json_text(reader->json, value);
  if (!reason.data) return;
  if (!is_finish)
    note_ending(reader, rt_no_text(), "filtered", reason);
  else if (reason.length > 0 && rt_is_fine_ending(reason))
    reader->finished_well = true;
  else if (reason.length > 0)
    note_ending(reader, reason, "finish", message);
}

static void note_reasons(rt_reader *reader, uint32_t value, bool is_finish, rt_slice message) {
  if (value == RT_JSON_NONE) return;
  if (rt_value(reader, value)->kind != RT_JSON_LIST) {
    note_reason(reader, value, is_finish, message);
    return;
  }
  unsigned index = 0;
  for (uint32_t each = rt_value(reader, value)->first; each && index < 8; each = rt_value(reader, each)->next, index++)
    note_reason(reader, each, is_finish, message);
}

/* { is_image_safe = false, url = null }: made and held back. */
static void note_safety(rt_reader *reader, uint32_t safe, uint32_t url) {
  if (rt_text_of(reader, url).data)
    reader->finished_well = true;
  else if (rt_value(reader, safe)->kind == RT_JSON_FALSE)
    note_ending(reader, rt_no_text(), "filtered", rt_key_of(reader, safe));
}

/* { status = "done", video = { respect_moderation = false } }: a task that is over, and what it made is held back. */
static void note_held_back(rt_reader *reader, const rt_saying *saying, unsigned depth) {
  rt_saying inner;
  if (depth >= RT_DEEPEST_TABLE) return;
  for (size_t i = 0; i < saying->kid_count; i++) {
    uint32_t kid = saying->kids[i].value;
    if (saying->kids[i].slot != RT_SLOT_INSIDE || rt_value(reader, kid)->kind != RT_JSON_TABLE) continue;
    rt_say(reader, kid, depth + 1, &inner);
    uint32_t safe = inner.values[RT_SLOT_SAFE];
    if (safe != RT_JSON_NONE) note_safety(reader, safe, rt_member(reader, kid, "url"));
  }
}

/* Whether there is any output: [""] and [null] stand where all was held back. */
static bool is_made(rt_reader *reader, uint32_t made) {
  const rt_json_value *at = rt_value(reader, made);
  bool is_list = at->kind == RT_JSON_LIST;
  if (is_list && at->count == 0) return false;
  if (is_list && !at->first) return true; /* more values than are kept */
  if (is_list) at = rt_value(reader, at->first);
  return at->kind == RT_JSON_STRING ? at->length > 0 : is_list && at->kind != RT_JSON_NULL;
}

/* { has_nsfw = { true } }: the same for each of what was made. */
static bool is_any_true(rt_reader *reader, uint32_t value) {
  if (rt_value(reader, value)->kind != RT_JSON_LIST) return rt_is_true(reader, value);
  unsigned index = 0;
  for (uint32_t each = rt_value(reader, value)->first; each && index < 8; each = rt_value(reader, each)->next, index++)
    if (rt_is_true(reader, each)) return true;
  return false;
}

/* What a table says beside its error. */
static void note_rest(rt_reader *reader, rt_findings *findings, uint32_t table, const rt_saying *saying) {
  rt_slice task_id = rt_text_of(reader, saying->values[RT_SLOT_TASK_ID]);
  if (task_id.data) reader->owner = task_id;
  note_reasons(reader, saying->values[RT_SLOT_FINISH], true, saying->message);
  rt_slice blocked = rt_text_of(reader, saying->values[RT_SLOT_BLOCKED]);
  if (blocked.data && !rt_text_holds(blocked, "UNSPECIFIED")) note_ending(reader, blocked, "blocked", saying->message);
  note_reasons(reader, saying->values[RT_SLOT_FILTERED], false, rt_no_text());
  uint32_t made = saying->values[RT_SLOT_MADE];
  if (made != RT_JSON_NONE && is_made(reader, made)) reader->finished_well = true;
  uint32_t safe = saying->values[RT_SLOT_SAFE];
  if (safe != RT_JSON_NONE) note_safety(reader, safe, rt_member(reader, table, "url"));
  uint32_t unsafe = saying->values[RT_SLOT_UNSAFE];
  if (unsafe != RT_JSON_NONE && is_any_true(reader, unsafe)) note_ending(reader, rt_no_text(), "filtered", rt_key_of(reader, unsafe));
  if (!findings->request_id.data) findings->request_id = rt_text_of(reader, saying->values[RT_SLOT_REQUEST_ID]);
  if (!findings->task_id.data) findings->task_id = task_id;
  double wait = rt_wait_said(reader, saying);
  if (wait > findings->retry_after) findings->retry_after = wait;
  rt_slice advice = rt_text_of(reader, saying->values[RT_SLOT_ADVICE]), zone = rt_text_of(reader, saying->values[RT_SLOT_RESET_ZONE]);
  if (advice.data && (wait = rt_wait_in(advice, reader->now)) > findings->advised) findings->advised = wait;
  if (zone.data && (wait = rt_wait_to_midnight(zone, reader->now)) > findings->midnight) findings->midnight = wait;
}

/* Whether "success" is there and denied. */
static bool is_denied(rt_reader *reader, uint32_t success) {
  double number;
  if (success == RT_JSON_NONE) return false;
  const rt_json_value *at = rt_value(reader, success);
  if (at->kind == RT_JSON_NUMBER) return rt_json_number(reader->json, success, &number) && number == 0;
  return at->kind == RT_JSON_FALSE || (at->kind == RT_JSON_STRING && rt_slice_is(rt_text_of(reader, success), "false"));
}

static bool is_succeeded(const rt_saying *saying) {
  if (saying->word != RT_STATE_WELL) return false;
  for (size_t i = 0; i + 5 <= saying->state.length; i++) {
    rt_slice part = {saying->state.data + i, 5};
    if (rt_text_is(part, "succe")) return true;
  }
  return false;
}

/* Whether a state is the number of a failure, such as an HTTP status. */
static bool is_failing_number(rt_reader *reader, const rt_saying *saying) {
  uint32_t state = saying->values[RT_SLOT_STATE];
  double number;
  if (state == RT_JSON_NONE) return false;
  if (saying->state.data) return rt_is_numeric(saying->state) && rt_number(saying->state, &number) && number >= 400 && number < 600;
  if (rt_value(reader, state)->kind != RT_JSON_NUMBER || !rt_json_number(reader->json, state, &number)) return false;
  if (rt_key_is(reader, state, "successFlag")) return number >= 2; /* 0: not yet, 1: made */
  return (number >= 400 && number < 600) || number < 0;
}

/* Whether a table outside of errors says that something failed; the word for its state where that decides. */
static bool judge(rt_reader *reader, const rt_saying *saying, rt_state_word *told) {
  /* "COMPLETED" with an error beside it is a failure (fal.ai), "succeeded" is believed */
  if (saying->has_error && !is_succeeded(saying)) return true;
  if (is_denied(reader, saying->values[RT_SLOT_SUCCESS])) return true;
  *told = saying->word;
  if (saying->word != RT_STATE_OTHER) return saying->word != RT_STATE_WELL;
  if (is_failing_number(reader, saying)) return true;
  if (!saying->code.data || rt_is_fine_code(saying->code) || (saying->message.data && rt_says_success(saying->message))) return false;
  if (rt_is_true(reader, saying->values[RT_SLOT_SUCCESS])) return false;
  return reader->refused || !reader->tells_of_task || rt_is_numeric(saying->code);
}

#define LONGEST_AROUND 256 /* it is copied for each of those below it */

/* What a validator says of each form of a union starts from the union's own place, or from the body's: { path = { "image" }, errors =
   { { { path = { 0, "uri" } } } } } */
static rt_slice place_of(rt_reader *reader, uint32_t named) {
  rt_slice field = rt_path_of(reader, named), around = reader->field;
  if (named == RT_JSON_NONE || rt_value(reader, named)->kind < RT_JSON_LIST) return field;
  if (rt_key_is(reader, named, "parameter")) return field; /* several of them, not the steps to one */
  if (!field.data) return around;
  bool is_below = around.data && around.length <= LONGEST_AROUND;
  if (is_below && field.length >= around.length && memcmp(field.data, around.data, around.length) == 0) is_below = false;
  if (is_below) field = rt_path_below(reader, around, field);
  if (field.data) reader->field = field;
  return field;
}

/* "error_type": an error's type, whatever it stands beside; a "type" may be the task's. */
static bool is_errors_own(rt_reader *reader, uint32_t type) {
  rt_slice key = type == RT_JSON_NONE ? rt_no_text() : rt_key_of(reader, type);
  rt_slice start = {key.data, key.length < 3 ? key.length : 3};
  return rt_text_is(start, "err") || rt_text_is(start, "exc");
}

/* Adds what a failed table says itself. */
static void add_own(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth, bool erring, uint32_t origin,
                    const rt_saying *saying, rt_state_word told) {
  rt_finding own = rt_own_finding(reader, saying, saying->message, true);
  if (own.message.data && !own.code.data && !own.type.data && rt_says_success(own.message)) own.message = rt_no_text();
  /* a task has a type as well: alone, or beside an error, it is none of an error */
  if (!own.code.data && !own.message.data && !erring && !is_errors_own(reader, saying->values[RT_SLOT_TYPE])) own.type = rt_no_text();
  bool is_base = origin != RT_JSON_NONE && (rt_key_is(reader, origin, "base_resp") || rt_key_is(reader, origin, "BaseResp"));
  if (is_base) own.type = rt_slice_of("base_resp");
  rt_finding *last = findings->count > 0 ? &findings->list[findings->count - 1] : NULL;
  if (own.type.data && !own.code.data && !own.message.data && depth > 0 && last && !last->type.data)
    last->type = own.type; /* { message = "...", details = { name = "UpstreamError" } } */
  else if (own.code.data || own.message.data || own.type.data) {
    own.field = place_of(reader, saying->values[RT_SLOT_FIELD]);
    rt_add_finding(reader, findings, own, depth);
  } else if (erring && saying->kid_count == 0 && told == RT_STATE_OTHER)
    read_fields(reader, findings, table, depth);
  /* problem+json: the title names the problem, the detail tells of this one */
  rt_slice title = rt_text_of(reader, saying->values[RT_SLOT_TITLE]);
  if (title.data) rt_add_finding(reader, findings, worded(title), depth);
}

/* Nothing was found where something failed: that it did. */
static void add_bare(rt_reader *reader, rt_findings *findings, rt_state_word told, unsigned depth) {
  static const char *const words[][2] = {{"refused", "refused, no reason given"},
                                         {"failed", "the task failed, no reason given"},
                                         {"cancelled", "the task was cancelled"},
                                         {"lost", "no such task"}};
  size_t index = told == RT_STATE_LOST ? 3 : told == RT_STATE_CANCELLED ? 2 : told != RT_STATE_OTHER;
  rt_finding bare = worded(rt_slice_of(words[index][1]));
  bare.type = rt_slice_of(words[index][0]);
  rt_add_finding(reader, findings, bare, depth);
}

/* { code = 1, data = { status = "processing" } }: a number that nobody explains, beside a task that is well. */
static bool is_contradicted(const rt_findings *findings, size_t before) {
  if (findings->count != before + 1) return false;
  const rt_finding *own = &findings->list[before];
  return own->code.length == 1 && rt_is_numeric(own->code) && !own->message.data && !own->type.data;
}

static void read_said(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth, bool erring, uint32_t origin) {
  rt_saying saying;
  rt_state_word told = RT_STATE_OTHER;
  rt_say(reader, table, depth, &saying);
  note_rest(reader, findings, table, &saying);
  bool failed = erring || judge(reader, &saying, &told);
  if (told == RT_STATE_WELL) {
    reader->is_well = true;
    note_held_back(reader, &saying, depth);
    return;
  }
  /* a failed task may hold an error as well, and come under a bad status */
  if (told == RT_STATE_OTHER && depth <= 3 && saying.word != RT_STATE_WELL) told = saying.word;
  if (told != RT_STATE_OTHER && told != RT_STATE_LOST) findings->state = told == RT_STATE_CANCELLED ? RT_TOLD_CANCELLED : RT_TOLD_FAILED;
  size_t before = findings->count;
  if (failed) add_own(reader, findings, table, depth, erring, origin, &saying, told);
  sort_kids(reader, saying.kids, saying.kid_count);
  for (size_t i = 0; i < saying.kid_count; i++) read_kid(reader, findings, &saying.kids[i], depth, failed);
  if (failed && depth == 0 && !reader->refused && reader->is_well && is_contradicted(findings, before)) {
    findings->count = before;
    return;
  }
  if (told != RT_STATE_OTHER && findings->count == before)
    add_bare(reader, findings, told, depth);
  else if (failed && depth == 0 && findings->count == 0 && !reader->refused)
    add_bare(reader, findings, RT_STATE_OTHER, depth); /* { success = false } */
}

void rt_read_table(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth, bool erring, uint32_t origin) {
  if (++reader->tables_read > RT_MOST_TABLES || depth > RT_DEEPEST_TABLE) return;
  const rt_json_value *at = rt_value(reader, table);
  rt_slice owner = reader->owner, field = reader->field;
  uint32_t around = reader->table;
  if (at->kind == RT_JSON_LIST && at->count > 0)
    read_list(reader, findings, table, depth, erring, origin);
  else {
    if (reader->text_level == 0) reader->table = table;
    read_said(reader, findings, table, depth, erring, origin);
  }
  reader->owner = owner;
  reader->field = field;
  reader->table = around;
}
