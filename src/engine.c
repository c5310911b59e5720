#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "engine.h"

#include "clock.h"
#include "deadlines.h"
#include "ids.h"
#include "memory.h"
#include "saver.h"
#include "sockets.h"
#include "transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

enum { BATCH = 128 };

/* Seconds that one pass over ready descriptors may take before the caller has its say again. libcurl reads up to 1.6 MB from a socket in one
   go (7.88), and with many downloads under way that adds up to a tenth of a second. */
static const double PASS = 0.0005;

typedef struct {
  rt_transfer *first, *last;
  size_t count;
} list;

struct rt_engine {
  CURLM *multi;
  rt_sockets sockets;
  pid_t owner;
  size_t concurrency, most_queued;
  list queued, running, saving, done;
  rt_saver saver;
  int hears_saver; /* its bell is in the poll set */
  rt_ids ids;
  rt_deadlines clocks;
  double curl_due; /* when libcurl wants to be called; negative: it does not */
  rt_lane *idle_lanes;
  rt_ready ready[BATCH]; /* foreign descriptors found ready by the last step */
  int ready_count, ready_taken;
  rt_ready events[BATCH]; /* what the poll set said last; from served on it is for the next pass */
  int event_count, served;
  double pass; /* of the next step; PASS or less */
  uint64_t finished, opened, reused;
};

/* ---- lists ---- */

static void append(list *to, rt_transfer *transfer) {
  transfer->next = NULL;
  transfer->previous = to->last;
  if (to->last)
    to->last->next = transfer;
  else
    to->first = transfer;
  to->last = transfer;
  to->count++;
}

static void detach(list *from, rt_transfer *transfer) {
  if (transfer->previous)
    transfer->previous->next = transfer->next;
  else
    from->first = transfer->next;
  if (transfer->next)
    transfer->next->previous = transfer->previous;
  else
    from->last = transfer->previous;
  from->count--;
}

/* ---- what libcurl asks for: a descriptor to watch, a time to be called ---- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused) {
  rt_engine *engine = user;
  int want = what == CURL_POLL_IN      ? RT_READABLE
             : what == CURL_POLL_OUT   ? RT_WRITABLE
             : what == CURL_POLL_INOUT ? RT_READABLE | RT_WRITABLE
                                       : 0;
  (void)easy, (void)unused; /* the handle may be one of libcurl's own */
  rt_sockets_want(&engine->sockets, fd, want);
  return 0; /* always: -1 would end every transfer of the multi handle */
}

static int on_timer(CURLM *multi, long milliseconds, void *user) {
  rt_engine *engine = user;
  (void)multi;
  engine->curl_due = milliseconds < 0 ? -1 : rt_now() + (double)milliseconds / 1000; /* never acted on here: it may be 0 */
  return 0;
}

/* ---- birth and death ---- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static int curl_ready;
static pid_t here; /* this process; asking the kernel at every call would cost a tenth of a small request */

static void notice_fork(void) {
  here = getpid();
}

/* Never undone: other code in the process may be using libcurl too. */
static void init_curl(void) {
  here = getpid();
  pthread_atfork(NULL, NULL, notice_fork);
#ifdef RT_FAIL_ALLOC
  curl_ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, rt_malloc, rt_free, rt_realloc, rt_strdup, rt_calloc) == CURLE_OK;
#else
  curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
#endif
}

static int open_multi(rt_engine *engine) {
  engine->multi = curl_multi_init();
  if (!engine->multi) return -1;
  long most = engine->concurrency < 100000 ? (long)engine->concurrency : 100000;
  int ok = curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA, engine) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA, engine) == CURLM_OK &&
           /* by default libcurl keeps four connections for each transfer under way: with few running it would close the others */
           curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, most) == CURLM_OK;
  return ok ? 0 : -1;
}

