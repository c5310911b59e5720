/* lua_engine.c: the engine as Lua sees it. A box around a pointer; everything it answers is copied into Lua before the core lets go of it.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "clock.h"
#include "engine.h"
#include "lua_netguard.h"
#include "lua_units.h"
#include "poller.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define ENGINE_CLASS "retake.engine"

typedef struct {
  rt_engine *engine; /* NULL: closed */
} box;

/* ---- arguments ---- */

/* All are read with lua_next and never through metamethods, so no Lua code runs in between and a string stays where it is: the table at the
   bottom of the stack holds it until the engine has made its copy. */

/* [-0, +0] */
static const char *text_at_top(lua_State *L, const char *name, size_t *length) {
  size_t size;
  if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "bad request: '%s' must be a string, not %s", name, luaL_typename(L, -1));
  const char *text = lua_tolstring(L, -1, &size);
  if (length)
    *length = size;
  else if (memchr(text, '\0', size))
    luaL_error(L, "bad request: '%s' must not hold a NUL", name);
  return text;
}

/* [-0, +0] */
static double number_at_top(lua_State *L, const char *name, double least, double most) {
  double value = lua_type(L, -1) == LUA_TNUMBER ? (double)lua_tonumber(L, -1) : NAN;
  if (!(value >= least && value <= most)) luaL_error(L, "bad request: '%s' must be a number of at least %d", name, (int)least);
  return value;
}

/* [-0, +0] */
static int flag_at_top(lua_State *L, const char *name) {
  if (lua_type(L, -1) != LUA_TBOOLEAN) luaL_error(L, "bad request: '%s' must be true or false, not %s", name, luaL_typename(L, -1));
  return lua_toboolean(L, -1);
}

/* [-0, +0] the value on top is a list; its length. */
static size_t list_at_top(lua_State *L, const char *name) {
  if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "bad request: '%s' must be a list, not %s", name, luaL_typename(L, -1));
  return rt_rawlen(L, -1);
}

/* [-0, +0] the key below the value on top; keys of another type belong to no field. */
static const char *key_below_top(lua_State *L, const char *where) {
  if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "bad request: %s has a key that is not a name", where);
  return lua_tostring(L, -2);
}

/* [-0, +1] leaves the memory for the list on the stack, below nothing: popped by nobody until the call returns. */
static void read_headers(lua_State *L, rt_request *request) {
  size_t count = list_at_top(L, "headers");
  luaL_checkstack(L, 4, "too many fields");
  const char **lines = lua_newuserdata(L, (count ? count : 1) * sizeof *lines);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, (int)i + 1);
    lines[i] = text_at_top(L, "headers[]", NULL);
    lua_pop(L, 1);
  }
  request->headers = lines;
  request->header_count = count;
}

/* [-0, +0] the part is on top */
static void read_part(lua_State *L, rt_part *part) {
  if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "bad request: 'parts' must hold tables, not %s", luaL_typename(L, -1));
  memset(part, 0, sizeof *part);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    const char *key = key_below_top(L, "a part");
    if (strcmp(key, "name") == 0)
      part->name = text_at_top(L, "parts[].name", NULL);
    else if (strcmp(key, "value") == 0)
      part->value = text_at_top(L, "parts[].value", &part->value_length);
    else if (strcmp(key, "file") == 0)
      part->file = text_at_top(L, "parts[].file", NULL);
    else if (strcmp(key, "filename") == 0)
      part->filename = text_at_top(L, "parts[].filename", NULL);
    else if (strcmp(key, "type") == 0)
      part->type = text_at_top(L, "parts[].type", NULL);
    else
      luaL_error(L, "bad request: a part has no field '%s'", key);
  }
}

/* [-0, +1] as read_headers */
static void read_parts(lua_State *L, rt_request *request) {
  size_t count = list_at_top(L, "parts");
  luaL_checkstack(L, 6, "too many fields");
  rt_part *parts = lua_newuserdata(L, (count ? count : 1) * sizeof *parts);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, (int)i + 1);
    read_part(L, &parts[i]);
    lua_pop(L, 1);
  }
  request->parts = parts;
  request->part_count = count;
}

