/* failing_host.c: a host program that runs out of memory. It makes allocation n fail, for every n of a short job, be it the core's, Lua's
   or libcurl's: never a crash, never a hang, never a block left over, never more than one paid submission. usage: failing_host SCRIPT
   [FIRST LAST]; with a range each n of it runs in a process of its own and says what it came to. The script returns run(base_url, output).

   Lua answers a failed allocation with a full collection and asks again. So there are two rounds: in the first the second request is
   granted (the collection comes at every point there is, and what is not anchored dies), in the second it is refused as well (the error is
   thrown). */
#include "../../src/memory.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <netinet/in.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int luaopen_retake_core(lua_State *L);
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);

/* Leaks are looked for by hand: a child ends by _exit, and what libraries keep for the whole process is no leak of a run. */
const char *__asan_default_options(void) {
  return "leak_check_at_exit=0";
}

/* lua-cjson holds its buffers outside Lua while it pushes values, and loses them where that throws. */
const char *__lsan_default_suppressions(void) {
  return "leak:cjson\n";
}

enum { WORKERS = 2, BATCH = 32, MOST_SINGLE = 1000, PATIENCE = 20, MOST_REPORTS = 10 };
enum { SUCCEEDED, FAILED, THROWN, LEFT_OVER = 20, LEAK, LEFT_FILE, NO_END, PAID_TWICE, LASTING };

/* Shared by a worker, its server and its children. */
typedef struct {
  int paid;                   /* submissions of the present run that the server accepted */
  long at, spent;             /* the allocation that fails in the present run; how many it made */
  long outcomes[3], failures; /* of all runs so far */
  char words[200];            /* what the run said */
} board;

/* ---- the provider: one connection after the other, an answer for each request, then good-bye
 * ---------------------------------------------------- */

static const char task_id[] = "7e4d7d1c-2b0a-4c0e-9c53-0d5c2a7f0b11";

static void answer(int fd, const char *type, const char *body, size_t length) {
  char head[256];
  int size =
      snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", type, length);
  if (send(fd, head, (size_t)size, MSG_NOSIGNAL) == size) (void)!send(fd, body, length, MSG_NOSIGNAL);
}

/* The whole request, or 0 where it does not come. */
static size_t hear(int fd, char *request, size_t room) {
  size_t size = 0;
  for (;;) {
    ssize_t got = recv(fd, request + size, room - 1 - size, 0);
    if (got <= 0) return 0;
    request[size += (size_t)got] = '\0';
    const char *end = strstr(request, "\r\n\r\n");
    if (!end) continue;
    const char *length = strcasestr(request, "\r\nContent-Length:");
    if (!length || length > end) return size;
    if (size >= (size_t)(end + 4 - request) + strtoul(length + 17, NULL, 10)) return size;
  }
}

static void serve(int listener, int port, board *shared) {
  static char request[1 << 16];
  char body[512];
  int polls = 0;
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    if (!hear(fd, request, sizeof request)) {
      close(fd);
      continue;
    }
    if (strncmp(request, "POST ", 5) == 0) {
      shared->paid++;
      polls = 0;
      snprintf(body, sizeof body, "{\"id\":\"%s\",\"estimatedCost\":{\"credits\":25}}", task_id);
      answer(fd, "application/json", body, strlen(body));
    } else if (strncmp(request, "GET /v1/tasks/", 14) == 0) {
      if (polls++ == 0)
        snprintf(body, sizeof body, "{\"id\":\"%s\",\"status\":\"RUNNING\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"progress\":0.5}",
                 task_id);
      else
        snprintf(
            body, sizeof body,
            "{\"id\":\"%s\",\"status\":\"SUCCEEDED\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"output\":[\"http://127.0.0.1:%d/out.mp4\"]}",
            task_id, port);
      answer(fd, "application/json", body, strlen(body));
    } else {
      answer(fd, "video/mp4", "\0\0\0\30ftypmp42\0\0\0\0mp42isom", 24);
    }
    close(fd);
  }
}

static pid_t start_server(int *port, board *shared) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16) ||
      getsockname(listener, (struct sockaddr *)&address, &length)) {
    perror("server");
    exit(2);
  }
  *port = ntohs(address.sin_port);
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(listener, *port, shared);
  }
  close(listener);
  return child;
}

/* ---- Lua on the shared allocator
 * ------------------------------------------------------------------------------------------------------------------ */

static int refuse_again; /* the second round */
static size_t refused;   /* the size that was just refused */