rt_engine *rt_engine_new(size_t concurrency, size_t queue) {
  pthread_once(&curl_once, init_curl);
  rt_engine *engine = curl_ready ? rt_calloc(1, sizeof *engine) : NULL;
  if (!engine) {
    errno = ENOMEM;
    return NULL;
  }
  engine->owner = here;
  engine->concurrency = concurrency;
  engine->most_queued = queue;
  engine->curl_due = -1;
  engine->pass = PASS;
  int error = rt_saver_open(&engine->saver);
  if (error) {
    rt_free(engine);
    errno = error;
    return NULL;
  }
  if (rt_sockets_open(&engine->sockets) != 0) error = errno;
  if (!error && open_multi(engine) != 0) error = ENOMEM;
  if (!error) return engine;
  rt_engine_free(engine);
  errno = error;
  return NULL;
}

int rt_engine_forked(const rt_engine *engine) {
  return here != engine->owner;
}

static void drop_list(list *all) {
  while (all->first) {
    rt_transfer *transfer = all->first;
    detach(all, transfer);
    rt_transfer_free(transfer);
  }
}

static void stop_running(rt_engine *engine);

void rt_engine_free(rt_engine *engine) {
  if (!engine) return;
  if (getpid() != engine->owner) { /* asked of the kernel: also after a fork that ran no handlers */
    /* The connections, their TLS state, the poll set behind the descriptor and the unfinished files belong to the parent: closing any of it
       properly would say goodbye on its connections. Only this process's descriptors go; the memory is left behind on purpose. */
    rt_poller_close(engine->sockets.poller);
    rt_poller_close(engine->sockets.timer);
    rt_saver_leave(&engine->saver);
    return;
  }
  stop_running(engine);
  rt_saver_close(&engine->saver); /* a file that it was at gets its name; the others go */
  drop_list(&engine->saving);
  drop_list(&engine->queued);
  drop_list(&engine->done);
  while (engine->idle_lanes) {
    rt_lane *lane = engine->idle_lanes;
    engine->idle_lanes = lane->next;
    rt_lane_free(lane);
  }
  if (engine->multi) curl_multi_cleanup(engine->multi);
  rt_sockets_close(&engine->sockets);
  rt_deadlines_free(&engine->clocks);
  rt_ids_free(&engine->ids);
  rt_free(engine);
}

/* ---- the way of a transfer: queued, running, done ---- */

rt_result rt_engine_start(rt_engine *engine, const rt_request *request, uint64_t *id) {
  if (rt_engine_forked(engine)) return RT_FORKED;
  if (engine->queued.count >= engine->most_queued) return RT_QUEUE_FULL;
  rt_transfer *transfer = rt_transfer_new(request);
  if (!transfer) return RT_NO_MEMORY;
  transfer->id = rt_ids_add(&engine->ids, transfer);
  if (!transfer->id) {
    rt_transfer_free(transfer);
    return RT_NO_MEMORY;
  }
  append(&engine->queued, transfer);
  *id = transfer->id;
  return RT_OK;
}

static void file_done(rt_engine *engine, rt_transfer *transfer) {
  transfer->state = RT_DONE;
  engine->finished++;
  append(&engine->done, transfer);
}

/* Takes a running transfer out of libcurl; the caller then ends it. Returns its lane, which is free for the next one after that. */
static rt_lane *halt(rt_engine *engine, rt_transfer *transfer) {
  curl_multi_remove_handle(engine->multi, transfer->lane->easy);
  detach(&engine->running, transfer);
  return transfer->lane;
}

static int hears_saver(rt_engine *engine) {
  if (engine->hears_saver) return 1;
  int bell = rt_saver_bell(&engine->saver);
  if (bell >= 0) engine->hears_saver = rt_poller_set(engine->sockets.poller, bell, RT_READABLE, RT_BELL, 0) == 0;
  return engine->hears_saver;
}

/* Where there is no thread to be had the disk is waited for. */
static void save(rt_engine *engine, rt_transfer *transfer) {
  transfer->saving.sink = &transfer->outcome.body;
  if (hears_saver(engine) && rt_saver_add(&engine->saver, &transfer->saving) == 0) {
    transfer->state = RT_SAVING;
    append(&engine->saving, transfer);
    return;
  }
  rt_transfer_saved(transfer, rt_sink_finish(&transfer->outcome.body));
  file_done(engine, transfer);
}

