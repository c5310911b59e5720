/* lua_gate.c: the gate as an object of a client. Wrong tables throw: only the job calls this, with what it knows. */
#include <string.h>

#include "gate.h"
#include "lua_units.h"

#define GATE "retake.gate"

typedef struct gate_box {
  rt_gate *gate;
} gate_box;

static rt_gate *check_gate(lua_State *L) {
  gate_box *box = luaL_checkudata(L, 1, GATE);
  luaL_argcheck(L, box->gate != NULL, 1, "gate is closed");
  return box->gate;
}

static int l_gc(lua_State *L) {
  gate_box *box = luaL_checkudata(L, 1, GATE);
  rt_gate_free(box->gate);
  box->gate = NULL;
  return 0;
}

static bool flag(lua_State *L, int table, const char *key) {
  lua_getfield(L, table, key);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

static double number(lua_State *L, int table, const char *key, double otherwise) {
  lua_getfield(L, table, key);
  double value = lua_isnil(L, -1) ? otherwise : luaL_checknumber(L, -1);
  lua_pop(L, 1);
  return value;
}

/* [-0, +1]: the text stays on the stack while it is used */
static const char *text(lua_State *L, int table, const char *key) {
  lua_getfield(L, table, key);
  if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "gate: %s has to be a string", key);
  return lua_tostring(L, -1);
}

/* NULL where there is none */
static const char *text_or_none(lua_State *L, int table, const char *key) {
  lua_getfield(L, table, key);
  if (lua_isnil(L, -1)) return NULL;
  lua_pop(L, 1);
  return text(L, table, key);
}

static int nibble(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

/* 64 hex digits at `index` [-0, +0, throws] */
static rt_fingerprint check_fingerprint(lua_State *L, int index) {
  rt_fingerprint content;
  size_t length = 0;
  const char *hex = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
  if (length != 2 * sizeof content.bytes) luaL_error(L, "gate: a fingerprint is 64 hex digits");
  for (size_t i = 0; i < sizeof content.bytes; i++) {
    int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) luaL_error(L, "gate: a fingerprint is 64 hex digits");
    content.bytes[i] = (unsigned char)(high * 16 + low);
  }
  return content;
}

/* true where allowed; nil, rule, earliest (nil: never) where not   [-0, +1..3] */
static int push_answer(lua_State *L, rt_answer answer) {
  if (answer.rule == RT_ALLOWED) return lua_pushboolean(L, 1), 1;
  lua_pushnil(L);
  lua_pushstring(L, rt_gate_rule_name(answer.rule));
  if (answer.earliest < 0) return 2;
  lua_pushnumber(L, answer.earliest);
  return 3;
}

/* core.gate{ reroute_refused, accept_double_charge, fingerprints } -> gate   [-1, +1] */
static int l_gate(lua_State *L) {
  rt_gate_options options;
  luaL_checktype(L, 1, LUA_TTABLE);
  options.reroute_refused = flag(L, 1, "reroute_refused");
  options.accept_double_charge = flag(L, 1, "accept_double_charge");
  double most = number(L, 1, "fingerprints", 0);
  luaL_argcheck(L, most >= 0 && most <= 1e8, 1, "fingerprints out of range");
  options.fingerprints = (size_t)most;
  gate_box *box = lua_newuserdata(L, sizeof *box);
  box->gate = NULL;
  rt_set_class(L, GATE);
  box->gate = rt_gate_new(&options);
  if (!box->gate) return luaL_error(L, "not enough memory");
  return 1;
}

static rt_move check_move(lua_State *L, const char *name) {
  if (strcmp(name, "retry") == 0) return RT_MOVE_RETRY;
  if (strcmp(name, "revise") == 0) return RT_MOVE_REVISE;
  if (strcmp(name, "fallback") != 0) luaL_error(L, "gate: unknown move '%s'", name);
  return RT_MOVE_FALLBACK;
}

/* gate:decide{ move, class, floor, retry_after, failed_at, at, resends, provider, model, to_provider, to_model, account, to_account,
   content, content_changed, request_changed, paid, recognised } -> true | nil, rule, earliest   [-2, +1..3] */
