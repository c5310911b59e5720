/* lua_fault.c: faults as read-only userdata, made by the core alone; and the taxonomy as tables for documents and the command line. */
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "lua_fault.h"
#include "lua_units.h"

#define FAULT "retake.fault"
#define ATTEMPTS "retake.fault.attempts"

static rt_fault *check_fault(lua_State *L, int index) {
  return luaL_checkudata(L, index, FAULT);
}

void rt_push_fault(lua_State *L, const rt_fault *fields) {
  void *block = lua_newuserdata(L, rt_fault_size(fields));
  rt_fault_copy(block, fields);
  rt_set_class(L, FAULT);
}

/* A number of the table at `index`, or the default when it is absent. [-0, +0, throws] */
static double number_field(lua_State *L, int index, const char *name, double otherwise) {
  double value = otherwise;
  lua_getfield(L, index, name);
  if (lua_type(L, -1) == LUA_TNUMBER) value = lua_tonumber(L, -1);
  else if (!lua_isnil(L, -1)) luaL_error(L, "fault: %s has to be a number", name);
  lua_pop(L, 1);
  return value;
}

/* [-0, +1]: a text field stays on the stack so that its bytes live until the fault has copied them. */
static rt_slice text_field(lua_State *L, int index, const char *name) {
  rt_slice slice = {NULL, 0};
  lua_getfield(L, index, name);
  if (lua_type(L, -1) == LUA_TSTRING) slice.data = lua_tolstring(L, -1, &slice.length);
  else if (!lua_isnil(L, -1)) luaL_error(L, "fault: %s has to be a string", name);
  return slice;
}

/* core.fault(fields) -> fault   [-0, +1, throws on an unknown class or a field of the wrong type] */
static int l_fault(lua_State *L) {
  rt_fault fields;
  size_t length;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  luaL_checkstack(L, RT_TEXT_COUNT + 8, "fault");
  memset(&fields, 0, sizeof fields);
  lua_getfield(L, 1, "class");
  if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "fault: class has to be a string");
  const char *name = lua_tolstring(L, -1, &length);
  if (!rt_class_by_name(name, length, &fields.cls)) return luaL_error(L, "unknown failure class '%s'", name);
  lua_getfield(L, 1, "effect");
  fields.effect = RT_EFFECT_NONE;
  if (!lua_isnil(L, -1) && !rt_effect_by_name(luaL_checkstring(L, -1), &fields.effect)) return luaL_error(L, "fault: unknown effect");
  lua_getfield(L, 1, "billed");
  fields.billed = RT_BILLED_UNKNOWN;
  if (!lua_isnil(L, -1) && !rt_billed_by_name(luaL_checkstring(L, -1), &fields.billed)) return luaL_error(L, "fault: unknown billed");
  lua_settop(L, 1);
  fields.status = rt_status(number_field(L, 1, "status", 0));
  fields.retry_after = number_field(L, 1, "retry_after", -1);
  fields.credits = number_field(L, 1, "credits", -1);
  fields.floor = number_field(L, 1, "floor", rt_class_info_of(fields.cls)->floor);
  for (int i = 0; i < RT_TEXT_COUNT; i++) fields.text[i] = text_field(L, 1, rt_text_name((rt_text)i));
  rt_push_fault(L, &fields);
  return 1;
}

static void push_slice(lua_State *L, rt_slice slice) {
  if (slice.data) lua_pushlstring(L, slice.data, slice.length);
  else lua_pushnil(L);
}

static void push_known(lua_State *L, double value) {
  if (value >= 0) lua_pushnumber(L, value);
  else lua_pushnil(L);
}

/* [-0, +1]: one field by name; false when a fault has no such field (nothing is pushed then) */
static bool push_field(lua_State *L, const rt_fault *fault, const char *name) {
  const rt_class_info *info = rt_class_info_of(fault->cls);
  for (int i = 0; i < RT_TEXT_COUNT; i++) {
    if (strcmp(name, rt_text_name((rt_text)i)) == 0) {
      push_slice(L, fault->text[i]);
      return true;
    }
  }
  if (strcmp(name, "class") == 0) lua_pushstring(L, info->name);
  else if (strcmp(name, "retry") == 0) lua_pushstring(L, rt_retry_name(info->retry));
  else if (strcmp(name, "blame") == 0) lua_pushstring(L, rt_blame_name(info->blame));
  else if (strcmp(name, "elsewhere") == 0) lua_pushstring(L, rt_elsewhere_name(info->elsewhere));
  else if (strcmp(name, "effect") == 0) lua_pushstring(L, rt_effect_name(fault->effect));
  else if (strcmp(name, "billed") == 0) lua_pushstring(L, rt_billed_name(fault->billed));
  else if (strcmp(name, "floor") == 0) lua_pushnumber(L, fault->floor);
  else if (strcmp(name, "resends") == 0) lua_pushinteger(L, info->resends);
  else if (strcmp(name, "retry_after") == 0) push_known(L, fault->retry_after);
  else if (strcmp(name, "credits") == 0) push_known(L, fault->credits);
  else if (strcmp(name, "status") == 0) {
    if (fault->status) lua_pushinteger(L, fault->status);
    else lua_pushnil(L);
  } else return false;
  return true;
}