/* [-0, +0] */
static void read_timeouts(lua_State *L, rt_request *request) {
  if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "bad request: 'timeout' must be a table, not %s", luaL_typename(L, -1));
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    const char *key = key_below_top(L, "timeout");
    if (strcmp(key, "connect") == 0)
      request->connect = number_at_top(L, "timeout.connect", 0, HUGE_VAL);
    else if (strcmp(key, "first_byte") == 0)
      request->first_byte = number_at_top(L, "timeout.first_byte", 0, HUGE_VAL);
    else if (strcmp(key, "idle") == 0)
      request->idle = number_at_top(L, "timeout.idle", 0, HUGE_VAL);
    else if (strcmp(key, "total") == 0)
      request->total = number_at_top(L, "timeout.total", 0, HUGE_VAL);
    else
      luaL_error(L, "bad request: timeout has no field '%s'", key);
  }
}

typedef struct {
  const char *name;
  size_t offset;
} text_field;

static const text_field text_fields[] = {
    {"method", offsetof(rt_request, method)},         {"url", offsetof(rt_request, url)},
    {"body_file", offsetof(rt_request, body_file)},   {"output", offsetof(rt_request, output)},
    {"ca_file", offsetof(rt_request, ca_file)},       {"proxy", offsetof(rt_request, proxy)},
    {"user_agent", offsetof(rt_request, user_agent)}, {"range", offsetof(rt_request, range)},
};

/* [-0, +0] whether the key is one of the plain strings, which is then read */
static int read_text_field(lua_State *L, rt_request *request, const char *key) {
  for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields; i++) {
    if (strcmp(key, text_fields[i].name) != 0) continue;
    const char *text = text_at_top(L, key, NULL);
    memcpy((char *)request + text_fields[i].offset, &text, sizeof text);
    return 1;
  }
  return 0;
}

/* [-0, +0] */
static void read_plain_field(lua_State *L, rt_request *request, const char *key) {
  if (read_text_field(L, request, key)) return;
  if (strcmp(key, "body") == 0)
    request->body = text_at_top(L, key, &request->body_length);
  else if (strcmp(key, "max_body") == 0)
    request->max_body = (int64_t)number_at_top(L, key, 0, 9e15);
  else if (strcmp(key, "stop_after") == 0)
    request->stop_after = (int64_t)number_at_top(L, key, 1, 9e15);
  else if (strcmp(key, "guard") == 0)
    request->guard = flag_at_top(L, key);
  else if (strcmp(key, "redirects") == 0)
    request->redirects = (int)number_at_top(L, key, 0, 1000);
  else if (strcmp(key, "once") == 0)
    request->once = flag_at_top(L, key);
  else if (strcmp(key, "http1") == 0)
    request->http1 = flag_at_top(L, key);
  else if (strcmp(key, "timeout") == 0)
    read_timeouts(L, request);
  else if (strcmp(key, "headers") != 0 && strcmp(key, "parts") != 0 && strcmp(key, "allow_addresses") != 0)
    luaL_error(L, "bad request: there is no field '%s'", key);
}

/* [-0, +1] as read_headers */
static void read_exceptions(lua_State *L, rt_request *request) {
  list_at_top(L, "allow_addresses");
  if (!rt_read_allowed(L, &request->allowed))
    luaL_error(L, "bad request: 'allow_addresses' must hold addresses such as 127.0.0.1 and networks such as 10.0.0.0/8");
}

/* [-0, +2n] reads the table at this index; what stays on the stack is what the request points into */
static void read_request(lua_State *L, int index, rt_request *request) {
  memset(request, 0, sizeof *request);
  request->method = "GET";
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) read_plain_field(L, request, key_below_top(L, "it"));
  lua_pushliteral(L, "headers");
  lua_rawget(L, index);
  if (!lua_isnil(L, -1)) read_headers(L, request);
  lua_pushliteral(L, "parts");
  lua_rawget(L, index);
  if (!lua_isnil(L, -1)) read_parts(L, request);
  lua_pushliteral(L, "allow_addresses");
  lua_rawget(L, index);
  if (!lua_isnil(L, -1)) read_exceptions(L, request);
  const char *field, *flaw = rt_request_flaw(request, &field);
  if (flaw) luaL_error(L, "bad request: '%s' %s", field, flaw);
}

