/* lua_classify.c: rule books as userdata, and evidence as scripts give it: classify it, or tell why it is what it is. */
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "clock.h"
#include "lua_fault.h"
#include "lua_rules.h"
#include "lua_units.h"
#include "memory.h"
#include "number.h"
#include "siblings.h"

#define BOOK "retake.rulebook"
#define READER "retake.reader"
#define MOST_HEADERS 128

typedef struct reader_box {
  rt_reader *reader;
} reader_box;

typedef struct book_box {
  rt_rulebook book;
  rt_reader *reader;
  void *lists; /* one block for all lists of the book */
  int anchor;  /* in the registry: the table whose strings and rule sets the book points into */
} book_box;

static int l_reader_gc(lua_State *L) {
  reader_box *box = luaL_checkudata(L, 1, READER);
  rt_reader_free(box->reader);
  box->reader = NULL;
  return 0;
}

static int l_book_gc(lua_State *L) {
  book_box *box = luaL_checkudata(L, 1, BOOK);
  rt_free(box->lists);
  box->lists = NULL;
  luaL_unref(L, LUA_REGISTRYINDEX, box->anchor);
  box->anchor = LUA_NOREF;
  return 0;
}

/* [-0, +1]: the one reader of this Lua state, made when it is first asked for */
static rt_reader *push_reader(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "retake.reader.shared");
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    reader_box *box = lua_newuserdata(L, sizeof *box);
    box->reader = NULL;
    rt_set_class(L, READER);
    box->reader = rt_reader_new();
    if (!box->reader) luaL_error(L, "not enough memory");
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "retake.reader.shared");
  }
  return ((reader_box *)luaL_checkudata(L, -1, READER))->reader;
}

/* ---- books ---------------------------------------------------------------------------------------------------------------------- */

/* The rule set in that field of the table at 1; NULL where there is none. [-0, +0, throws] */
static rt_rules *rules_field(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  rt_rules *rules = lua_isnil(L, -1) ? NULL : rt_check_rules(L, lua_gettop(L));
  lua_pop(L, 1);
  return rules;
}

static size_t length_of(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  size_t length = lua_istable(L, -1) ? rt_rawlen(L, -1) : 0;
  lua_pop(L, 1);
  return length;
}

/* The string at that place of the list on top; the list keeps it alive. [-0, +0, throws] */
static rt_slice string_at(lua_State *L, int place) {
  rt_slice slice;
  lua_rawgeti(L, -1, place);
  if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "rulebook: lists hold strings");
  slice.data = lua_tolstring(L, -1, &slice.length);
  lua_pop(L, 1);
  return slice;
}

static void read_strings(lua_State *L, const char *name, rt_slice *out, size_t count) {
  lua_getfield(L, 1, name);
  for (size_t i = 0; i < count; i++) out[i] = string_at(L, (int)i + 1);
  lua_pop(L, 1);
}