static void settle(rt_engine *engine, rt_transfer *transfer, rt_lane *lane) {
  lane->next = engine->idle_lanes;
  engine->idle_lanes = lane;
  if (transfer->outcome.reused)
    engine->reused++;
  else if (transfer->outcome.sent)
    engine->opened++;
  if (rt_transfer_unsaved(transfer))
    save(engine, transfer);
  else
    file_done(engine, transfer);
}

static rt_lane *take_lane(rt_engine *engine) {
  rt_lane *lane = engine->idle_lanes;
  if (!lane) return rt_lane_new();
  engine->idle_lanes = lane->next;
  return lane;
}

static void refuse(rt_engine *engine, rt_transfer *transfer, rt_lane *lane) {
  if (lane) {
    lane->next = engine->idle_lanes;
    engine->idle_lanes = lane;
  }
  file_done(engine, transfer);
}

static void run(rt_engine *engine, rt_transfer *transfer) {
  rt_lane *lane = rt_deadlines_reserve(&engine->clocks, engine->running.count + 1) == 0 ? take_lane(engine) : NULL;
  if (!lane) {
    rt_outcome_fail(&transfer->outcome, RT_MEMORY, NULL);
    refuse(engine, transfer, NULL);
    return;
  }
  if (rt_transfer_begin(transfer, lane, &engine->clocks, &engine->sockets) != 0) {
    refuse(engine, transfer, lane);
    return;
  }
  if (curl_multi_add_handle(engine->multi, lane->easy) != CURLM_OK) {
    rt_transfer_end(transfer, CURLE_OUT_OF_MEMORY);
    refuse(engine, transfer, lane);
    return;
  }
  transfer->state = RT_RUNNING;
  append(&engine->running, transfer);
}

static void run_queued(rt_engine *engine) {
  while (engine->queued.first && engine->running.count < engine->concurrency) {
    rt_transfer *transfer = engine->queued.first;
    detach(&engine->queued, transfer);
    run(engine, transfer);
  }
}

rt_result rt_engine_cancel(rt_engine *engine, uint64_t id) {
  if (rt_engine_forked(engine)) return RT_FORKED;
  rt_transfer *transfer = rt_ids_find(&engine->ids, id);
  if (!transfer || transfer->state == RT_DONE || transfer->state == RT_SAVING) return RT_UNKNOWN;
  rt_lane *lane = NULL;
  if (transfer->state == RT_RUNNING)
    lane = halt(engine, transfer);
  else
    detach(&engine->queued, transfer);
  rt_transfer_end_cancelled(transfer);
  if (lane)
    settle(engine, transfer, lane);
  else
    file_done(engine, transfer);
  return RT_OK;
}

rt_result rt_engine_progress(const rt_engine *engine, uint64_t id, int64_t *received, int64_t *expected, int64_t *sent) {
  if (rt_engine_forked(engine)) return RT_FORKED;
  const rt_transfer *transfer = rt_ids_find(&engine->ids, id);
  if (!transfer) return RT_UNKNOWN;
  rt_transfer_progress(transfer, received, expected, sent);
  return RT_OK;
}

static void stop_running(rt_engine *engine) {
  while (engine->running.first) {
    rt_transfer *transfer = engine->running.first;
    rt_lane *lane = halt(engine, transfer);
    rt_transfer_end_cancelled(transfer);
    settle(engine, transfer, lane);
  }
}

const rt_outcome *rt_engine_first(const rt_engine *engine, uint64_t *id) {
  if (!engine->done.first) return NULL;
  *id = engine->done.first->id;
  return &engine->done.first->outcome;
}

const char *rt_engine_first_output(const rt_engine *engine) {
  return engine->done.first ? engine->done.first->outcome.body.path : NULL;
}

void rt_engine_drop(rt_engine *engine) {
  rt_transfer *transfer = engine->done.first;
  if (!transfer) return;
  detach(&engine->done, transfer);
  rt_ids_drop(&engine->ids, transfer->id);
  rt_transfer_free(transfer);
}

/* ---- the step ---- */