/* ---- the box ---- */

/* [-0, +2] when it answers NULL: nil and why */
static rt_engine *engine_of(lua_State *L) {
  const box *self = luaL_checkudata(L, 1, ENGINE_CLASS);
  if (self->engine && !rt_engine_forked(self->engine)) return self->engine;
  lua_pushnil(L);
  lua_pushstring(L, self->engine ? "forked" : "closed");
  return NULL;
}

/* [-0, +1] */
static int push_id(lua_State *L, uint64_t id) {
#if LUA_VERSION_NUM == 501
  lua_pushnumber(L, (lua_Number)id); /* exact: ids stay below 2^53; lua_Integer may have 32 bits here */
#else
  lua_pushinteger(L, (lua_Integer)id);
#endif
  return 1;
}

/* [-0, +0] 0, which is nobody's, for a number that no id can be */
static uint64_t check_id(lua_State *L, int index) {
  lua_Number id = luaL_checknumber(L, index);
  return id >= 1 && id < 9007199254740992.0 ? (uint64_t)id : 0;
}

/* [-0, +0] */
static size_t option(lua_State *L, const char *name, size_t otherwise) {
  lua_pushstring(L, name);
  lua_rawget(L, 1);
  lua_Number value = lua_isnil(L, -1) ? (lua_Number)otherwise : lua_tonumber(L, -1);
  if (!(value >= 1 && value <= 16000000)) luaL_error(L, "bad option '%s': a number from 1 to 16000000 is needed", name);
  lua_pop(L, 1);
  return (size_t)value;
}

/* core.engine { concurrency =, queue = }  [-0, +1] or nil and why */
static int l_engine(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (strcmp(key, "concurrency") != 0 && strcmp(key, "queue") != 0) return luaL_error(L, "there is no option '%s'", key);
  }
  size_t concurrency = option(L, "concurrency", 64), queue = option(L, "queue", 100000);
  box *self = lua_newuserdata(L, sizeof *self);
  self->engine = NULL;
  rt_set_class(L, ENGINE_CLASS);
  self->engine = rt_engine_new(concurrency, queue);
  if (self->engine) return 1;
  if (errno == ENOMEM) return luaL_error(L, "not enough memory");
  const char *reason = strerror(errno);
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

/* engine:close()  [-0, +0] */
static int l_close(lua_State *L) {
  box *self = luaL_checkudata(L, 1, ENGINE_CLASS);
  rt_engine *engine = self->engine;
  self->engine = NULL;
  rt_engine_free(engine);
  return 0;
}

/* engine:start(request)  [-0, +1] the id, or nil and why */
static int l_start(lua_State *L) {
  rt_request request;
  uint64_t id;
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  luaL_checkstack(L, 16, "too many fields");
  read_request(L, 2, &request);
  switch (rt_engine_start(engine, &request, &id)) {
  case RT_OK:
    return push_id(L, id);
  case RT_NO_MEMORY:
    return luaL_error(L, "not enough memory");
  default:
    break;
  }
  lua_pushnil(L);
  lua_pushliteral(L, "queue_full");
  return 2;
}

/* engine:cancel(id)  [-0, +1] */
static int l_cancel(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  lua_pushboolean(L, rt_engine_cancel(engine, check_id(L, 2)) == RT_OK);
  return 1;
}

/* engine:progress(id)  [-0, +3] received, expected or nil, sent; nil for an unknown id */
static int l_progress(lua_State *L) {
  int64_t received, expected, sent;
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  if (rt_engine_progress(engine, check_id(L, 2), &received, &expected, &sent) != RT_OK) {
    lua_pushnil(L);
    return 1;
  }
  push_id(L, (uint64_t)received);
  if (expected < 0)
    lua_pushnil(L);
  else
    push_id(L, (uint64_t)expected);
  push_id(L, (uint64_t)sent);
  return 3;
}

/* ---- outcomes ---- */

/* [-0, +0] into the table on top */
static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

