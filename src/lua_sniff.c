/* lua_sniff.c: magic bytes for Lua. */
#include "lua_units.h"
#include "sniff.h"

/* core.sniff(bytes) -> media type | nil   [-0, +1] */
static int l_sniff(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  const char *type = rt_sniff(bytes, length);
  if (type)
    lua_pushstring(L, type);
  else
    lua_pushnil(L);
  return 1;
}

void rt_open_sniff(lua_State *L) {
  static const luaL_Reg functions[] = {{"sniff", l_sniff}, {NULL, NULL}};
  rt_setfuncs(L, functions);
}