static void *allocate(void *user, void *old, size_t old_size, size_t size) {
  (void)user;
  if (size == 0) {
    rt_free(old);
    return NULL;
  }
  if (old && size <= old_size) { /* Lua may count on these */
    void *smaller = realloc(old, size);
    return smaller ? smaller : old;
  }
  if (refuse_again && refused == size) {
    refused = 0;
    return NULL;
  }
  void *fresh = rt_realloc(old, size);
  refused = fresh ? 0 : size;
  return fresh;
}

static lua_State *open_state(const char *script) {
  lua_State *L = lua_newstate(allocate, NULL);
  if (!L) return NULL;
  luaL_openlibs(L);
  luaL_requiref(L, "retake.core", luaopen_retake_core, 0);
  lua_pop(L, 1);
  if (luaL_loadfile(L, script) || lua_pcall(L, 0, 1, 0)) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    exit(2);
  }
  return L;
}

/* ---- one run
 * -------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  char folder[32], url[64], output[64];
} place;

static int files_in(const char *folder) {
  int count = 0;
  DIR *all = opendir(folder);
  for (struct dirent *one; all && (one = readdir(all));) count += strcmp(one->d_name, ".") != 0 && strcmp(one->d_name, "..") != 0;
  if (all) closedir(all);
  return count;
}

/* The script's function and its arguments are on the stack: outside a protected call an error would end the process, rightly. */
static int run_job(lua_State *L, board *shared) {
  if (lua_pcall(L, 2, 2, 0)) {
    snprintf(shared->words, sizeof shared->words, "thrown: %s",
             lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, -1));
    return THROWN;
  }
  const char *state = lua_tostring(L, -2), *class = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  snprintf(shared->words, sizeof shared->words, "%s %s", state ? state : "?", class);
  if (state && strcmp(state, "succeeded") == 0) return SUCCEEDED;
  return state && strcmp(state, "failed") == 0 ? FAILED : NO_END;
}

static int run_failing(lua_State *L, long n, const place *where, board *shared) {
  unlink(where->output);
  shared->at = n;
  shared->paid = 0;
  shared->spent = LONG_MAX; /* until it is known */
  shared->words[0] = '\0';
  alarm(PATIENCE);
  lua_pushvalue(L, 1);
  lua_pushstring(L, where->url);
  lua_pushstring(L, where->output);
  rt_memory_fail_at(n);
  int outcome = run_job(L, shared);
  lua_settop(L, 1);
  lua_gc(L, LUA_GCCOLLECT, 0); /* an error leaves the client to the collector */
  shared->spent = rt_memory_count();
  rt_memory_fail_at(0);
  alarm(0);
  int files = files_in(where->folder), whole = access(where->output, F_OK) == 0;
  if (shared->paid > 1) return PAID_TWICE;
  if (files > whole) return LEFT_FILE;
  if (outcome == SUCCEEDED && (shared->paid != 1 || !whole)) return NO_END;
  if (outcome != SUCCEEDED && shared->spent < n) return LASTING;
  if (outcome <= THROWN) shared->outcomes[outcome]++;
  return outcome;
}

/* In a child, whose Lua state comes from the parent, where nothing failed: `count` runs, then a look at what is left. `live` are the blocks
   from before there was a state. */
static int run_batch(lua_State *L, long first, long stride, long count, long live, const place *where, board *shared) {
  for (long i = 0; i < count; i++) {
    int outcome = run_failing(L, first + i * stride, where, shared);
    if (outcome > THROWN) return outcome;
    if (shared->spent < shared->at) break; /* it needs no more than that */
  }
  lua_close(L);
  if (rt_memory_live() != live) {
    snprintf(shared->words, sizeof shared->words, "%ld blocks", rt_memory_live() - live);
    return LEFT_OVER;
  }
  return __lsan_do_recoverable_leak_check() ? LEAK : 0;
}

static const char *trouble(int status) {
  static const char *const words[] = {"memory is left over",           "a leak",
                                      "an unfinished file is left",    "no proper end",
                                      "more than one paid submission", "it fails after an earlier run, though nothing failed in this one"};
  static char text[64];
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == 0) return NULL;
  if (code >= LEFT_OVER && code <= LASTING) return words[code - LEFT_OVER];
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return "it hangs";
  snprintf(text, sizeof text, "a crash (%s %d)", code >= 0 ? "exit" : "signal", code >= 0 ? code : WTERMSIG(status));
  return text;
}

