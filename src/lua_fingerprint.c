/* lua_fingerprint.c: SHA-256 for Lua. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fingerprint.h"
#include "lua_units.h"
#include "uri.h"

#define FINGERPRINT "retake.fingerprint"

/* core.fingerprint() -> fingerprint   [-0, +1] */
static int l_fingerprint(lua_State *L) {
  rt_fingerprint_start(lua_newuserdata(L, sizeof(rt_fingerprint)));
  rt_set_class(L, FINGERPRINT);
  return 1;
}

/* fingerprint:add(bytes) -> fingerprint   [-0, +1] */
static int l_add(lua_State *L) {
  rt_fingerprint *fp = luaL_checkudata(L, 1, FINGERPRINT);
  size_t length;
  const char *bytes = luaL_checklstring(L, 2, &length);
  rt_fingerprint_add(fp, bytes, length);
  lua_settop(L, 1);
  return 1;
}

/* 0, or the error number. A pipe or a device has no content to speak of, and opening one could block for ever. */
static int add_file(rt_fingerprint *fp, const char *path) {
  unsigned char bytes[16384];
  struct stat info;
  int error = 0, fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno;
  if (fstat(fd, &info) != 0)
    error = errno;
  else if (!S_ISREG(info.st_mode))
    error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
  while (!error) {
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count == 0) break;
    if (count > 0)
      rt_fingerprint_add(fp, bytes, (size_t)count);
    else if (errno != EINTR)
      error = errno;
  }
  close(fd);
  return error;
}

/* fingerprint:add_file(path) -> true | nil, message   [-0, +1|2]  A file that cannot be read to its end leaves no trace. */
static int l_add_file(lua_State *L) {
  rt_fingerprint *fp = luaL_checkudata(L, 1, FINGERPRINT), copy = *fp;
  int error = add_file(&copy, luaL_checkstring(L, 2));
  if (error) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", lua_tostring(L, 2), error == EINVAL ? "not a regular file" : strerror(error));
    return 2;
  }
  *fp = copy;
  lua_pushboolean(L, 1);
  return 1;
}

/* fingerprint:add_data_uri(text) -> true | nil, reason   [-0, +1|2]  Adds the bytes that the data stands for. */
static int l_add_data_uri(lua_State *L) {
  rt_fingerprint *fp = luaL_checkudata(L, 1, FINGERPRINT);
  unsigned char bytes[3072];
  size_t length, count, position = 0;
  const char *text = luaL_checklstring(L, 2, &length);
  rt_data_uri uri;
  rt_data_error error = rt_data_uri_parse(text, length, &uri);
  if (error) {
    lua_pushnil(L);
    lua_pushstring(L, rt_data_error_text(error));
    return 2;
  }
  text += uri.offset;
  if (uri.base64)
    for (uint64_t from = 0; (count = rt_base64_read(text, uri.encoded, from, bytes, sizeof bytes)) > 0; from += count)
      rt_fingerprint_add(fp, bytes, count);
  else
    while ((count = rt_percent_read(text, uri.encoded, &position, bytes, sizeof bytes)) > 0) rt_fingerprint_add(fp, bytes, count);
  lua_pushboolean(L, 1);
  return 1;
}

/* fingerprint:hex() -> 64 hex digits   [-0, +1]  More may be added afterwards. */
static int l_hex(lua_State *L) {
  char hex[RT_FINGERPRINT_HEX + 1];
  rt_fingerprint_hex(luaL_checkudata(L, 1, FINGERPRINT), hex);
  lua_pushlstring(L, hex, RT_FINGERPRINT_HEX);
  return 1;
}

void rt_open_fingerprint(lua_State *L) {
  static const luaL_Reg functions[] = {{"fingerprint", l_fingerprint}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"add", l_add}, {"add_file", l_add_file}, {"add_data_uri", l_add_data_uri}, {"hex", l_hex}, {NULL, NULL}};
  rt_new_class(L, FINGERPRINT, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
