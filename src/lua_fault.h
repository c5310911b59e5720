/* lua_fault.h: what other bindings need of faults. */
#ifndef RT_LUA_FAULT_H
#define RT_LUA_FAULT_H

#include "compat.h"
#include "fault.h"

/* [-0, +1]: a new fault userdata with a copy of the fields */
void rt_push_fault(lua_State *L, const rt_fault *fields);

#endif
