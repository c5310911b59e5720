/* lua_rules.h: rule sets, for the other binding file that takes them. */
#ifndef RT_LUA_RULES_H
#define RT_LUA_RULES_H

#include "compat.h"
#include "rules.h"

/* The rule set at that place of the stack. [-0, +0, throws where it is none] */
rt_rules *rt_check_rules(lua_State *L, int index);

#endif
