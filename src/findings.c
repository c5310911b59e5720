#include "findings.h"

#include "memory.h"
#include "page.h"
#include "reader.h"
#include "words.h"

/* No error is as long as this: a refusal that is gets read by the words at its start. */
#define LONGEST_REFUSAL (256 * 1024)

rt_reader *rt_reader_new(void) {
  rt_reader *reader = rt_calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->json = rt_json_new();
  rt_names_of_keys(&reader->keys);
  rt_names_of_states(&reader->states);
  if (reader->json) return reader;
  rt_free(reader);
  return NULL;
}

void rt_reader_free(rt_reader *reader) {
  if (!reader) return;
  rt_json_free(reader->json);
  rt_free(reader);
}

rt_json *rt_reader_json(rt_reader *reader) {
  return reader->json;
}

/* What is added next is of there. */
static void go_to(rt_reader *reader, rt_slice owner, uint32_t table, rt_slice path) {
  reader->owner = owner;
  reader->table = table;
  reader->path_length = 0;
  rt_go_below(reader, path);
}

static void begin(rt_reader *reader, bool refused) {
  reader->tables_read = reader->text_level = 0;
  reader->ending_count = 0;
  reader->refused = refused;
  reader->tells_of_task = reader->is_well = reader->finished_well = false;
  reader->field = rt_no_text();
  go_to(reader, rt_no_text(), RT_JSON_NONE, rt_no_text());
}

void rt_findings_clear(rt_findings *findings) {
  findings->count = 0;
  findings->retry_after = findings->advised = findings->midnight = -1;
  findings->request_id = findings->task_id = rt_no_text();
  findings->state = RT_TOLD_NOTHING;
  findings->is_json = findings->is_text = false;
  findings->root = RT_JSON_NONE;
}

/* ---- tables ---------------------------------------------------------------------------------------------------------------------- */

/* Whether an answer is about a task, or holds what one made. */
static bool tells_of_task(rt_reader *reader, uint32_t body) {
  static const rt_slice keys[] = {{"id", 2},   {"status", 6}, {"data", 4},    {"output", 6}, {"task_id", 7}, {"taskId", 6}, {"url", 3},
                                  {"urls", 4}, {"result", 6}, {"results", 7}, {"images", 6}, {"videos", 6},  {"state", 5}};
  if (rt_value(reader, body)->kind != RT_JSON_TABLE) return false;
  for (uint32_t member = rt_value(reader, body)->first; member; member = rt_value(reader, member)->next) {
    rt_slice key = rt_json_key(reader->json, member);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      if (key.length == keys[i].length && memcmp(key.data, keys[i].data, key.length) == 0) return true;
  }
  return false;
}

/* The text of a body that is all an answer says. A value of false is as good as none. */
static uint32_t only_words(rt_reader *reader, uint32_t body, const rt_saying *saying) {
  static const char *const keys[] = {"detail", "error", "details"};
  uint32_t said = saying->values[RT_SLOT_MESSAGE];
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (said != RT_JSON_NONE && rt_value(reader, said)->kind != RT_JSON_FALSE) return said;
    said = rt_member(reader, body, keys[i]);
  }
  return said;
}

/* A body of nothing but words is an error, one of words beside an id or a result is none. */
static void read_words_alone(rt_reader *reader, rt_findings *findings, uint32_t body) {
  rt_saying saying;
  rt_say(reader, body, 0, &saying);
  if (rt_is_true(reader, saying.values[RT_SLOT_SUCCESS])) return;
  uint32_t said = only_words(reader, body, &saying);
  if (said == RT_JSON_NONE) return;
  bool is_message = said == saying.values[RT_SLOT_MESSAGE];
  go_to(reader, rt_text_of(reader, saying.values[RT_SLOT_TASK_ID]), body, is_message ? rt_no_text() : rt_key_of(reader, said));
  rt_slice text = rt_text_of(reader, said);
  if (rt_value(reader, said)->kind >= RT_JSON_LIST)
    rt_read_child(reader, findings, said, 0, true, RT_JSON_NONE);
  else if (text.data && !rt_says_success(text)) {
    rt_finding own = rt_own_finding(reader, &saying, text, false);
    own.field = rt_path_of(reader, saying.values[RT_SLOT_FIELD]);
    rt_add_finding(reader, findings, own, 0);
  }
}

/* The errors in a decoded body, the outermost first. */
static void read_body(rt_reader *reader, rt_findings *findings, uint32_t body, int status) {
  begin(reader, status >= 400);
  if (!reader->refused) reader->tells_of_task = tells_of_task(reader, body);
  rt_read_table(reader, findings, body, 0, reader->refused, RT_JSON_NONE);
  size_t endings = reader->finished_well ? 0 : reader->ending_count; /* not those inside of their own texts */
  for (size_t i = 0; i < endings; i++) {
    const rt_ending *ending = &reader->endings[i];
    go_to(reader, ending->owner, ending->table, ending->finding.from);
    rt_add_finding(reader, findings, ending->finding, 0);
  }
  if (findings->count == 0 && !reader->is_well && !reader->tells_of_task) read_words_alone(reader, findings, body);
  if (findings->state == RT_TOLD_NOTHING || findings->task_id.data) return;
  uint32_t id = rt_member(reader, body, "id");
  if (id != RT_JSON_NONE && rt_value(reader, id)->kind == RT_JSON_STRING) findings->task_id = rt_json_text(reader->json, id);
}

/* ---- texts ------------------------------------------------------------------------------------------------------------------------ */

static size_t skip_spaces(rt_slice text) {
  size_t at = 0;
  while (at < text.length && rt_is_space(text.data[at])) at++;
  return at;
}

