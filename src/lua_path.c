#include "lua_units.h"
#include "path.h"

/* core.path_kind(path) -> "file", "directory", "other" (a device, a pipe, ...) or nil where nothing is   [-1, +1] */
static int l_path_kind(lua_State *L) {
  static const char *const names[] = {NULL, "file", "directory", "other"};
  rt_path_kind kind = rt_path_kind_of(luaL_checkstring(L, 1));
  if (kind == RT_PATH_NONE) lua_pushnil(L);
  else lua_pushstring(L, names[kind]);
  return 1;
}

/* core.path_writable(path) -> whether a file can be made there   [-1, +1] */
static int l_path_writable(lua_State *L) {
  lua_pushboolean(L, rt_path_writable(luaL_checkstring(L, 1)));
  return 1;
}

static const luaL_Reg functions[] = {{"path_kind", l_path_kind}, {"path_writable", l_path_writable}, {NULL, NULL}};

void rt_open_path(lua_State *L) {
  rt_setfuncs(L, functions);
}
