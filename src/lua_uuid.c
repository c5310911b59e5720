#include "lua_units.h"
#include "uuid.h"

/* core.random_id() -> a version 4 UUID   [-0, +1, throws where the system gives no random bytes] */
static int l_random_id(lua_State *L) {
  char id[37];
  if (!rt_uuid4(id)) return luaL_error(L, "no random bytes from the system");
  lua_pushlstring(L, id, 36);
  return 1;
}

static const luaL_Reg functions[] = {{"random_id", l_random_id}, {NULL, NULL}};

void rt_open_uuid(lua_State *L) {
  rt_setfuncs(L, functions);
}
