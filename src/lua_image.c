/* lua_image.c: image headers for Lua, from a prefix at once or piece by piece:

     local reader = core.image_reader(size)
     local offset, length = reader:wants()
     while offset do
       file:seek("set", offset)
       reader:feed(file:read(length) or "")
       offset, length = reader:wants()
     end
     local image, state, message = reader:result() */
#include "image.h"
#include "lua_units.h"

#define READER "retake.image_reader"

/* A size: absent is unknown. */
static uint64_t size_argument(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return RT_SIZE_UNKNOWN;
  lua_Number size = luaL_checknumber(L, index);
  luaL_argcheck(L, size >= 0 && size <= 9007199254740992.0, index, "out of range");
  return (uint64_t)size;
}

/* [-0, +1]: { type =, width =, height =, orientation =, animated =, complete = (the end was looked at, and is there) } */
static void push_image(lua_State *L, const rt_image *image) {
  lua_createtable(L, 0, 6);
  lua_pushstring(L, rt_image_media_type(image));
  lua_setfield(L, -2, "type");
  lua_pushinteger(L, (lua_Integer)image->width);
  lua_setfield(L, -2, "width");
  lua_pushinteger(L, (lua_Integer)image->height);
  lua_setfield(L, -2, "height");
  lua_pushinteger(L, image->orientation);
  lua_setfield(L, -2, "orientation");
  lua_pushboolean(L, image->animated);
  lua_setfield(L, -2, "animated");
  lua_pushboolean(L, image->complete);
  lua_setfield(L, -2, "complete");
}

/* image | nil, "need", offset, length | nil, "unknown" | nil, "corrupt", message   [-0, +1..4] */
static int push_outcome(lua_State *L, const rt_image *image) {
  static const char *const states[] = {"need", NULL, "unknown", "corrupt"};
  uint64_t offset;
  size_t length;
  if (image->state == RT_IMAGE_DONE || (image->state == RT_IMAGE_NEED && image->settled)) {
    push_image(L, image);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, states[image->state]);
  if (image->state == RT_IMAGE_CORRUPT) {
    lua_pushstring(L, image->message);
    return 3;
  }
  if (!rt_image_wants(image, &offset, &length)) return 2;
  lua_pushinteger(L, (lua_Integer)offset);
  lua_pushinteger(L, (lua_Integer)length);
  return 4;
}

/* core.image(bytes [, total]) -> as push_outcome. The bytes are a file's first ones; `total` is the file's size where it is known.
   An image whose end lies beyond the bytes is answered with complete = false.   [-0, +1..4] */
static int l_image(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  rt_image image;
  rt_image_read(&image, bytes, length, size_argument(L, 2));
  return push_outcome(L, &image);
}

/* core.image_reader([total]) -> reader   [-0, +1] */
static int l_image_reader(lua_State *L) {
  uint64_t total = size_argument(L, 1);
  rt_image *image = lua_newuserdata(L, sizeof *image);
  rt_image_start(image, total);
  rt_set_class(L, READER);
  return 1;
}

/* reader:wants() -> offset, length | nil   [-0, +1|2]  Offset 0 is the file's first byte. */
static int l_wants(lua_State *L) {
  const rt_image *image = luaL_checkudata(L, 1, READER);
  uint64_t offset;
  size_t length;
  if (!rt_image_wants(image, &offset, &length)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, (lua_Integer)offset);
  lua_pushinteger(L, (lua_Integer)length);
  return 2;
}

/* reader:feed(bytes) -> reader   [-0, +1]  What stands at the offset wanted last; less than wanted (or "") means that the file ends. */
static int l_feed(lua_State *L) {
  rt_image *image = luaL_checkudata(L, 1, READER);
  size_t length;
  const char *bytes = luaL_checklstring(L, 2, &length);
  if (image->state == RT_IMAGE_NEED) rt_image_feed(image, bytes, length);
  lua_settop(L, 1);
  return 1;
}

/* reader:result() -> as push_outcome   [-0, +1..4] */
static int l_result(lua_State *L) {
  return push_outcome(L, luaL_checkudata(L, 1, READER));
}

void rt_open_image(lua_State *L) {
  static const luaL_Reg functions[] = {{"image", l_image}, {"image_reader", l_image_reader}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"wants", l_wants}, {"feed", l_feed}, {"result", l_result}, {NULL, NULL}};
  rt_new_class(L, READER, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