static void set_headers(lua_State *L, const rt_outcome *outcome) {
  const char *line = outcome->headers, *end = line + outcome->headers_size;
  int count = 0;
  lua_createtable(L, outcome->headers_size ? 8 : 0, 0);
  while (outcome->headers_size && line < end) {
    size_t length = strlen(line);
    lua_pushlstring(L, line, length);
    lua_rawseti(L, -2, ++count);
    line += length + 1;
  }
  lua_setfield(L, -2, "headers");
}

static void set_response(lua_State *L, const rt_outcome *outcome, const char *output) {
  lua_pushnumber(L, (lua_Number)outcome->body.size);
  lua_setfield(L, -2, "size");
  if (outcome->truncated) set_flag(L, "truncated", 1);
  if (output) {
    set_text(L, "path", output);
    return;
  }
  lua_pushlstring(L, outcome->body.data ? outcome->body.data : "", outcome->body.data ? (size_t)outcome->body.size : 0);
  lua_setfield(L, -2, "body");
}

static void set_exchange(lua_State *L, const rt_outcome *outcome) {
  if (outcome->status) {
    set_number(L, "status", outcome->status);
    set_headers(L, outcome);
  }
  if (outcome->retry_after) set_number(L, "retry_after", outcome->retry_after);
  if (outcome->effective_url) set_text(L, "effective_url", outcome->effective_url);
  if (outcome->http_version) set_text(L, "http_version", outcome->http_version == 20 ? "2" : outcome->http_version == 10 ? "1.0" : "1.1");
}

/* engine:take()  [-0, +1] the oldest outcome, or nil. It leaves the engine only when it is whole in Lua: running out of memory loses none.
 */
static int l_take(lua_State *L) {
  uint64_t id;
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  const rt_outcome *outcome = rt_engine_first(engine, &id);
  if (!outcome) {
    lua_pushnil(L);
    return 1;
  }
  lua_createtable(L, 0, 14);
  push_id(L, id);
  lua_setfield(L, -2, "id");
  set_text(L, "kind", rt_kind_name(outcome->kind));
  if (outcome->timeout) set_text(L, "timeout", rt_phase_name(outcome->timeout));
  set_text(L, "message", outcome->message ? outcome->message : rt_kind_sentence(outcome->kind));
  set_flag(L, "sent", outcome->sent);
  set_flag(L, "reused", outcome->reused);
  set_number(L, "curl_code", outcome->curl_code);
  lua_pushnumber(L, outcome->elapsed);
  lua_setfield(L, -2, "elapsed");
  set_exchange(L, outcome);
  if (outcome->kind == RT_RESPONSE) set_response(L, outcome, rt_engine_first_output(engine));
  rt_engine_drop(engine);
  return 1;
}

/* ---- the loop's side ---- */

/* engine:step(seconds, pass)  [-0, +1] how many outcomes are ready to take; pass: seconds for descriptors that are ready, after the first */
static int l_step(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  lua_Number seconds = luaL_optnumber(L, 2, 0);
  luaL_argcheck(L, seconds >= 0, 2, "seconds must not be negative");
  if (!lua_isnoneornil(L, 3)) rt_engine_hurry(engine, luaL_checknumber(L, 3));
  long ready = rt_engine_step(engine, seconds);
  if (ready >= 0) {
    lua_pushinteger(L, (lua_Integer)ready);
    return 1;
  }
  lua_pushnil(L);
  lua_pushliteral(L, "forked");
  return 2;
}

/* engine:pollfd()  [-0, +1] */
static int l_pollfd(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  lua_pushinteger(L, rt_engine_pollfd(engine));
  return 1;
}

/* engine:events()  [-0, +1] */
static int l_events(lua_State *L) {
  if (!engine_of(L)) return 2;
  lua_pushliteral(L, "r");
  return 1;
}

/* engine:timeout()  [-0, +1] seconds, or nil for none */
static int l_timeout(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  double wait = rt_engine_timeout(engine);
  if (wait < 0)
    lua_pushnil(L);
  else
    lua_pushnumber(L, wait);
  return 1;
}

