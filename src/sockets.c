#include "sockets.h"

#include "memory.h"

#include <errno.h>
#include <string.h>

enum {
  IN_SET = RT_READABLE | RT_WRITABLE, /* what it waits for in the poll set */
  WANTED = 4,                         /* by libcurl, now; without it the connection rests */
  ANNOUNCED = 8,                      /* a connection of libcurl's: its closing will be announced */
  FOREIGN = 16
};

int rt_sockets_open(rt_sockets *sockets) {
  memset(sockets, 0, sizeof *sockets);
  sockets->poller = rt_poller_open();
  sockets->timer = -1;
  return sockets->poller < 0 ? -1 : 0;
}

void rt_sockets_close(rt_sockets *sockets) {
  rt_poller_close(sockets->poller);
  rt_poller_close(sockets->timer);
  rt_free(sockets->state);
  memset(sockets, 0, sizeof *sockets);
  sockets->poller = sockets->timer = -1;
}

static int state_of(const rt_sockets *sockets, int fd) {
  return fd >= 0 && (size_t)fd < sockets->size ? sockets->state[fd] : 0;
}

static int make_room(rt_sockets *sockets, int fd) {
  size_t size = sockets->size ? sockets->size : 64;
  if (fd < 0) return EBADF;
  while (size <= (size_t)fd) size *= 2;
  if (size == sockets->size) return 0;
  unsigned char *state = rt_realloc(sockets->state, size);
  if (!state) return ENOMEM;
  memset(state + sockets->size, 0, size - sockets->size);
  sockets->state = state;
  sockets->size = size;
  return 0;
}

static void take_out(rt_sockets *sockets, int fd) {
  rt_poller_set(sockets->poller, fd, 0, RT_OWN_SOCKET, 1);
}

static void disown(rt_sockets *sockets, int fd) {
  sockets->state[fd] = 0;
  sockets->watched--;
}

/* ---- libcurl's side: called from its callbacks, so nothing is refused; what the kernel refuses ends by its timeouts ---- */

void rt_sockets_opened(rt_sockets *sockets, int fd) {
  if (make_room(sockets, fd) != 0) return; /* not announced then: in and out as told */
  if (sockets->state[fd] & FOREIGN) disown(sockets, fd);
  sockets->state[fd] = ANNOUNCED;
}

static void want_as_told(rt_sockets *sockets, int fd, int want) {
  if (!want)
    take_out(sockets, fd);
  else if (rt_poller_set(sockets->poller, fd, want, RT_OWN_SOCKET, 0) != 0 && errno == EEXIST)
    rt_poller_set(sockets->poller, fd, want, RT_OWN_SOCKET, 1);
}

void rt_sockets_want(rt_sockets *sockets, int fd, int want) {
  int state = state_of(sockets, fd);
  if (state & FOREIGN) disown(sockets, fd); /* whoever watched it closed it without a word, and the number is libcurl's now */
  if (!(state & ANNOUNCED)) {
    want_as_told(sockets, fd, want);
    return;
  }
  int in_set = state & IN_SET;
  if (want && want != in_set) {
    if (in_set)
      rt_poller_set(sockets->poller, fd, want, RT_OWN_SOCKET, 1);
    else
      want_as_told(sockets, fd, want);
    in_set = want;
  } else if (!want && in_set & RT_WRITABLE) { /* at rest it is writable all the time */
    take_out(sockets, fd);
    in_set = 0;
  }
  sockets->state[fd] = (unsigned char)(ANNOUNCED | in_set | (want ? WANTED : 0));
}

/* Taken out before it is closed: where a child process holds a copy, closing would leave it in the set, and out of reach. */
void rt_sockets_closing(rt_sockets *sockets, int fd) {
  int state = state_of(sockets, fd);
  if (state & FOREIGN || !state) return;
  if (state & IN_SET) take_out(sockets, fd);
  sockets->state[fd] = 0;
}

/* ---- everybody else's ---- */

int rt_sockets_watch(rt_sockets *sockets, int fd, int want) {
  int error = make_room(sockets, fd);
  if (error) return error;
  int known = state_of(sockets, fd) & FOREIGN;
  if (state_of(sockets, fd) & ANNOUNCED) return EEXIST;
  if (rt_poller_set(sockets->poller, fd, want, RT_FOREIGN_SOCKET, known) != 0) return errno;
  sockets->state[fd] = FOREIGN;
  sockets->watched += !known;
  return 0;
}

int rt_sockets_unwatch(rt_sockets *sockets, int fd) {
  if (!(state_of(sockets, fd) & FOREIGN)) return 0;
  disown(sockets, fd);
  rt_poller_set(sockets->poller, fd, 0, RT_FOREIGN_SOCKET, 1);
  return 1;
}

/* ---- waiting ---- */

/* A connection at rest has something to say: that it was closed, mostly. libcurl looks before it uses it again; until then it is out. */
static int rests(rt_sockets *sockets, const rt_ready *one) {
  int state = one->tag == RT_OWN_SOCKET ? state_of(sockets, one->fd) : 0;
  if (!(state & ANNOUNCED) || state & WANTED) return 0;
  take_out(sockets, one->fd);
  sockets->state[one->fd] = ANNOUNCED;
  return 1;
}

int rt_sockets_alarm(rt_sockets *sockets, double seconds) {
  return rt_poller_alarm(sockets->poller, &sockets->timer, RT_ALARM, seconds) == 0 ? 0 : errno;
}

int rt_sockets_wait(rt_sockets *sockets, rt_ready *ready, int most, int milliseconds) {
  int count = rt_poller_wait(sockets->poller, ready, most, milliseconds), kept = 0;
  if (count < 0) return count;
  for (int i = 0; i < count; i++) {
    if (ready[i].tag == RT_ALARM)
      rt_sockets_alarm(sockets, -1); /* it has woken whoever waited */
    else if (!rests(sockets, &ready[i]))
      ready[kept++] = ready[i];
  }
  return kept;
}