static int l_decide(lua_State *L) {
  rt_proposal proposal;
  rt_gate *gate = check_gate(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  memset(&proposal, 0, sizeof proposal);
  proposal.move = check_move(L, text(L, 2, "move"));
  const char *name = text(L, 2, "class");
  if (!rt_class_by_name(name, strlen(name), &proposal.cls)) return luaL_error(L, "unknown failure class '%s'", name);
  proposal.floor = number(L, 2, "floor", rt_class_info_of(proposal.cls)->floor);
  proposal.retry_after = number(L, 2, "retry_after", -1);
  proposal.failed_at = number(L, 2, "failed_at", 0);
  proposal.at = number(L, 2, "at", 0);
  proposal.resends = (int)number(L, 2, "resends", 0);
  proposal.provider = text(L, 2, "provider");
  proposal.model = text(L, 2, "model");
  proposal.to_provider = text(L, 2, "to_provider");
  proposal.to_model = text(L, 2, "to_model");
  proposal.account = text_or_none(L, 2, "account");
  proposal.to_account = text_or_none(L, 2, "to_account");
  text(L, 2, "content");
  proposal.content = check_fingerprint(L, -1);
  proposal.content_changed = flag(L, 2, "content_changed");
  proposal.request_changed = flag(L, 2, "request_changed");
  proposal.paid = flag(L, 2, "paid");
  proposal.recognised = flag(L, 2, "recognised");
  return push_answer(L, rt_gate_decide(gate, &proposal));
}

/* gate:submit(provider, content, resend, after_timeout) -> true | nil, rule   [-5, +1..3] */
static int l_submit(lua_State *L) {
  rt_gate *gate = check_gate(L);
  rt_fingerprint content = check_fingerprint(L, 3);
  return push_answer(L, rt_gate_submit(gate, luaL_checkstring(L, 2), &content, lua_toboolean(L, 4), lua_toboolean(L, 5)));
}

/* gate:succeeded(provider, resend, after_timeout)   [-4, +0] */
static int l_succeeded(lua_State *L) {
  rt_gate_succeeded(check_gate(L), luaL_checkstring(L, 2), lua_toboolean(L, 3), lua_toboolean(L, 4));
  return 0;
}

/* gate:poll(provider, now, last or nil, floor, after_failure) -> true | nil, rule, earliest   [-6, +1..3] */
static int l_poll(lua_State *L) {
  rt_gate *gate = check_gate(L);
  double last = luaL_optnumber(L, 4, -1);
  return push_answer(L, rt_gate_poll(gate, luaL_checkstring(L, 2), luaL_checknumber(L, 3), last, luaL_checknumber(L, 5), lua_toboolean(L, 6)));
}

/* gate:polled(provider, after_failure)   [-3, +0] */
static int l_polled(lua_State *L) {
  rt_gate_polled(check_gate(L), luaL_checkstring(L, 2), lua_toboolean(L, 3));
  return 0;
}

/* gate:remember(provider, content)   [-3, +0, throws when memory is short: a refusal is never forgotten in silence] */
static int l_remember(lua_State *L) {
  rt_gate *gate = check_gate(L);
  rt_fingerprint content = check_fingerprint(L, 3);
  if (!rt_gate_remember(gate, luaL_checkstring(L, 2), &content)) return luaL_error(L, "not enough memory");
  return 0;
}

/* gate:remembers(provider, content) -> boolean   [-3, +1] */
static int l_remembers(lua_State *L) {
  rt_gate *gate = check_gate(L);
  rt_fingerprint content = check_fingerprint(L, 3);
  lua_pushboolean(L, rt_gate_remembers(gate, luaL_checkstring(L, 2), &content));
  return 1;
}

/* gate:forget(provider, content) -> whether it was remembered   [-3, +1] */
static int l_forget(lua_State *L) {
  rt_gate *gate = check_gate(L);
  rt_fingerprint content = check_fingerprint(L, 3);
  lua_pushboolean(L, rt_gate_forget(gate, luaL_checkstring(L, 2), &content));
  return 1;
}

/* gate:tokens(provider) -> left in the retry bucket   [-2, +1] */
static int l_tokens(lua_State *L) {
  lua_pushnumber(L, rt_gate_tokens(check_gate(L), luaL_checkstring(L, 2)));
  return 1;
}

static const luaL_Reg methods[] = {{"decide", l_decide},       {"submit", l_submit},     {"succeeded", l_succeeded}, {"poll", l_poll},
                                   {"polled", l_polled},       {"remember", l_remember}, {"remembers", l_remembers}, {"forget", l_forget},
                                   {"tokens", l_tokens},       {"__gc", l_gc},           {NULL, NULL}};
static const luaL_Reg functions[] = {{"gate", l_gate}, {NULL, NULL}};

void rt_open_gate(lua_State *L) {
  rt_new_class(L, GATE, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