/* libcurl does not know any more where its transfers stand: all of them end. The multi handle goes with them: one that ran out of memory
   keeps a socket's entry whose table is gone (7.88), and divides by zero at the next transfer over that descriptor. Where there is no
   memory for a new one, what starts ends for want of memory, and the next turn tries again. */
static void fail_running(rt_engine *engine, CURLMcode code) {
  while (engine->running.first) {
    rt_transfer *transfer = engine->running.first;
    rt_lane *lane = halt(engine, transfer);
    rt_transfer_end(transfer, code == CURLM_OUT_OF_MEMORY || !engine->multi ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT);
    settle(engine, transfer, lane);
  }
  curl_multi_cleanup(engine->multi);
  engine->multi = NULL;
  engine->curl_due = -1;
  open_multi(engine);
}

static void act(rt_engine *engine, curl_socket_t fd, int mask) {
  int still;
  CURLMcode code = curl_multi_socket_action(engine->multi, fd, mask, &still);
  if (code != CURLM_OK) fail_running(engine, code);
}

static void collect_finished(rt_engine *engine) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(engine->multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    rt_transfer *transfer = NULL;
    CURLcode code = message->data.result; /* the message is gone once the handle is removed */
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
    rt_lane *lane = halt(engine, transfer);
    rt_transfer_end(transfer, code);
    settle(engine, transfer, lane);
  }
}

static void collect_saved(rt_engine *engine) {
  rt_saving *saving;
  while ((saving = rt_saver_take(&engine->saver))) {
    rt_transfer *transfer = (rt_transfer *)((char *)saving - offsetof(rt_transfer, saving));
    detach(&engine->saving, transfer);
    rt_transfer_saved(transfer, saving->status);
    file_done(engine, transfer);
  }
}

static rt_transfer *owner_of(rt_deadline *due) {
  return (rt_transfer *)((char *)due - offsetof(rt_transfer, due));
}

static void end_late(rt_engine *engine) {
  double now = engine->clocks.now = rt_now(), at;
  for (rt_deadline *due; (due = rt_deadlines_first(&engine->clocks)) && due->at <= now;) {
    rt_transfer *transfer = owner_of(due);
    rt_phase phase = rt_transfer_due(transfer, &at);
    if (!phase) {
      rt_deadlines_drop(&engine->clocks, due);
    } else if (at > now) { /* it moved on since this was set */
      rt_deadlines_put(&engine->clocks, due, at);
    } else {
      rt_lane *lane = halt(engine, transfer);
      rt_transfer_end_late(transfer, phase);
      settle(engine, transfer, lane);
    }
  }
}

static double earlier(double due, double other) {
  return due < 0 || (other >= 0 && other < due) ? other : due;
}

/* When there is something to do without any descriptor being ready; negative: never. */
static double next_due(const rt_engine *engine) {
  const rt_deadline *clock = rt_deadlines_first(&engine->clocks);
  double due = earlier(engine->curl_due, clock ? clock->at : -1);
  if (engine->done.first || engine->served < engine->event_count) due = 0;
  if (engine->queued.first && engine->running.count < engine->concurrency) due = 0;
  return due;
}

int rt_engine_pollfd(const rt_engine *engine) {
  return engine->sockets.poller;
}

int rt_engine_alarm(rt_engine *engine, double seconds) {
  return rt_sockets_alarm(&engine->sockets, seconds);
}

/* Up to whole milliseconds: a wait that ends a little early would be followed by many of length zero. */
static int milliseconds_until(double due) {
  double wait = (due - rt_now()) * 1000;
  if (wait <= 0) return 0;
  if (wait >= 1e9) return 1000000000;
  return (int)wait + ((int)wait < wait);
}

double rt_engine_timeout(const rt_engine *engine) {
  double due = next_due(engine);
  return due < 0 ? -1 : milliseconds_until(due) / 1000.0;
}

static int wait_for(const rt_engine *engine, double until) {
  double due = earlier(next_due(engine), until);
  return due < 0 ? -1 : milliseconds_until(due);
}

