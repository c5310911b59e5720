/* lua_media.c: media headers for Lua, from a prefix at once or piece by piece:

     local reader = core.media_reader(size)
     local offset, length = reader:wants()
     while offset do
       file:seek("set", offset)
       reader:feed(offset, file:read(length) or "")
       offset, length = reader:wants()
     end
     local media, state = reader:result()

   Whoever wants the sides alone, or pays for each byte, stops as soon as result() has them. */
#include "lua_units.h"
#include "media.h"

#include <string.h>

#define READER "retake.media_reader"

typedef struct {
  rt_pieces pieces;
  rt_media media;
  rt_media_state state;
} reader;

/* A size: absent is unknown. */
static uint64_t size_argument(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return RT_SIZE_UNKNOWN;
  lua_Number size = luaL_checknumber(L, index);
  luaL_argcheck(L, size >= 0 && size <= 9007199254740992.0, index, "out of range");
  return (uint64_t)size;
}

/* ---- the answer ---- */

static void set_text(lua_State *L, const char *name, const char *text) {
  if (!text || !*text) return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, uint32_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_boolean(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, double value) {
  if (value < 0) return;
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* "image", "video", "audio": a container's type names pictures even where only sound is inside. */
static void set_kind(lua_State *L, const rt_media *media) {
  const char *slash = strchr(media->media_type, '/');
  bool sound_only = media->settled && media->audio_codec[0] && !media->video_codec[0] && !media->measured;
  if (sound_only)
    lua_pushliteral(L, "audio");
  else
    lua_pushlstring(L, media->media_type, slash ? (size_t)(slash - media->media_type) : strlen(media->media_type));
  lua_setfield(L, -2, "kind");
}

/* [-0, +1]: what is not known is absent. */
static void push_media(lua_State *L, const rt_media *media, rt_media_state state) {
  lua_createtable(L, 0, 12);
  set_text(L, "media_type", media->media_type);
  set_kind(L, media);
  if (media->measured) {
    set_integer(L, "width", media->width);
    set_integer(L, "height", media->height);
    set_integer(L, "orientation", (uint32_t)media->orientation);
  }
  if (media->animated || (media->settled && strncmp(media->media_type, "image/", 6) == 0)) set_boolean(L, "animated", media->animated);
  if (media->frames) set_integer(L, "frames", media->frames);
  set_seconds(L, "duration", media->duration);
  set_seconds(L, "frame_rate", media->frame_rate);
  set_text(L, "video_codec", media->video_codec);
  set_text(L, "audio_codec", media->audio_codec);
  if (media->end_seen) set_boolean(L, "complete", media->complete);
  if (state == RT_MEDIA_CORRUPT) set_text(L, "message", media->message);
}

/* media, "done" | media, "corrupt" | media or nil, "need" [, offset, length] | nil, "unknown"   [-0, +2|4]
   Of a damaged file, and of one that has not been read to its end, the table holds what could be learned. */
static int push_outcome(lua_State *L, const reader *r) {
  static const char *const states[] = {"done", "need", "unknown", "corrupt"};
  bool something = r->state == RT_MEDIA_NEED ? r->media.measured || r->media.settled : r->state != RT_MEDIA_UNKNOWN;
  if (something && r->media.media_type)
    push_media(L, &r->media, r->state);
  else
    lua_pushnil(L);
  lua_pushstring(L, states[r->state]);
  if (r->state != RT_MEDIA_NEED) return 2;
  lua_pushinteger(L, (lua_Integer)r->pieces.wanted_offset);
  lua_pushinteger(L, (lua_Integer)r->pieces.wanted_length);
  return 4;
}

/* core.media(bytes [, total]) -> as push_outcome. The bytes are a file's first ones; `total` is the file's size where it is known. */
static int l_media(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 1, &length);
  reader r;
  rt_pieces_prefix(&r.pieces, bytes, length, size_argument(L, 2));
  r.state = rt_media_read(&r.pieces, &r.media);
  return push_outcome(L, &r);
}

/* ---- the reader ---- */

/* core.media_reader([total]) -> reader   [-0, +1] */
static int l_media_reader(lua_State *L) {
  uint64_t total = size_argument(L, 1);
  reader *r = lua_newuserdata(L, sizeof *r);
  rt_pieces_start(&r->pieces, total);
  r->state = rt_media_read(&r->pieces, &r->media);
  rt_set_class(L, READER);
  return 1;
}

/* reader:wants() -> offset, length | nil   [-0, +1|2]  Offset 0 is the file's first byte. */
static int l_wants(lua_State *L) {
  const reader *r = luaL_checkudata(L, 1, READER);
  if (r->state != RT_MEDIA_NEED || r->pieces.full) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, (lua_Integer)r->pieces.wanted_offset);
  lua_pushinteger(L, (lua_Integer)r->pieces.wanted_length);
  return 2;
}

/* reader:feed(offset, bytes [, is_end]) -> reader   [-0, +1]  What stands at that offset; fewer bytes than wanted are fine, and none at all
   say, as is_end does, that the file ends there. */
static int l_feed(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, READER);
  uint64_t offset = size_argument(L, 2);
  size_t length;
  const char *bytes = luaL_checklstring(L, 3, &length);
  bool ends = lua_toboolean(L, 4) || length == 0;
  luaL_argcheck(L, offset != RT_SIZE_UNKNOWN, 2, "number expected");
  lua_settop(L, 1);
  if (r->state != RT_MEDIA_NEED && !(ends && r->state == RT_MEDIA_DONE && !r->media.end_seen)) return 1;
  if (ends) rt_pieces_end(&r->pieces, offset + length);
  if (!rt_pieces_add(&r->pieces, offset, bytes, length) && !r->pieces.full) return luaL_error(L, "not enough memory");
  r->state = rt_media_read(&r->pieces, &r->media);
  return 1;
}

/* reader:result() -> as push_outcome   [-0, +2|4] */
static int l_result(lua_State *L) {
  return push_outcome(L, luaL_checkudata(L, 1, READER));
}

static int l_free(lua_State *L) {
  reader *r = luaL_checkudata(L, 1, READER);
  rt_pieces_free(&r->pieces);
  return 0;
}

void rt_open_media(lua_State *L) {
  static const luaL_Reg functions[] = {{"media", l_media}, {"media_reader", l_media_reader}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"wants", l_wants}, {"feed", l_feed}, {"result", l_result}, {"__gc", l_free}, {NULL, NULL}};
  rt_new_class(L, READER, methods);
  lua_pop(L, 1);
  rt_setfuncs(L, functions);
}