static const char *const plain_fields[] = {"class", "retry", "blame", "elsewhere", "effect", "billed", "floor", "resends", "retry_after", "credits", "status"};

/* [-1, +1]: __index of faults: fields first, then methods, then the ledger attached to a job's final fault */
static int l_index(lua_State *L) {
  rt_fault *fault = check_fault(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING) return lua_pushnil(L), 1;
  if (push_field(L, fault, lua_tostring(L, 2))) return 1;
  if (strcmp(lua_tostring(L, 2), "attempts") == 0) {
    lua_getfield(L, LUA_REGISTRYINDEX, ATTEMPTS);
    lua_pushvalue(L, 1);
    lua_rawget(L, -2);
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

/* fault:is(family) -> boolean   [-2, +1] */
static int l_is(lua_State *L) {
  size_t length;
  rt_fault *fault = check_fault(L, 1);
  const char *family = luaL_checklstring(L, 2, &length);
  lua_pushboolean(L, rt_class_within(fault->cls, family, length));
  return 1;
}

/* [-0, +1]: the fault's one line */
static int l_tostring(lua_State *L) {
  char line[512];
  rt_fault *fault = check_fault(L, 1);
  size_t length = rt_fault_line(fault, line, sizeof line);
  if (length < sizeof line) lua_pushlstring(L, line, length);
  else { /* long messages are kept whole: the second block is Lua's, so that an error cannot leak it */
    char *block = lua_newuserdata(L, length + 1);
    rt_fault_line(fault, block, length + 1);
    lua_pushlstring(L, block, length);
  }
  return 1;
}

/* fault:totable() -> a plain table of all fields   [-1, +1] */
static int l_totable(lua_State *L) {
  rt_fault *fault = check_fault(L, 1);
  lua_createtable(L, 0, 16);
  for (size_t i = 0; i < sizeof plain_fields / sizeof *plain_fields; i++) {
    push_field(L, fault, plain_fields[i]);
    lua_setfield(L, -2, plain_fields[i]);
  }
  for (int i = 0; i < RT_TEXT_COUNT; i++) {
    push_slice(L, fault->text[i]);
    lua_setfield(L, -2, rt_text_name((rt_text)i));
  }
  return 1;
}

/* [-0, +0]: a line of explain() in the buffer */
static void add_line(luaL_Buffer *buffer, const char *label, const char *words) {
  luaL_addstring(buffer, label);
  luaL_addstring(buffer, words);
  luaL_addchar(buffer, '\n');
}

/* fault:explain() -> several lines for a person   [-1, +1] */
static int l_explain(lua_State *L) {
  rt_fault *fault = check_fault(L, 1);
  const rt_class_info *info = rt_class_info_of(fault->cls);
  luaL_Buffer buffer;
  lua_settop(L, 1);
  l_tostring(L);
  lua_insert(L, 2); /* a long line leaves its block below it */
  lua_settop(L, 2);
  luaL_buffinit(L, &buffer);
  lua_pushvalue(L, 2);
  luaL_addvalue(&buffer);
  luaL_addchar(&buffer, '\n');
  add_line(&buffer, "  meaning:  ", info->meaning);
  add_line(&buffer, "  who acts: ", rt_who_acts(info));
  /* what may have been accepted is not sent again by itself, whatever its class would allow otherwise */
  bool uncertain = fault->effect == RT_EFFECT_UNKNOWN && fault->cls != RT_SUBMIT_UNKNOWN;
  add_line(&buffer, "  retake:   ", rt_retry_words(uncertain ? RT_RETRY_POLL : info->retry));
  if (fault->retry_after >= 0) {
    char seconds[64];
    snprintf(seconds, sizeof seconds, "the provider asks to wait %.14g s", fault->retry_after);
    add_line(&buffer, "  when:     ", seconds);
  }
  if (fault->text[RT_TEXT_FIELD].data) add_line(&buffer, "  field:    ", fault->text[RT_TEXT_FIELD].data);
  if (fault->text[RT_TEXT_CATEGORY].data) add_line(&buffer, "  category: ", fault->text[RT_TEXT_CATEGORY].data);
  if (fault->text[RT_TEXT_HINT].data) add_line(&buffer, "  remedy:   ", fault->text[RT_TEXT_HINT].data);
  if (fault->text[RT_TEXT_TASK_ID].data) add_line(&buffer, "  task:     ", fault->text[RT_TEXT_TASK_ID].data);
  add_line(&buffer, "  effect:   ", rt_effect_name(fault->effect));
  luaL_addstring(&buffer, "  billed:   ");
  luaL_addstring(&buffer, rt_billed_name(fault->billed));
  luaL_pushresult(&buffer);
  return 1;
}

/* faults are values: writing to one is a mistake of the caller   [throws] */
static int l_newindex(lua_State *L) {
  return luaL_error(L, "a fault is read-only");
}

/* core.attach_attempts(fault, attempts) -> fault: the ledger a final fault carries   [-2, +1] */
static int l_attach_attempts(lua_State *L) {
  check_fault(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_getfield(L, LUA_REGISTRYINDEX, ATTEMPTS);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_rawset(L, -3);
  lua_settop(L, 1);
  return 1;
}

/* core.is_fault(value) -> boolean   [-1, +1] */
static int l_is_fault(lua_State *L) {
  int same = 0;
  luaL_checkany(L, 1);
  if (lua_getmetatable(L, 1)) {
    luaL_getmetatable(L, FAULT);
    same = lua_rawequal(L, -1, -2);
  }
  lua_pushboolean(L, same);
  return 1;
}

/* [-0, +1]: one class as a table */
static void push_class(lua_State *L, rt_class cls) {
  const rt_class_info *info = rt_class_info_of(cls);
  lua_createtable(L, 0, 9);
  lua_pushstring(L, info->name), lua_setfield(L, -2, "class");
  lua_pushstring(L, rt_retry_name(info->retry)), lua_setfield(L, -2, "retry");
  lua_pushstring(L, rt_blame_name(info->blame)), lua_setfield(L, -2, "blame");
  lua_pushstring(L, rt_elsewhere_name(info->elsewhere)), lua_setfield(L, -2, "elsewhere");
  lua_pushnumber(L, info->floor), lua_setfield(L, -2, "floor");
  lua_pushinteger(L, info->resends), lua_setfield(L, -2, "resends");
  lua_pushstring(L, info->meaning), lua_setfield(L, -2, "meaning");
  lua_pushstring(L, rt_who_acts(info)), lua_setfield(L, -2, "who_acts");
  lua_pushstring(L, rt_retry_words(info->retry)), lua_setfield(L, -2, "what_next");
}

/* core.classes() -> list of all classes as tables, in the taxonomy's order   [-0, +1] */
static int l_classes(lua_State *L) {
  lua_createtable(L, RT_CLASS_COUNT, 0);
  for (int i = 0; i < RT_CLASS_COUNT; i++) {
    push_class(L, (rt_class)i);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* core.matches_class(name) -> boolean: whether some class is, or lies under, that name   [-1, +1] */
static int l_matches_class(lua_State *L) {
  size_t length;
  int found = 0;
  const char *family = luaL_checklstring(L, 1, &length);
  for (int i = 0; i < RT_CLASS_COUNT && length; i++) found = found || rt_class_within((rt_class)i, family, length);
  lua_pushboolean(L, found);
  return 1;
}

static const luaL_Reg methods[] = {{"is", l_is}, {"explain", l_explain}, {"totable", l_totable}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"fault", l_fault},
                                     {"attach_attempts", l_attach_attempts},
                                     {"is_fault", l_is_fault},
                                     {"classes", l_classes},
                                     {"matches_class", l_matches_class},
                                     {NULL, NULL}};

void rt_open_fault(lua_State *L) {
  rt_new_class(L, FAULT, methods);
  lua_newtable(L);
  rt_setfuncs(L, methods);
  lua_pushcclosure(L, l_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, l_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, l_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pop(L, 1);
  lua_newtable(L); /* ledger by fault; weak keys, so that a ledger goes with its fault */
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_setfield(L, LUA_REGISTRYINDEX, ATTEMPTS);
  rt_setfuncs(L, functions);
}
