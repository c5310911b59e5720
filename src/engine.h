/* engine.h: transfers over one curl multi handle, one poll descriptor, one deadline. Knows nothing of Lua, and calls nobody back: what
   finished waits in a list until it is taken. Not for several threads at once. */
#ifndef RT_ENGINE_H
#define RT_ENGINE_H

#include "outcome.h"
#include "request.h"

#include <stdint.h>

typedef struct rt_engine rt_engine;

typedef enum { RT_OK, RT_QUEUE_FULL, RT_NO_MEMORY, RT_FORKED, RT_UNKNOWN } rt_result;

typedef struct {
  uint64_t running, queued, ready, finished; /* running: saving too; ready: finished and not taken yet; finished: all, since it was made */
  uint64_t connections_opened, connections_reused;
} rt_stats;

rt_engine *rt_engine_new(size_t concurrency, size_t queue); /* NULL without memory or descriptors; see errno */
void rt_engine_free(rt_engine *engine); /* cancels all, removes unfinished files; in a forked child leaves the parent's alone */
int rt_engine_forked(
    const rt_engine *engine); /* whether this is another process than the one that made it: then nothing may be called but free */

rt_result rt_engine_start(rt_engine *engine, const rt_request *request, uint64_t *id); /* the request must have no flaw (rt_request_flaw) */
rt_result rt_engine_cancel(rt_engine *engine, uint64_t id);                            /* RT_UNKNOWN: neither queued nor running, or being saved */
rt_result rt_engine_progress(const rt_engine *engine, uint64_t id, int64_t *received, int64_t *expected, int64_t *sent);

/* The oldest outcome that was not taken, and its id; it stays valid, and the first, until dropped. */
const rt_outcome *rt_engine_first(const rt_engine *engine, uint64_t *id);
const char *rt_engine_first_output(const rt_engine *engine); /* the file it was saved in, or NULL */
void rt_engine_drop(rt_engine *engine);

int rt_engine_pollfd(const rt_engine *engine);
/* Makes the descriptor readable in so many seconds too (negative: no longer), for loops that can watch it but have no timers. Over with the
   step that finds it so. 0, or an errno. */
int rt_engine_alarm(rt_engine *engine, double seconds);
double rt_engine_timeout(
    const rt_engine *engine); /* seconds until step has something to do of itself; negative: only when the descriptor is ready */
long rt_engine_step(
    rt_engine *engine,
    double seconds); /* outcomes ready to take; returns as soon as there is one, or a watched descriptor is ready. -1: another process */
/* The next step spends no longer than that on descriptors that are ready, but for the first of them; there is a limit of its own too. */
void rt_engine_hurry(rt_engine *engine, double seconds);
void rt_engine_stats(const rt_engine *engine, rt_stats *stats);

const char *rt_engine_curl_version(void); /* of the libcurl that was loaded */

/* Descriptors that are not curl's. */
int rt_engine_watch(rt_engine *engine, int fd, int events); /* RT_READABLE, RT_WRITABLE; 0, or an errno */
void rt_engine_unwatch(rt_engine *engine, int fd);
int rt_engine_ready(rt_engine *engine, int *fd, int *events); /* 1 and the next of those the last step found ready, or 0 */

#endif
