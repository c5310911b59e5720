/* lua_rules.c: rule tables compiled into rule sets. A table that is wrong fails here, at load, with the place of the rule. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua_rules.h"
#include "lua_units.h"
#include "memory.h"

#define RULES "retake.rules"
#define MOST_FINDINGS 64 /* errors looked at in one answer; a hostile body may list millions */

typedef struct rules_box {
  rt_rules *rules;
} rules_box;

rt_rules *rt_check_rules(lua_State *L, int index) {
  rules_box *box = luaL_checkudata(L, index, RULES);
  luaL_argcheck(L, box->rules != NULL, index, "rule set is closed");
  return box->rules;
}

static int l_gc(lua_State *L) {
  rules_box *box = luaL_checkudata(L, 1, RULES);
  rt_rules_free(box->rules);
  box->rules = NULL;
  return 0;
}

/* [-0, +0, throws]: the one way a rule table is refused: set name, place, reason */
static int bad_rule(lua_State *L, int place, const char *reason, const char *value) {
  return luaL_error(L, "rules of %s: rule %d: %s%s%s%s", lua_tostring(L, 2), place, reason, value ? " '" : "", value ? value : "",
                    value ? "'" : "");
}

static void require_memory(lua_State *L, bool done) {
  if (!done) luaL_error(L, "not enough memory");
}

typedef void (*each_value)(lua_State *L, rt_rules *rules, int place, int kind);

/* [-1, +0]: calls `add` for the value on top, or for each value of the list on top; the value is on top of the stack then */
static void for_each(lua_State *L, rt_rules *rules, int place, int kind, each_value add) {
  if (lua_istable(L, -1)) {
    int list = lua_gettop(L), count = (int)rt_rawlen(L, -1);
    if (count == 0) bad_rule(L, place, "an empty list matches nothing", NULL);
    for (int i = 1; i <= count; i++) {
      lua_rawgeti(L, list, i);
      add(L, rules, place, kind);
      lua_settop(L, list);
    }
  } else if (!lua_isnil(L, -1))
    add(L, rules, place, kind);
  lua_pop(L, 1);
}

static void add_condition(lua_State *L, rt_rules *rules, int place, int kind) {
  size_t length;
  if (!lua_isstring(L, -1)) bad_rule(L, place, "code, type, from, about, message and transport are strings or lists of strings", NULL);
  const char *text = lua_tolstring(L, -1, &length);
  if (length == 0) bad_rule(L, place, "an empty pattern matches everything", NULL);
  require_memory(L, rt_rules_condition(rules, (rt_condition)kind, text, length));
}

static void add_operation(lua_State *L, rt_rules *rules, int place, int kind) {
  rt_operation operation;
  (void)kind;
  const char *name = lua_tostring(L, -1);
  if (!name || !rt_operation_by_name(name, &operation))
    bad_rule(L, place, "unknown operation", name ? name : luaL_typename(L, -1));
  else
    rt_rules_operation(rules, operation);
}

static void add_unless(lua_State *L, rt_rules *rules, int place, int kind) {
  (void)kind;
  size_t length = 0;
  const char *family = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
  if (!family || !rt_rules_unless(rules, family, length))
    bad_rule(L, place, "unless names families of classes, not", family ? family : luaL_typename(L, -1));
}

/* a status is a number, or a class such as "4xx" */
static void add_status(lua_State *L, rt_rules *rules, int place, int kind) {
  (void)kind;
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL; /* lua_tostring would turn a number into a string */
  if (lua_type(L, -1) == LUA_TNUMBER) {
    int status = rt_status(lua_tonumber(L, -1));
    require_memory(L, rt_rules_status(rules, status, status));
  } else if (text && strlen(text) == 3 && text[0] >= '1' && text[0] <= '5' && strcmp(text + 1, "xx") == 0) {
    require_memory(L, rt_rules_status(rules, (text[0] - '0') * 100, (text[0] - '0') * 100 + 99));
  } else
    bad_rule(L, place, "a status is a number or a class such as \"4xx\", not", text ? text : luaL_typename(L, -1));
}

static const char *const known_keys[] = {"class",    "operation", "status", "code", "type", "message", "transport",
                                         "category", "floor",     "field",  "hint", "from", "about",   "unless"};

