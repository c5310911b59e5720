/* lua_uri.c: data URIs, base64 and URLs for Lua. Offsets are as Lua counts: the first character is 1. */
#include "lua_units.h"
#include "uri.h"

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

/* [-0, +1]: in lower case, for media types and schemes are compared without regard to it */
static void push_lower(lua_State *L, const char *text, size_t length) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    luaL_addchar(&buffer, (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c));
  }
  luaL_pushresult(&buffer);
}

/* core.data_uri(text) -> { media_type = (absent where the URI names none), base64 =, offset = (of the data), encoded = (characters),
   decoded = (bytes) } | nil, reason   [-0, +1|2]  The data itself is not judged: base64_check does that. */
static int l_data_uri(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  rt_data_uri uri;
  rt_data_error error = rt_data_uri_parse(text, length, &uri);
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, rt_data_error_text(error));
    return 2;
  }
  lua_createtable(L, 0, 5);
  if (uri.type_length) {
    push_lower(L, text + uri.type_offset, uri.type_length);
    lua_setfield(L, -2, "media_type");
  }
  set_boolean(L, "base64", uri.base64);
  set_integer(L, "offset", uri.offset + 1);
  set_integer(L, "encoded", uri.encoded);
  set_integer(L, "decoded", uri.decoded);
  return 1;
}

/* The text from offset `first` (argument 2, default 1) on. */
static const char *tail_argument(lua_State *L, size_t *length) {
  size_t whole;
  const char *text = luaL_checklstring(L, 1, &whole);
  lua_Integer first = luaL_optinteger(L, 2, 1);
  luaL_argcheck(L, first >= 1 && (uint64_t)first <= (uint64_t)whole + 1, 2, "out of range");
  *length = whole - (size_t)(first - 1);
  return text + (first - 1);
}

/* core.base64_check(text [, first]) -> true | nil, reason, position   [-0, +1|3]  Reads it all. */
static int l_base64_check(lua_State *L) {
  size_t length, position;
  const char *text = tail_argument(L, &length);
  rt_base64_error error = rt_base64_check(text, length, &position);
  if (!error) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, rt_base64_error_text(error));
  lua_pushinteger(L, luaL_optinteger(L, 2, 1) + (lua_Integer)position);
  return 3;
}

/* core.base64_read(text, first, from, count) -> bytes   [-0, +1]  At most `count` decoded bytes from decoded offset `from` (0 is the
   first) of the base64 text that begins at `first`; fewer at its end. */
static int l_base64_read(lua_State *L) {
  size_t length;
  const char *text = tail_argument(L, &length);
  lua_Integer from = luaL_checkinteger(L, 3), count = luaL_checkinteger(L, 4);
  luaL_argcheck(L, from >= 0, 3, "out of range");
  luaL_argcheck(L, count >= 0 && count <= 1 << 24, 4, "out of range");
  if ((uint64_t)count > length) count = (lua_Integer)length;
  char *room = lua_newuserdata(L, (size_t)count + 1);
  lua_pushlstring(L, room, rt_base64_read(text, length, (uint64_t)from, room, (size_t)count));
  return 1;
}

/* core.base64(bytes [, prefix]) -> text   [-0, +1]  The prefix saves a second copy of what may be many megabytes. */
static int l_base64(lua_State *L) {
  size_t length, prefix_length;
  const char *bytes = luaL_checklstring(L, 1, &length), *prefix = luaL_optlstring(L, 2, "", &prefix_length);
  size_t encoded = (size_t)rt_base64_encoded_length(length);
  char *room = lua_newuserdata(L, prefix_length + encoded + 1);
  for (size_t i = 0; i < prefix_length; i++) room[i] = prefix[i];
  rt_base64_encode(bytes, length, room + prefix_length);
  lua_pushlstring(L, room, prefix_length + encoded);
  return 1;
}

/* core.base64_length(bytes) -> characters   [-0, +1]  Of that many bytes once encoded. */
static int l_base64_length(lua_State *L) {
  lua_Number bytes = luaL_checknumber(L, 1);
  luaL_argcheck(L, bytes >= 0 && bytes <= 9007199254740992.0 / 2, 1, "out of range");
  lua_pushinteger(L, (lua_Integer)rt_base64_encoded_length((uint64_t)bytes));
  return 1;
}

/* core.url(text) -> { scheme =, host =, host_kind = "domain" | "single" (one label, such as localhost) | "ipv4" | "ipv6", port =,
   userinfo = bool } | nil, reason   [-0, +1|2]  An address is recognised however it is spelled. The user information itself is a
   secret and is not answered. */
static int l_url(lua_State *L) {
  static const char *const kinds[] = {"domain", "single", "ipv4", "ipv6"};
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  rt_url url;
  rt_url_error error = rt_url_parse(text, length, &url);
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, rt_url_error_text(error));
    return 2;
  }
  lua_createtable(L, 0, 5);
  push_lower(L, text, url.scheme_length);
  lua_setfield(L, -2, "scheme");
  lua_pushstring(L, url.host);
  lua_setfield(L, -2, "host");
  lua_pushstring(L, kinds[url.kind]);
  lua_setfield(L, -2, "host_kind");
  set_boolean(L, "userinfo", url.has_userinfo);
  if (url.port >= 0) set_integer(L, "port", (uint64_t)url.port);
  return 1;
}

void rt_open_uri(lua_State *L) {
  static const luaL_Reg functions[] = {{"data_uri", l_data_uri},
                                       {"base64_check", l_base64_check},
                                       {"base64_read", l_base64_read},
                                       {"base64", l_base64},
                                       {"base64_length", l_base64_length},
                                       {"url", l_url},
                                       {NULL, NULL}};
  rt_setfuncs(L, functions);
}
