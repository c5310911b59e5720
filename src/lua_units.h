/* lua_units.h: one opener for each binding file; lua_core.c calls them all. Each adds its functions to the module table on top of the stack [-0, +0]. */
#ifndef RT_LUA_UNITS_H
#define RT_LUA_UNITS_H

#include "compat.h"

void rt_open_fault(lua_State *L);
void rt_open_rules(lua_State *L);
void rt_open_classify(lua_State *L);
void rt_open_gate(lua_State *L);
void rt_open_clock(lua_State *L);
void rt_open_path(lua_State *L);
void rt_open_uuid(lua_State *L);
void rt_open_retry_after(lua_State *L);
void rt_open_engine(lua_State *L);
void rt_open_fingerprint(lua_State *L);
void rt_open_uri(lua_State *L);
void rt_open_netguard(lua_State *L);
void rt_open_sniff(lua_State *L);
void rt_open_media(lua_State *L);

#endif