/* [-0, +0, throws]: a misspelt key would make a rule match too much */
static void check_keys(lua_State *L, int rule, int place) {
  for (lua_pushnil(L); lua_next(L, rule); lua_pop(L, 1)) {
    bool known = false;
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
    for (size_t i = 0; i < sizeof known_keys / sizeof *known_keys; i++) known = known || strcmp(key, known_keys[i]) == 0;
    if (!known) bad_rule(L, place, "unknown key", key);
  }
}

static const char *optional_text(lua_State *L, int rule, const char *key, int place) {
  lua_getfield(L, rule, key);
  if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING) bad_rule(L, place, "category, field and hint are strings", NULL);
  return lua_tostring(L, -1);
}

/* [-0, +0, throws]: the rule table at index `rule` becomes the set's next rule */
static void add_rule(lua_State *L, rt_rules *rules, int rule, int place) {
  static const struct {
    const char *key;
    int kind;
    each_value add;
  } conditions[] = {{"code", RT_IF_CODE, add_condition},
                    {"type", RT_IF_TYPE, add_condition},
                    {"message", RT_IF_MESSAGE, add_condition},
                    {"from", RT_IF_FROM, add_condition},
                    {"about", RT_IF_ABOUT, add_condition},
                    {"transport", RT_IF_TRANSPORT, add_condition},
                    {"operation", 0, add_operation},
                    {"status", 0, add_status},
                    {"unless", 0, add_unless}};
  rt_class cls;
  size_t length;
  int top = lua_gettop(L);
  check_keys(L, rule, place);
  lua_getfield(L, rule, "class");
  if (lua_type(L, -1) != LUA_TSTRING) bad_rule(L, place, "class has to be a string", NULL);
  const char *name = lua_tolstring(L, -1, &length);
  if (!rt_class_by_name(name, length, &cls)) bad_rule(L, place, "unknown failure class", name);
  require_memory(L, rt_rules_begin(rules, cls));
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    lua_getfield(L, rule, conditions[i].key);
    for_each(L, rules, place, conditions[i].kind, conditions[i].add);
  }
  lua_getfield(L, rule, "floor");
  if (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) >= 0)
    rt_rules_floor(rules, lua_tonumber(L, -1));
  else if (!lua_isnil(L, -1))
    bad_rule(L, place, "floor has to be seconds", NULL);
  const char *text = optional_text(L, rule, "category", place);
  if (text) require_memory(L, rt_rules_category(rules, text));
  if ((text = optional_text(L, rule, "field", place))) require_memory(L, rt_rules_field(rules, text));
  if ((text = optional_text(L, rule, "hint", place))) require_memory(L, rt_rules_hint(rules, text));
  lua_settop(L, top);
}

