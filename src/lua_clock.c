/* lua_clock.c: time for hosts. */
#include <time.h>

#include "clock.h"
#include "lua_units.h"

/* core.now() -> monotonic seconds   [-0, +1] */
static int l_now(lua_State *L) {
  lua_pushnumber(L, rt_now());
  return 1;
}

/* core.clock() -> seconds since 1970   [-0, +1] */
static int l_clock(lua_State *L) {
  lua_pushnumber(L, rt_clock());
  return 1;
}

/* core.sleep(seconds): blocks the whole program; only the plain script's host calls it   [-1, +0] */
static int l_sleep(lua_State *L) {
  double seconds = luaL_checknumber(L, 1);
  if (!(seconds > 0)) return 0;
  if (seconds > 1e6) seconds = 1e6;
  struct timespec wait = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&wait, NULL);
  return 0;
}

static const luaL_Reg functions[] = {{"now", l_now}, {"clock", l_clock}, {"sleep", l_sleep}, {NULL, NULL}};

void rt_open_clock(lua_State *L) {
  rt_setfuncs(L, functions);
}
