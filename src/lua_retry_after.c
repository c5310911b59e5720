#include "lua_units.h"
#include "retry_after.h"

/* core.retry_after(text, date header or nil, wall clock) -> seconds, or nil where the text names no time to come   [-3, +1] */
static int l_retry_after(lua_State *L) {
  double seconds = rt_retry_after(luaL_checkstring(L, 1), luaL_optstring(L, 2, NULL), luaL_checknumber(L, 3));
  if (seconds >= 0) lua_pushnumber(L, seconds);
  else lua_pushnil(L);
  return 1;
}

static const luaL_Reg functions[] = {{"retry_after", l_retry_after}, {NULL, NULL}};

void rt_open_retry_after(lua_State *L) {
  rt_setfuncs(L, functions);
}
