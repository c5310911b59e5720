/* compat.h: the differences between the Lua 5.1 ABI (LuaJIT too) and Lua 5.4, under names of our own:
   LuaJIT already exports some of the 5.2 names, so shims under lua_* would clash with the host's. */
#ifndef RT_COMPAT_H
#define RT_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

/* [-0, +0]: sets each function of the list in the table on top of the stack. */
static inline void rt_setfuncs(lua_State *L, const luaL_Reg *list) {
  for (; list->name; list++) {
    lua_pushcfunction(L, list->func);
    lua_setfield(L, -2, list->name);
  }
}

static inline size_t rt_rawlen(lua_State *L, int index) {
#if LUA_VERSION_NUM == 501
  return lua_objlen(L, index);
#else
  return (size_t)lua_rawlen(L, index);
#endif
}

static inline int rt_absindex(lua_State *L, int index) {
  return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

/* [-0, +1]: a new metatable that is its own __index, with these methods, and hidden from scripts (getmetatable answers its name). */
static inline void rt_new_class(lua_State *L, const char *name, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  rt_setfuncs(L, methods);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");
}

/* [-1, +0] at the top of a userdata: gives it the metatable registered under the name. */
static inline void rt_set_class(lua_State *L, const char *name) {
  luaL_getmetatable(L, name);
  lua_setmetatable(L, -2);
}

#endif
