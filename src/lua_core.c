/* lua_core.c: opens the module retake.core. */
#include "lua_units.h"

#if defined(__GNUC__)
#define RT_EXPORT __attribute__((visibility("default")))
#else
#define RT_EXPORT
#endif

RT_EXPORT int luaopen_retake_core(lua_State *L);

/* require "retake.core" -> the module table   [-0, +1] */
int luaopen_retake_core(lua_State *L) {
  lua_newtable(L);
  rt_open_fault(L);
  rt_open_rules(L);
  rt_open_gate(L);
  rt_open_clock(L);
  rt_open_uuid(L);
  rt_open_retry_after(L);
  rt_open_engine(L);
  rt_open_fingerprint(L);
  rt_open_uri(L);
  rt_open_sniff(L);
  rt_open_image(L);
  return 1;
}
