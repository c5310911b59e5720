/* lua_core.c: opens the module retake.core. */
#include "lua_units.h"

#include <dlfcn.h>

#if defined(__GNUC__)
#define RT_EXPORT __attribute__((visibility("default")))
#else
#define RT_EXPORT
#endif

RT_EXPORT int luaopen_retake_core(lua_State *L);

/* A state that closes unloads its modules, and with this one libcurl, of which a thread may still wait for a silent name server. */
static void stay_loaded(void) {
#ifdef RTLD_NODELETE
  static const char here = 0;
  Dl_info info;
  if (dladdr(&here, &info) && info.dli_fname) (void)!dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

/* require "retake.core" -> the module table   [-0, +1] */
int luaopen_retake_core(lua_State *L) {
  stay_loaded();
  lua_newtable(L);
  rt_open_fault(L);
  rt_open_rules(L);
  rt_open_classify(L);
  rt_open_gate(L);
  rt_open_clock(L);
  rt_open_path(L);
  rt_open_uuid(L);
  rt_open_retry_after(L);
  rt_open_engine(L);
  rt_open_fingerprint(L);
  rt_open_uri(L);
  rt_open_netguard(L);
  rt_open_sniff(L);
  rt_open_media(L);
  return 1;
}
