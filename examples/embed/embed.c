/* embed.c: retake inside a C program, in a Lua state of its own that may use only so much memory.
 *
 * usage: embed [--memory KILOBYTES] [--leave STATE] FOLDER PROMPT FILE
 *   FOLDER   where job.lua is; retake's own modules are found by LUA_PATH, as ever
 *   --leave  ends with the job running, once it is in that state ("poll": its task is at the provider, "download": the result is being
 *            saved): its record, from which another process goes on, is printed
 * Ends with 0, with 1 where the job failed, with 2 for wrong arguments, with 3 where the memory did not suffice. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int luaopen_retake_core(lua_State *L); /* of libretake.a */

enum { DONE, FAILED, USAGE, NO_MEMORY };

typedef struct {
  size_t used, most, limit; /* bytes */
} budget;

/* Lua's allocator, with a limit. What libcurl and the core take beside Lua does not count. */
static void *allocate(void *user, void *block, size_t before, size_t wanted) {
  budget *memory = user;
  size_t freed = block ? before : 0;
  if (!wanted) {
    free(block);
    memory->used -= freed;
    return NULL;
  }
  if (wanted > freed && memory->used - freed + wanted > memory->limit) return NULL;
  void *given = realloc(block, wanted);
  if (!given) return NULL;
  memory->used += wanted - freed;
  if (memory->used > memory->most) memory->most = memory->used;
  return given;
}

typedef struct {
  const char *folder, *prompt, *file;
  const char *leave; /* NULL: when the job is over */
  double told; /* the progress that was printed last */
  int code;
} order;

/* Calls a function of job.lua, which is at index 2.  [-arguments, +results] */
static void call(lua_State *L, const char *name, int arguments, int results) {
  lua_getfield(L, 2, name);
  lua_insert(L, -arguments - 1);
  lua_call(L, arguments, results);
}

static void open_retake(lua_State *L, const char *folder) {
  luaL_openlibs(L);
  luaL_requiref(L, "retake.core", luaopen_retake_core, 0);
  lua_pop(L, 1);
  lua_pushfstring(L, "%s/job.lua", folder);
  if (luaL_loadfile(L, lua_tostring(L, -1)) != LUA_OK) lua_error(L);
  lua_remove(L, -2);
  lua_call(L, 0, 1); /* its functions, at index 2 from here on */
}

/* One turn of the program's main loop, in which it would do other things too. Whether the job goes on. */
static int turn(lua_State *L, order *what) {
  call(L, "step", 0, 3);
  int over = lua_toboolean(L, -3) || (what->leave && strcmp(luaL_checkstring(L, -2), what->leave) == 0);
  double progress = lua_tonumber(L, -1);
  if (progress > what->told) fprintf(stderr, "%3.0f %%\n", progress * 100);
  what->told = progress;
  lua_pop(L, 3);
  return !over;
}

/* All that may run out of memory is in here: lua_pcall catches it.  [-1, +0] */
static int run(lua_State *L) {
  order *what = lua_touserdata(L, 1);
  open_retake(L, what->folder);
  lua_pushstring(L, what->prompt);
  lua_pushstring(L, what->file);
  call(L, "start", 2, 0);
  while (turn(L, what)) {}
  call(L, what->leave ? "record" : "result", 0, 2);
  what->code = lua_isnil(L, -2) ? FAILED : DONE;
  const char *text = lua_tostring(L, what->code == DONE ? -2 : -1);
  fprintf(what->code == DONE ? stdout : stderr, "%s\n", text ? text : "?");
  return 0;
}

/* Kilobytes; 0 where that is no such number. */
static size_t kilobytes(const char *word) {
  char *end;
  long value = strtol(word, &end, 10);
  return value > 0 && value <= 1 << 30 && !*end ? (size_t)value * 1024 : 0;
}

static int is_state(const char *word) {
  static const char *const states[] = {"prepare", "submit", "submitting", "poll", "download", "decide"};
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    if (strcmp(word, states[i]) == 0) return 1;
  return 0;
}

static int parse(int count, char **words, order *what, budget *memory) {
  int at = 1;
  for (; at < count && strncmp(words[at], "--", 2) == 0; at++) {
    if (strcmp(words[at], "--leave") == 0 && at + 1 < count) {
      what->leave = words[++at];
      if (!is_state(what->leave)) return -1;
    } else if (strcmp(words[at], "--memory") == 0 && at + 1 < count) {
      memory->limit = kilobytes(words[++at]);
    } else {
      return -1;
    }
  }
  if (count - at != 3 || !memory->limit) return -1;
  what->folder = words[at];
  what->prompt = words[at + 1];
  what->file = words[at + 2];
  return 0;
}

int main(int count, char **words) {
  budget memory = {0, 0, 32 * 1024 * 1024};
  order what = {NULL, NULL, NULL, NULL, 0, FAILED};
  if (parse(count, words, &what, &memory) != 0) {
    fputs("usage: embed [--memory KILOBYTES] [--leave STATE] FOLDER PROMPT FILE\n", stderr);
    return USAGE;
  }
  lua_State *L = lua_newstate(allocate, &memory);
  if (!L) {
    fputs("out of memory: no Lua state\n", stderr);
    return NO_MEMORY;
  }
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &what); /* neither needs memory of its own */
  int status = lua_pcall(L, 1, 0, 0);
  if (status != LUA_OK) {
    const char *text = lua_tostring(L, -1);
    int no_memory = status == LUA_ERRMEM || (text && strstr(text, "not enough memory")); /* the latter: while a module was loaded */
    fprintf(stderr, "%s%s\n", no_memory ? "out of memory: " : "", text ? text : "?");
    what.code = no_memory ? NO_MEMORY : FAILED;
  }
  lua_close(L); /* jobs that still run end here; their tasks go on at the provider */
  fprintf(stderr, "%zu of %zu KB were used, %zu bytes are left over\n", memory.most / 1024, memory.limit / 1024, memory.used);
  return what.code;
}
