/* lua_netguard.h: a list of exceptions to the guard, for the other bindings that take one. */
#ifndef RT_LUA_NETGUARD_H
#define RT_LUA_NETGUARD_H

#include "compat.h"
#include "netguard.h"

/* [-0, +1] reads the list on top, and leaves on the stack what `allowed` points into. False where an entry is neither an address nor a
   network; true for an empty list. Never calls Lua code. */
bool rt_read_allowed(lua_State *L, rt_allowed *allowed);

#endif