/* [-0, +0, throws]: the fragments of list.advice */
static void add_advice(lua_State *L, rt_rules *rules) {
  lua_getfield(L, 1, "advice");
  int list = lua_gettop(L), count = lua_istable(L, list) ? (int)rt_rawlen(L, list) : 0;
  for (int i = 1; i <= count; i++) {
    size_t length;
    lua_rawgeti(L, list, i);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "rules of %s: advice is a list of strings", lua_tostring(L, 2));
    const char *text = lua_tolstring(L, -1, &length);
    require_memory(L, rt_rules_advice(rules, text, length));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* core.rules(list, name) -> rule set   [-2, +1, throws with the rule's place when a rule is wrong]
   list.advice: fragments at which a text begins to list what can happen */
static int l_rules(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkstring(L, 2);
  lua_settop(L, 2);
  rules_box *box = lua_newuserdata(L, sizeof *box);
  box->rules = NULL;
  rt_set_class(L, RULES);
  box->rules = rt_rules_new();
  require_memory(L, box->rules != NULL);
  int count = (int)rt_rawlen(L, 1);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    if (!lua_istable(L, -1)) bad_rule(L, i, "a rule is a table", NULL);
    add_rule(L, box->rules, lua_gettop(L), i);
    lua_pop(L, 1);
  }
  add_advice(L, box->rules);
  require_memory(L, rt_rules_finish(box->rules));
  return 1;
}

/* [-0, +1]: the text stays on the stack, so that its bytes live as long as the match takes */
static rt_slice slice_field(lua_State *L, int index, const char *key) {
  rt_slice slice = {NULL, 0};
  lua_getfield(L, index, key);
  if (lua_type(L, -1) == LUA_TSTRING) slice.data = lua_tolstring(L, -1, &slice.length);
  return slice;
}

/* [-0, +6*count]: the findings in the list at `list`, at most MOST_FINDINGS */
static size_t read_findings(lua_State *L, int list, rt_finding *findings) {
  size_t count = 0;
  if (!lua_istable(L, list)) return 0;
  int length = (int)rt_rawlen(L, list);
  luaL_checkstack(L, 6 * MOST_FINDINGS + 8, "findings");
  for (int i = 1; i <= length && count < MOST_FINDINGS; i++) {
    lua_rawgeti(L, list, i);
    if (!lua_istable(L, -1)) continue;
    int finding = lua_gettop(L);
    findings[count].code = slice_field(L, finding, "code");
    findings[count].type = slice_field(L, finding, "type");
    findings[count].message = slice_field(L, finding, "message");
    findings[count].field = slice_field(L, finding, "field");
    findings[count].from = slice_field(L, finding, "from");
    findings[count].own_words = 0;
    count++;
  }
  return count;
}

/* [-0, +0]: what the values at `operation` and `status` say, where they say anything */
static void read_call(lua_State *L, int operation, int status, rt_evidence *evidence) {
  rt_operation known;
  if (lua_type(L, operation) == LUA_TSTRING && rt_operation_by_name(lua_tostring(L, operation), &known)) evidence->operation = known;
  if (lua_type(L, status) == LUA_TNUMBER) evidence->status = rt_status(lua_tonumber(L, status));
}

/* rules:match{ operation, status, transport, findings } -> class, verdict table; nothing where no rule holds   [-2, +2] */
static int l_match(lua_State *L) {
  rt_finding findings[MOST_FINDINGS];
  rt_evidence evidence = {0, 0, {NULL, 0}, findings, 0};
  rt_verdict verdict;
  rt_rules *rules = rt_check_rules(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_getfield(L, 2, "operation");
  lua_getfield(L, 2, "status");
  read_call(L, 3, 4, &evidence);
  evidence.transport = slice_field(L, 2, "transport");
  lua_getfield(L, 2, "findings");
  evidence.count = read_findings(L, lua_gettop(L), findings);
  if (!rt_rules_match(rules, &evidence, &verdict)) return 0;
  lua_pushstring(L, rt_class_info_of(verdict.cls)->name);
  lua_createtable(L, 0, 6);
  if (verdict.floor >= 0) lua_pushnumber(L, verdict.floor), lua_setfield(L, -2, "floor");
  if (verdict.category) lua_pushstring(L, verdict.category), lua_setfield(L, -2, "category");
  if (verdict.field) lua_pushstring(L, verdict.field), lua_setfield(L, -2, "field");
  if (verdict.hint) lua_pushstring(L, verdict.hint), lua_setfield(L, -2, "hint");
  if (verdict.finding < evidence.count) lua_pushinteger(L, (lua_Integer)verdict.finding + 1), lua_setfield(L, -2, "finding");
  lua_pushinteger(L, (lua_Integer)verdict.rule + 1);
  lua_setfield(L, -2, "rule");
  return 2;
}

/* rules:decide(operation, status, transport, findings) -> class, rule, finding (nil where the rule asked for none); nothing where no rule
   holds. The same as match without tables: the rest of the verdict stands in the rule.   [-5, +3] */
static int l_decide(lua_State *L) {
  rt_finding findings[MOST_FINDINGS];
  rt_evidence evidence = {0, 0, {NULL, 0}, findings, 0};
  rt_verdict verdict;
  rt_rules *rules = rt_check_rules(L, 1);
  lua_settop(L, 5);
  read_call(L, 2, 3, &evidence);
  if (lua_type(L, 4) == LUA_TSTRING) evidence.transport.data = lua_tolstring(L, 4, &evidence.transport.length);
  evidence.count = read_findings(L, 5, findings);
  if (!rt_rules_match(rules, &evidence, &verdict)) return 0;
  lua_pushstring(L, rt_class_info_of(verdict.cls)->name);
  lua_pushinteger(L, (lua_Integer)verdict.rule + 1);
  if (verdict.finding < evidence.count)
    lua_pushinteger(L, (lua_Integer)verdict.finding + 1);
  else
    lua_pushnil(L);
  return 3;
}

/* #rules   [-1, +1] */
static int l_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rt_rules_count(rt_check_rules(L, 1)));
  return 1;
}

static const luaL_Reg methods[] = {{"match", l_match}, {"decide", l_decide}, {"__gc", l_gc}, {"__len", l_len}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"rules", l_rules}, {NULL, NULL}};

void rt_open_rules(lua_State *L) {
  rt_new_class(L, RULES, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