static void serve_one(rt_engine *engine, const rt_ready *one) {
  int got = one->events;
  if (one->tag == RT_FOREIGN_SOCKET) engine->ready[engine->ready_count++] = *one;
  if (one->tag == RT_BELL) collect_saved(engine);
  if (one->tag != RT_OWN_SOCKET) return;
  act(engine, one->fd,
      (got & RT_READABLE ? CURL_CSELECT_IN : 0) | (got & RT_WRITABLE ? CURL_CSELECT_OUT : 0) | (got & RT_BROKEN ? CURL_CSELECT_ERR : 0));
}

/* Curl's descriptors are served, foreign ones are put down for rt_engine_ready. What is left of a pass comes first in the next one: asked
   anew, the poll set would name the same ones first again. Meanwhile such a descriptor may have been closed or read from; libcurl finds that
   out by itself. -1: a signal came. */
static int serve(rt_engine *engine, int milliseconds) {
  if (engine->served == engine->event_count) {
    engine->served = 0;
    engine->event_count = rt_sockets_wait(&engine->sockets, engine->events, BATCH, milliseconds);
    if (engine->event_count < 0) {
      engine->event_count = 0;
      return -1;
    }
  }
  engine->clocks.now = rt_now();
  double end = engine->clocks.now + engine->pass;
  while (engine->served < engine->event_count) {
    serve_one(engine, &engine->events[engine->served++]);
    if (rt_now() >= end) break;
  }
  return 0;
}

static void turn(rt_engine *engine) {
  if (engine->curl_due >= 0 && engine->curl_due <= rt_now()) {
    engine->curl_due = -1;
    act(engine, CURL_SOCKET_TIMEOUT, 0);
  }
  collect_finished(engine);
  end_late(engine);
  run_queued(engine);
}

void rt_engine_hurry(rt_engine *engine, double seconds) {
  engine->pass = seconds < PASS ? seconds : PASS;
}

long rt_engine_step(rt_engine *engine, double seconds) {
  if (getpid() != engine->owner) return -1; /* also a fork that ran no handlers */
  engine->clocks.now = rt_now();
  double until = seconds < 1e9 ? engine->clocks.now + (seconds > 0 ? seconds : 0) : -1;
  engine->ready_count = engine->ready_taken = 0;
  run_queued(engine);
  for (;;) {
    if (until < 0 && !engine->running.count && !engine->saving.count && !engine->sockets.watched) break; /* nothing could ever end this wait */
    int interrupted = serve(engine, wait_for(engine, seconds > 0 ? until : 0));
    turn(engine);
    if (interrupted || engine->done.first || engine->ready_count || seconds <= 0 || (until >= 0 && rt_now() >= until)) break;
  }
  engine->pass = PASS;
  return (long)engine->done.count;
}

void rt_engine_stats(const rt_engine *engine, rt_stats *stats) {
  stats->running = engine->running.count + engine->saving.count;
  stats->queued = engine->queued.count;
  stats->ready = engine->done.count;
  stats->finished = engine->finished;
  stats->connections_opened = engine->opened;
  stats->connections_reused = engine->reused;
}

const char *rt_engine_curl_version(void) {
  return curl_version_info(CURLVERSION_NOW)->version;
}

/* ---- foreign descriptors ---- */

int rt_engine_watch(rt_engine *engine, int fd, int events) {
  return rt_sockets_watch(&engine->sockets, fd, events);
}

void rt_engine_unwatch(rt_engine *engine, int fd) {
  if (!rt_sockets_unwatch(&engine->sockets, fd)) return;
  for (int i = engine->ready_taken; i < engine->ready_count; i++)
    if (engine->ready[i].fd == fd) engine->ready[i].fd = -1;
  for (int i = engine->served; i < engine->event_count; i++)
    if (engine->events[i].fd == fd && engine->events[i].tag == RT_FOREIGN_SOCKET) engine->events[i].tag = RT_ALARM; /* which is passed over */
}

int rt_engine_ready(rt_engine *engine, int *fd, int *events) {
  while (engine->ready_taken < engine->ready_count) {
    const rt_ready *one = &engine->ready[engine->ready_taken++];
    if (one->fd < 0) continue;
    *fd = one->fd;
    *events = one->events;
    return 1;
  }
  return 0;
}
