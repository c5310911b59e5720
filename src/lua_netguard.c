/* lua_netguard.c: the address guard for specs and for people who want to know beforehand. */
#include "lua_netguard.h"

#include "lua_units.h"

#include <string.h>

bool rt_read_allowed(lua_State *L, rt_allowed *allowed) {
  size_t count = rt_rawlen(L, -1);
  bool good = true;
  luaL_checkstack(L, 2, "too many fields");
  rt_network *networks = lua_newuserdata(L, (count ? count : 1) * sizeof *networks);
  for (size_t i = 0; i < count && good; i++) {
    size_t length = 0;
    lua_rawgeti(L, -2, (int)i + 1);
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    good = text && !memchr(text, '\0', length) && rt_network_parse(text, &networks[i]);
    lua_pop(L, 1);
  }
  allowed->networks = networks;
  allowed->count = good ? count : 0;
  return good;
}

/* core.address_blocked(text [, allow]) -> reason | nil   [-0, +1]  Whether a guarded transfer would not connect to this address, however it
   is spelled: "10.0.0.1 is a private address". What is no address at all is blocked. */
static int l_address_blocked(lua_State *L) {
  rt_allowed allowed = {NULL, 0};
  char why[RT_WHY_ROOM];
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (!rt_read_allowed(L, &allowed)) return luaL_argerror(L, 2, "addresses such as 127.0.0.1 and networks such as 10.0.0.0/8 are needed");
  }
  if (memchr(text, '\0', length)) text = "";
  if (rt_address_text_blocked(text, &allowed, why, sizeof why))
    lua_pushstring(L, why);
  else
    lua_pushnil(L);
  return 1;
}

void rt_open_netguard(lua_State *L) {
  static const luaL_Reg functions[] = {{"address_blocked", l_address_blocked}, {NULL, NULL}};
  rt_setfuncs(L, functions);
}
