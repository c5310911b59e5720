/* lua_main.c: lua SCRIPT [ARG...], built with the sanitizers: they have to be in the program that loads a sanitized module, and preloading
   them would put them into every child as well. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <stdio.h>

static int traceback(lua_State *L) {
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

int main(int count, char **words) {
  if (count < 2) return fprintf(stderr, "usage: lua SCRIPT [ARG...]\n"), 2;
  lua_State *L = luaL_newstate();
  if (!L) return fprintf(stderr, "no memory\n"), 1;
  luaL_openlibs(L);
  lua_newtable(L);
  for (int i = 0; i < count; i++) {
    lua_pushstring(L, words[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  lua_pushcfunction(L, traceback);
  int failed = luaL_loadfile(L, words[1]);
  for (int i = 2; !failed && i < count; i++) lua_pushstring(L, words[i]);
  if (!failed) failed = lua_pcall(L, count - 2, 0, 1);
  if (failed) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  return failed != 0;
}