/* One child; what is wrong, or NULL. */
static const char *try_batch(lua_State *L, long first, long stride, long count, long live, const place *where, board *shared) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) _exit(run_batch(L, first, stride, count, live, where, shared));
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return trouble(status);
}

/* A closed state unloads its modules, and a leak of theirs could not be told from ours. */
static int keep_loaded(struct dl_phdr_info *info, size_t size, void *user) {
  (void)size, (void)user;
  if (strstr(info->dlpi_name, "cjson")) (void)!dlopen(info->dlpi_name, RTLD_NOW | RTLD_NODELETE);
  return 0;
}

/* Every `stride`-th n from `first`; ends behind `last`, or with the first run that needed fewer than n. */
static void work(const char *script, long first, long stride, long last, board *shared) {
  place where = {.folder = "/tmp/failing_host_XXXXXX"};
  int port, single = last - first < MOST_SINGLE;
  if (!mkdtemp(where.folder)) exit(2);
  pid_t server = start_server(&port, shared);
  snprintf(where.url, sizeof where.url, "http://127.0.0.1:%d", port);
  snprintf(where.output, sizeof where.output, "%s/out.mp4", where.folder);
  long live = rt_memory_live(), alone_until = 0;
  lua_State *L = open_state(script);
  if (run_failing(L, 0, &where, shared) != SUCCEEDED) { /* what is loaded or opened once is, by this */
    fprintf(stderr, "without a failure: %s\n", shared->words);
    exit(2);
  }
  memset(shared->outcomes, 0, sizeof shared->outcomes);
  dl_iterate_phdr(keep_loaded, NULL);
  for (long n = first; n <= last && shared->spent >= shared->at;) {
    int alone = single || n < alone_until;
    const char *what = try_batch(L, n, stride, alone ? 1 : BATCH, live, &where, shared);
    if (what && !alone && shared->spent < LONG_MAX) { /* seen at the end of the batch: which run was it? */
      alone_until = n + BATCH * stride;
      continue;
    }
    if (what && shared->failures++ < MOST_REPORTS)
      fprintf(stderr, "round %d, allocation %ld: %s; %s\n", 1 + refuse_again, shared->at, what, shared->words);
    if (single && !what) printf("round %d, allocation %ld: %s, %d paid\n", 1 + refuse_again, n, shared->words, shared->paid);
    n = shared->at + stride;
  }
  kill(server, SIGKILL);
  waitpid(server, NULL, 0);
  unlink(where.output);
  rmdir(where.folder);
}

static int run_round(const char *script, long first, long last, board *boards, int workers) {
  pid_t pids[WORKERS];
  memset(boards, 0, WORKERS * sizeof *boards);
  for (int i = 0; i < workers; i++) {
    fflush(NULL);
    pids[i] = fork();
    if (pids[i] == 0) {
      work(script, first + i, workers, last, &boards[i]);
      fflush(NULL);
      _exit(0);
    }
  }
  board sum = {.at = 0};
  int crashed = 0;
  for (int i = 0; i < workers; i++) {
    int status;
    waitpid(pids[i], &status, 0);
    crashed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    for (int k = 0; k < 3; k++) sum.outcomes[k] += boards[i].outcomes[k];
    sum.failures += boards[i].failures;
    if (boards[i].at > sum.at) sum.at = boards[i].at;
  }
  printf("round %d (%s): allocations %ld to %ld: %ld succeeded, %ld ended with a fault, %ld threw, %ld wrong\n", 1 + refuse_again,
         refuse_again ? "no memory after a collection either" : "a collection helps", first, sum.at, sum.outcomes[SUCCEEDED],
         sum.outcomes[FAILED], sum.outcomes[THROWN], sum.failures);
  return sum.failures == 0 && !crashed && sum.at > 100;
}

int main(int count, char **words) {
  if (count != 2 && count != 4) return fprintf(stderr, "usage: failing_host SCRIPT [FIRST LAST]\n"), 2;
  long first = count == 4 ? atol(words[2]) : 1, last = count == 4 ? atol(words[3]) : 10000000;
  board *boards = mmap(NULL, WORKERS * sizeof *boards, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (boards == MAP_FAILED) return perror("mmap"), 2;
  int passed = 0;
  for (refuse_again = 0; refuse_again < 2; refuse_again++) passed += run_round(words[1], first, last, boards, count == 4 ? 1 : WORKERS);
  if (count == 4) return 0;
  printf("%d passed, %d failed\n", passed, 2 - passed);
  return passed != 2;
}