static rt_slice trimmed(rt_slice text) {
  size_t start = skip_spaces(text);
  text.data += start;
  text.length -= start;
  while (text.length > 0 && rt_is_space(text.data[text.length - 1])) text.length--;
  return text;
}

/* Whether the first byte that is no blank is among these. */
static bool opens_with(rt_slice text, const char *bytes) {
  size_t start = skip_spaces(text);
  return start < text.length && text.data[start] && strchr(bytes, text.data[start]);
}

/* JSON that goes on as JSON does: no "[2026-01-25 21:40:39] error". */
static bool looks_cut(rt_slice text) {
  if (!opens_with(text, "{[")) return false;
  size_t start = skip_spaces(text);
  rt_slice rest = {text.data + start + 1, text.length - start - 1};
  return rest.length == skip_spaces(rest) || opens_with(rest, "{}[]\"");
}

static bool is_page(rt_slice text) {
  size_t start = skip_spaces(text);
  if (start + 1 >= text.length || text.data[start] != '<') return false;
  char next = rt_lower(text.data[start + 1]);
  return next == '!' || next == '?' || (next >= 'a' && next <= 'z');
}

static rt_finding told(const char *type, rt_slice message) {
  rt_finding finding = {rt_no_text(), rt_slice_of(type), message, rt_no_text(), rt_no_text(), 0};
  return finding;
}

/* A page meant for a browser; what looks like JSON in it is none. */
static void read_page(rt_reader *reader, rt_findings *findings, rt_slice page) {
  char *kept = rt_json_keep(reader->json, RT_PAGE_KEPT);
  rt_slice message = {kept, 0}, code;
  if (!kept || !rt_page_words(page, kept, RT_PAGE_KEPT, &message.length, &code)) return;
  rt_finding finding = told("html", message);
  finding.code = code.data ? code : rt_words_code(message);
  rt_append_finding(reader, findings, finding);
}

/* One event of a stream: an answer of its own, or words. */
static void read_event(rt_reader *reader, rt_findings *findings, rt_slice data, int status) {
  uint32_t mark = reader->json->count, root = rt_json_read(reader->json, data);
  if (root != RT_JSON_NONE && rt_value(reader, root)->kind >= RT_JSON_LIST) {
    rt_findings *event = &reader->event;
    rt_findings_clear(event);
    read_body(reader, event, root, status);
    for (size_t i = 0; i < event->count; i++) {
      go_to(reader, event->owner[i], RT_JSON_NONE, event->list[i].from); /* its values are given up */
      rt_add_finding(reader, findings, event->list[i], RT_DEEPEST_TEXT);
    }
  } else if (data.length > skip_spaces(data) && !(data.length >= 6 && memcmp(data.data, "[DONE]", 6) == 0)) {
    rt_finding words = {rt_no_text(), rt_no_text(), data, rt_no_text(), rt_no_text(), 0};
    go_to(reader, rt_no_text(), RT_JSON_NONE, rt_no_text());
    rt_add_finding(reader, findings, words, 0);
  }
  reader->json->count = mark; /* findings are texts: the values have served */
}

/* The errors in a body that is no JSON: a page, a stream of events, lines of text, JSON within words. */
static void read_text(rt_reader *reader, rt_findings *findings, rt_slice text, int status) {
  begin(reader, true);
  if (text.length > RT_NESTED_READ) text.length = RT_NESTED_READ;
  /* JSON cut short under a good status: its words are those of an answer, not of an error */
  if (status >= 200 && status < 300 && looks_cut(text)) {
    rt_append_finding(reader, findings, told("text", rt_slice_of("the answer is no JSON, or only the start of it")));
    return;
  }
  if (is_page(text)) {
    read_page(reader, findings, text);
    return;
  }
  size_t at = 0, lines = 0;
  rt_slice data;
  while (findings->count < RT_MOST_FINDINGS && rt_next_event(text, &at, &lines, &data)) read_event(reader, findings, data, status);
  if (findings->count > 0 || rt_is_stream(text)) return;
  text = trimmed(text);
  if (text.length > 0) rt_add_finding(reader, findings, told("text", text), 0);
}

/* ---- bodies ----------------------------------------------------------------------------------------------------------------------- */

/* Reads a body as JSON where it is that, or JSON as a JSON string; else `text` is what it says. */
static uint32_t decode(rt_reader *reader, rt_slice body, rt_slice *text) {
  *text = body;
  if (!opens_with(body, "{[\"")) return RT_JSON_NONE;
  size_t start = skip_spaces(body);
  uint32_t root = rt_json_read(reader->json, body);
  if (root == RT_JSON_NONE || body.data[start] != '"') return root;
  *text = rt_json_text(reader->json, root);
  root = opens_with(*text, "{[") ? rt_json_read(reader->json, *text) : RT_JSON_NONE;
  return root;
}

bool rt_find_errors(rt_reader *reader, rt_slice body, int status, unsigned operation, double now, rt_findings *out) {
  rt_slice text = body;
  bool is_file = status < 300 && operation & (RT_DOWNLOAD | RT_ASSET);
  rt_json_clear(reader->json);
  reader->now = now;
  reader->spare = NULL;
  reader->spare_size = 0;
  rt_findings_clear(out);
  if (body.length == 0) return true;
  if (status < 400 || body.length <= LONGEST_REFUSAL) out->root = decode(reader, body, &text);
  out->is_json = out->root != RT_JSON_NONE;
  out->is_text = !out->is_json;
  if (out->is_json)
    read_body(reader, out, out->root, status);
  else if (text.data && !is_file) /* text beside a success is an error only where an answer of the API is due */
    read_text(reader, out, text, status);
  return !rt_json_is_short(reader->json);
}