/* engine:alarm(seconds or nil)  [-0, +1] true, or nil and why */
static int l_alarm(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  lua_Number seconds = luaL_optnumber(L, 2, -1);
  luaL_argcheck(L, lua_isnoneornil(L, 2) || seconds >= 0, 2, "seconds must not be negative");
  int error = rt_engine_alarm(engine, seconds < 1e9 ? seconds : 1e9);
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, strerror(error));
    return 2;
  }
  lua_pushboolean(L, 1);
  return 1;
}

/* engine:watch(fd, "r"|"w"|"rw")  [-0, +1] true, or nil and why */
static int l_watch(lua_State *L) {
  static const char *const names[] = {"r", "w", "rw", NULL};
  static const int masks[] = {RT_READABLE, RT_WRITABLE, RT_READABLE | RT_WRITABLE};
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  int fd = (int)luaL_checknumber(L, 2), error = rt_engine_watch(engine, fd, masks[luaL_checkoption(L, 3, "r", names)]);
  if (error == ENOMEM) return luaL_error(L, "not enough memory");
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, strerror(error));
    return 2;
  }
  lua_pushboolean(L, 1);
  return 1;
}

/* engine:unwatch(fd)  [-0, +0] */
static int l_unwatch(lua_State *L) {
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  rt_engine_unwatch(engine, (int)luaL_checknumber(L, 2));
  return 0;
}

/* engine:ready()  [-0, +2] a watched descriptor that the last step found ready, and "r", "w" or "rw"; or nil */
static int l_ready(lua_State *L) {
  static const char *const names[] = {"r", "r", "w", "rw"};
  int fd, events;
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  if (!rt_engine_ready(engine, &fd, &events)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, fd);
  lua_pushstring(L, names[events & (RT_READABLE | RT_WRITABLE)]);
  return 2;
}

/* engine:stats()  [-0, +1] */
static int l_stats(lua_State *L) {
  rt_stats stats;
  rt_engine *engine = engine_of(L);
  if (!engine) return 2;
  rt_engine_stats(engine, &stats);
  lua_createtable(L, 0, 6);
  set_number(L, "running", (int64_t)stats.running);
  set_number(L, "queued", (int64_t)stats.queued);
  set_number(L, "ready", (int64_t)stats.ready);
  set_number(L, "finished", (int64_t)stats.finished);
  set_number(L, "connections_opened", (int64_t)stats.connections_opened);
  set_number(L, "connections_reused", (int64_t)stats.connections_reused);
  return 1;
}

/* tostring(engine)  [-0, +1] */
static int l_tostring(lua_State *L) {
  const box *self = luaL_checkudata(L, 1, ENGINE_CLASS);
  lua_pushfstring(L, "retake.engine (%s)", self->engine ? "open" : "closed");
  return 1;
}

/* core.now()  [-0, +1] seconds that only go forward */
static int l_now(lua_State *L) {
  lua_pushnumber(L, rt_now());
  return 1;
}

/* core.clock()  [-0, +1] seconds since 1970 */
static int l_clock(lua_State *L) {
  lua_pushnumber(L, rt_clock());
  return 1;
}

/* core.curl_version()  [-0, +1] of libcurl, as loaded */
static int l_curl_version(lua_State *L) {
  lua_pushstring(L, rt_engine_curl_version());
  return 1;
}

static const luaL_Reg methods[] = {
    {"start", l_start},         {"cancel", l_cancel}, {"take", l_take},   {"progress", l_progress}, {"step", l_step},
    {"pollfd", l_pollfd},       {"events", l_events}, {"stats", l_stats}, {"timeout", l_timeout},   {"watch", l_watch},
    {"alarm", l_alarm},
    {"unwatch", l_unwatch},     {"ready", l_ready},   {"close", l_close}, {"__gc", l_close},        {"__close", l_close},
    {"__tostring", l_tostring}, {NULL, NULL},
};

static const luaL_Reg functions[] = {{"engine", l_engine}, {"now", l_now}, {"clock", l_clock}, {"curl_version", l_curl_version}, {NULL, NULL}};

/* [-0, +0] */
void rt_open_engine(lua_State *L) {
  rt_new_class(L, ENGINE_CLASS, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
