/* one_lua.c: a Lua state with retake in it, for two_luas.c. Built once for each version of Lua, with that Lua, core.so and cjson.so. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

int luaopen_retake_core(lua_State *L);
int luaopen_cjson(lua_State *L);
int run_lua(const char *script);

static void preload(lua_State *L, const char *name, lua_CFunction open) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, open);
  lua_setfield(L, -2, name);
  lua_pop(L, 2);
}

int run_lua(const char *script) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  preload(L, "retake.core", luaopen_retake_core);
  preload(L, "cjson", luaopen_cjson);
  int failed = luaL_dofile(L, script);
  if (failed) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return failed;
}