/* { { "min", "at least %s" }, ... } */
static void read_hints(lua_State *L, rt_hint *out, size_t count) {
  lua_getfield(L, 1, "hints");
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    if (!lua_istable(L, -1)) luaL_error(L, "rulebook: a hint is { key, words }");
    out[i].key = string_at(L, 1);
    out[i].before = out[i].after = string_at(L, 2);
    const char *mark = strstr(out[i].before.data, "%s");
    if (!mark) luaL_error(L, "rulebook: the words of a hint hold %%s");
    out[i].before.length = (size_t)(mark - out[i].before.data);
    out[i].after.data = mark + 2;
    out[i].after.length -= out[i].before.length + 2;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void read_statuses(lua_State *L, int *out, size_t count) {
  lua_getfield(L, 1, "safe_statuses");
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    out[i] = rt_status(lua_tonumber(L, -1));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* [-0, +0, throws]: the lists of the table at 1, in one block */
static void read_lists(lua_State *L, book_box *box) {
  rt_rulebook *book = &box->book;
  book->request_id_count = length_of(L, "request_id");
  book->safe_code_count = length_of(L, "safe_codes");
  book->credits_count = length_of(L, "credits");
  book->hint_count = length_of(L, "hints");
  book->safe_status_count = length_of(L, "safe_statuses");
  book->refund_word_count = length_of(L, "refund_words");
  size_t strings = book->request_id_count + book->safe_code_count + book->credits_count + book->refund_word_count;
  box->lists = rt_calloc(1, book->hint_count * sizeof(rt_hint) + strings * sizeof(rt_slice) + book->safe_status_count * sizeof(int) + 1);
  if (!box->lists) luaL_error(L, "not enough memory");
  rt_hint *hints = box->lists;
  rt_slice *slices = (rt_slice *)(hints + book->hint_count);
  int *statuses = (int *)(slices + strings);
  read_hints(L, hints, book->hint_count);
  read_strings(L, "request_id", slices, book->request_id_count);
  read_strings(L, "safe_codes", slices + book->request_id_count, book->safe_code_count);
  read_strings(L, "credits", slices + book->request_id_count + book->safe_code_count, book->credits_count);
  read_strings(L, "refund_words", slices + strings - book->refund_word_count, book->refund_word_count);
  read_statuses(L, statuses, book->safe_status_count);
  book->hints = hints;
  book->request_id = slices;
  book->safe_codes = slices + book->request_id_count;
  book->credits = book->safe_codes + book->safe_code_count;
  book->refund_words = book->credits + book->credits_count;
  book->safe_statuses = statuses;
}

static rt_slice text_field(lua_State *L, int index, const char *name) {
  rt_slice slice = {NULL, 0};
  lua_getfield(L, index, name);
  if (lua_type(L, -1) == LUA_TSTRING) slice.data = lua_tolstring(L, -1, &slice.length);
  return slice;
}

/* core.rulebook{ generic, categories, own, last, request_id, safe_codes, safe_statuses, hints, credits, tasks, task_id, calls,
   refund, refund_words, quotes } -> book   [-1, +1, throws]. The table is the book's from then on: it must not be changed. */
static int l_rulebook(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  book_box *box = lua_newuserdata(L, sizeof *box);
  memset(box, 0, sizeof *box);
  box->anchor = LUA_NOREF;
  rt_set_class(L, BOOK);
  box->book.own = rules_field(L, "own");
  box->book.last = rules_field(L, "last");
  box->book.calls = rules_field(L, "calls");
  box->book.generic = rules_field(L, "generic");
  box->book.categories = rules_field(L, "categories");
  if (!box->book.generic || !box->book.categories) return luaL_error(L, "rulebook: generic rules and categories are needed");
  read_lists(L, box);
  box->book.tasks = text_field(L, 1, "tasks"); /* the table at 1 keeps them alive */
  box->book.task_id = text_field(L, 1, "task_id");
  box->book.refund = text_field(L, 1, "refund");
  box->book.quotes = text_field(L, 1, "quotes");
  lua_settop(L, 2);
  box->reader = push_reader(L);
  lua_setfield(L, 1, "reader");
  lua_pushvalue(L, 1);
  box->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  return 1;
}

/* ---- evidence ---------------------------------------------------------------------------------------------------------------------- */

typedef struct headers {
  rt_header list[MOST_HEADERS];
  size_t count;
  char numbers[8][RT_NUMBER_ROOM]; /* values that a script gave as numbers */
  size_t number_count;
} headers;

/* "Name: value" */
static void add_line(headers *to, const char *line, size_t length) {
  const char *colon = memchr(line, ':', length);
  if (!colon || colon == line) return;
  rt_header *fresh = &to->list[to->count++];
  fresh->name.data = line;
  fresh->name.length = (size_t)(colon - line);
  const char *at = colon + 1, *end = line + length;
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  while (end > at && strchr(" \t\r\n", end[-1])) end--;
  fresh->value.data = at;
  fresh->value.length = (size_t)(end - at);
}

/* [-0, +0]: a header of a table by names; its value is on top */
static void add_pair(lua_State *L, headers *to, rt_slice name) {
  rt_slice value = {NULL, 0};
  if (lua_type(L, -1) == LUA_TSTRING)
    value.data = lua_tolstring(L, -1, &value.length);
  else if (lua_type(L, -1) == LUA_TNUMBER && to->number_count < sizeof to->numbers / sizeof *to->numbers) {
    char *text = to->numbers[to->number_count++];
    value.length = rt_number_text(lua_tonumber(L, -1), text);
    value.data = text;
  } else if (lua_istable(L, -1)) { /* several of one name: the last of them */
    lua_rawgeti(L, -1, (int)rt_rawlen(L, -1));
    if (!lua_istable(L, -1)) add_pair(L, to, name);
    lua_pop(L, 1);
    return;
  }
  if (!value.data) return;
  to->list[to->count].name = name;
  to->list[to->count++].value = value;
}

/* [-0, +0]: lines, or values by name, of the table at `index`. The table keeps all strings alive. */
static void read_headers(lua_State *L, int index, headers *out) {
  out->count = out->number_count = 0;
  if (!lua_istable(L, index)) return;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (out->count == MOST_HEADERS) {
      lua_pop(L, 2);
      return;
    }
    rt_slice text;
    if (lua_type(L, -2) == LUA_TSTRING) {
      text.data = lua_tolstring(L, -2, &text.length);
      add_pair(L, out, text);
    } else if (lua_type(L, -1) == LUA_TSTRING) {
      text.data = lua_tolstring(L, -1, &text.length);
      add_line(out, text.data, text.length);
    }
  }
}

/* Whether a request may have left where nobody says: not where no connection was made. */
static bool may_be_sent(rt_slice kind) {
  return !rt_slice_is(kind, "resolve") && !rt_slice_is(kind, "connect") && !rt_slice_is(kind, "tls") && !rt_slice_is(kind, "blocked");
}

/* [-0, +3]: an outcome of the engine as a table, or its name alone */
static void read_transport(lua_State *L, rt_call *call) {
  lua_getfield(L, 2, "transport");
  int index = lua_gettop(L);
  if (lua_type(L, index) == LUA_TSTRING) {
    call->transport.data = lua_tolstring(L, index, &call->transport.length);
    call->sent = may_be_sent(call->transport);
  } else if (lua_istable(L, index)) {
    call->transport = text_field(L, index, "kind");
    call->transport_message = text_field(L, index, "message");
    lua_getfield(L, index, "sent");
    call->sent = lua_isnil(L, -1) ? may_be_sent(call->transport) : lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  if (rt_slice_is(call->transport, "response")) call->transport.data = NULL;
  if (!call->transport.data) call->transport_message.data = NULL;
}

/* [-0, +n]: what the table at 2 says; its strings stay on the stack */
static void read_call(lua_State *L, rt_call *call, headers *room) {
  rt_operation operation;
  memset(call, 0, sizeof *call);
  luaL_checktype(L, 2, LUA_TTABLE);
  call->now = rt_clock();
  call->operation_name = text_field(L, 2, "operation");
  if (call->operation_name.data && rt_operation_by_name(call->operation_name.data, &operation)) call->operation = operation;
  lua_getfield(L, 2, "status");
  call->status = rt_status(lua_tonumber(L, -1));
  lua_getfield(L, 2, "headers");
  read_headers(L, lua_gettop(L), room);
  call->headers = room->list;
  call->header_count = room->count;
  call->provider = text_field(L, 2, "provider");
  call->model = text_field(L, 2, "model");
  call->task_id = text_field(L, 2, "task_id");
  lua_getfield(L, 2, "transport");
  bool failed = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (failed) read_transport(L, call);
}

/* ---- findings that a script made ------------------------------------------------------------------------------------------------------
 */

static double seconds_field(lua_State *L, int index, const char *name) {
  lua_getfield(L, index, name);
  double seconds = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
  lua_pop(L, 1);
  return seconds;
}

/* [-0, +8n]: the list at `list`, as a provider's own search gives it; its strings stay on the stack */
static void read_findings(lua_State *L, int list, rt_findings *out) {
  rt_findings_clear(out);
  int length = (int)rt_rawlen(L, list);
  luaL_checkstack(L, 8 * RT_MOST_FINDINGS + 16, "findings");
  out->is_json = true;
  out->root = RT_JSON_NONE;
  out->retry_after = seconds_field(L, list, "retry_after");
  out->request_id = text_field(L, list, "request_id");
  out->task_id = text_field(L, list, "task_id");
  for (int i = 1; i <= length && out->count < RT_MOST_FINDINGS; i++) {
    lua_rawgeti(L, list, i);
    if (!lua_istable(L, -1)) continue;
    int index = lua_gettop(L);
    rt_finding *fresh = &out->list[out->count];
    memset(fresh, 0, sizeof *fresh);
    fresh->code = text_field(L, index, "code");
    fresh->type = text_field(L, index, "type");
    fresh->message = text_field(L, index, "message");
    fresh->field = text_field(L, index, "field");
    fresh->from = text_field(L, index, "from");
    out->owner[out->count] = text_field(L, index, "task_id");
    out->table[out->count++] = RT_JSON_NONE;
    double seconds = seconds_field(L, index, "retry_after");
    if (seconds > out->retry_after) out->retry_after = seconds;
    rt_slice request_id = text_field(L, index, "request_id");
    if (!out->request_id.data) out->request_id = request_id;
  }
}

/* [-0, +2]: what the script's own finding knows of the fault beside what rules look at */
static void add_told(lua_State *L, int list, size_t place, rt_fault *fault) {
  lua_rawgeti(L, list, (int)place + 1);
  if (!lua_istable(L, -1)) return;
  int index = lua_gettop(L);
  rt_slice category = text_field(L, index, "category"), hint = text_field(L, index, "hint");
  if (category.data && rt_class_within(fault->cls, "content", 7)) fault->text[RT_TEXT_CATEGORY] = category;
  if (!hint.data) return;
  if (fault->text[RT_TEXT_HINT].data) {
    lua_pushlstring(L, fault->text[RT_TEXT_HINT].data, fault->text[RT_TEXT_HINT].length);
    lua_pushliteral(L, "; ");
    lua_pushlstring(L, hint.data, hint.length);
    lua_concat(L, 3);
    hint.data = lua_tolstring(L, -1, &hint.length);
  }
  fault->text[RT_TEXT_HINT] = hint;
}

/* [-0, +n]: { state, task_id, credits }, as a provider's own reading has it, at `index` */
static void read_task(lua_State *L, int index, rt_told_task *task) {
  rt_slice state = text_field(L, index, "state");
  task->state = rt_slice_is(state, "failed") ? RT_TOLD_FAILED : rt_slice_is(state, "cancelled") ? RT_TOLD_CANCELLED : RT_TOLD_NOTHING;
  task->task_id = text_field(L, index, "task_id");
  task->credits = seconds_field(L, index, "credits");
}

/* ---- the methods ------------------------------------------------------------------------------------------------------------------------
 */

typedef struct look {
  book_box *box;
  rt_call call;
  headers room;
  rt_findings findings;
  rt_told_task task;
  rt_fault fault;
  rt_ruling ruling;
} look;

/* book:classify(evidence, findings, task): whether it is a failure; strings stay on the stack [-0, +n] */
static bool look_at(lua_State *L, look *at) {
  at->box = luaL_checkudata(L, 1, BOOK);
  lua_settop(L, 4);
  luaL_checkstack(L, 48, "evidence");
  read_call(L, &at->call, &at->room);
  rt_json *json = rt_reader_json(at->box->reader);
  if (lua_istable(L, 3)) {
    rt_json_clear(json);
    read_findings(L, 3, &at->findings);
  } else {
    rt_slice body = text_field(L, 2, "body");
    if (!body.data) body.data = "";
    if (!rt_find_errors(at->box->reader, body, at->call.status, at->call.operation, at->call.now, &at->findings))
      luaL_error(L, "not enough memory");
    rt_leave_siblings_out(&at->box->book, &at->call, json, &at->findings);
  }
  if (lua_istable(L, 4))
    read_task(L, 4, &at->task);
  else
    at->task = rt_task_of(&at->box->book, &at->call, json, &at->findings);
  return rt_classify(&at->box->book, &at->call, &at->task, json, &at->findings, &at->fault, &at->ruling);
}

/* book:classify(evidence [, findings [, task]]) -> fault, or nil where the evidence shows no failure   [-4, +1] */
static int l_classify(lua_State *L) {
  look at;
  if (!look_at(L, &at)) return lua_pushnil(L), 1;
  if (lua_istable(L, 3)) add_told(L, 3, at.ruling.finding < at.findings.count ? at.ruling.finding : 0, &at.fault);
  rt_push_fault(L, &at.fault);
  return 1;
}

/* [-0, +0]: a text of the table on top */
static void set_text(lua_State *L, const char *name, rt_slice text) {
  if (!text.data) return;
  lua_pushlstring(L, text.data, text.length);
  lua_setfield(L, -2, name);
}

/* [-0, +1] */
static void push_findings(lua_State *L, const rt_findings *findings) {
  lua_createtable(L, (int)findings->count, 0);
  for (size_t i = 0; i < findings->count; i++) {
    lua_createtable(L, 0, 6);
    set_text(L, "code", findings->list[i].code);
    set_text(L, "type", findings->list[i].type);
    set_text(L, "message", findings->list[i].message);
    set_text(L, "field", findings->list[i].field);
    set_text(L, "from", findings->list[i].from);
    set_text(L, "task_id", findings->owner[i]);
    lua_rawseti(L, -2, (int)i + 1);
  }
}

/* book:examine(evidence [, findings [, task]]) -> class, findings, name of the set that decided ("own", "generic", "last") or nil, the
   rule's number, the finding's number or nil; nothing where the evidence shows no failure   [-4, +5] */
static int l_examine(lua_State *L) {
  look at;
  if (!look_at(L, &at)) return 0;
  const rt_rulebook *book = &at.box->book;
  lua_pushstring(L, rt_class_info_of(at.fault.cls)->name);
  push_findings(L, &at.findings);
  if (!at.ruling.set) return 2;
  lua_pushstring(L, at.ruling.set == book->own ? "own" : at.ruling.set == book->last ? "last" : "generic");
  lua_pushinteger(L, (lua_Integer)at.ruling.rule + 1);
  if (at.ruling.finding < at.findings.count)
    lua_pushinteger(L, (lua_Integer)at.ruling.finding + 1);
  else
    lua_pushnil(L);
  return 5;
}

static const luaL_Reg reader_methods[] = {{"__gc", l_reader_gc}, {NULL, NULL}};
static const luaL_Reg book_methods[] = {{"classify", l_classify}, {"examine", l_examine}, {"__gc", l_book_gc}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"rulebook", l_rulebook}, {NULL, NULL}};

void rt_open_classify(lua_State *L) {
  rt_new_class(L, READER, reader_methods);
  lua_pop(L, 1);
  rt_new_class(L, BOOK, book_methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
