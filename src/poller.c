#include "poller.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 256 };

#if defined(__linux__)

#include <sys/epoll.h>
#include <sys/timerfd.h>

int rt_poller_open(void) {
  return epoll_create1(EPOLL_CLOEXEC);
}

int rt_poller_set(int poller, int fd, int want, int tag, int known) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = (want & RT_READABLE ? EPOLLIN : 0u) | (want & RT_WRITABLE ? EPOLLOUT : 0u);
  event.data.u64 = (uint64_t)(uint32_t)tag << 32 | (uint32_t)fd;
  if (!want) {
    /* Closed already, or never in: libcurl and its resolver close descriptors before they say so. */
    if (epoll_ctl(poller, EPOLL_CTL_DEL, fd, &event) == 0 || errno == ENOENT || errno == EBADF || errno == EPERM) return 0;
    return -1;
  }
  if (epoll_ctl(poller, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) == 0) return 0;
  if (known && errno == ENOENT) return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  return -1;
}

int rt_poller_wait(int poller, rt_ready *ready, int most, int milliseconds) {
  struct epoll_event events[BATCH];
  int count = epoll_wait(poller, events, most < BATCH ? most : BATCH, milliseconds);
  for (int i = 0; i < count; i++) {
    uint32_t got = events[i].events;
    ready[i].fd = (int)(uint32_t)events[i].data.u64;
    ready[i].tag = (int)(uint32_t)(events[i].data.u64 >> 32);
    ready[i].events = (got & (EPOLLIN | EPOLLHUP | EPOLLERR) ? RT_READABLE : 0) | (got & EPOLLOUT ? RT_WRITABLE : 0) |
                      (got & (EPOLLHUP | EPOLLERR) ? RT_BROKEN : 0);
  }
  return count;
}

int rt_poller_alarm(int poller, int *timer, int tag, double seconds) {
  struct itimerspec wait;
  if (*timer < 0) {
    if (seconds < 0) return 0;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0) return -1;
    if (rt_poller_set(poller, fd, RT_READABLE, tag, 0) != 0) {
      int reason = errno;
      close(fd);
      errno = reason;
      return -1;
    }
    *timer = fd;
  }
  memset(&wait, 0, sizeof wait); /* all 0 is none: what is due at once is a nanosecond away */
  if (seconds >= 0) {
    wait.it_value.tv_sec = (time_t)seconds;
    wait.it_value.tv_nsec = (long)((seconds - (double)wait.it_value.tv_sec) * 1e9);
    if (!wait.it_value.tv_sec && !wait.it_value.tv_nsec) wait.it_value.tv_nsec = 1;
  }
  return timerfd_settime(*timer, 0, &wait, NULL);
}

#else

#include <sys/types.h>
/* types first */
#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>

int rt_poller_open(void) {
  int poller = kqueue();
  if (poller >= 0) fcntl(poller, F_SETFD, FD_CLOEXEC);
  return poller;
}

static int filter(int poller, int fd, int kind, int wanted, int tag) {
  struct kevent change;
  EV_SET(&change, fd, kind, wanted ? EV_ADD : EV_DELETE, 0, 0, (void *)(intptr_t)tag);
  if (kevent(poller, &change, 1, NULL, 0, NULL) == 0) return 0;
  return !wanted && (errno == ENOENT || errno == EBADF) ? 0 : -1;
}

int rt_poller_set(int poller, int fd, int want, int tag, int known) {
  (void)known;
  int reading = filter(poller, fd, EVFILT_READ, want & RT_READABLE, tag);
  int writing = filter(poller, fd, EVFILT_WRITE, want & RT_WRITABLE, tag);
  return reading || writing ? -1 : 0;
}

int rt_poller_wait(int poller, rt_ready *ready, int most, int milliseconds) {
  struct kevent events[BATCH];
  struct timespec wait = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000L};
  int count = kevent(poller, NULL, 0, events, most < BATCH ? most : BATCH, milliseconds < 0 ? NULL : &wait);
  for (int i = 0; i < count; i++) {
    ready[i].fd = (int)events[i].ident;
    ready[i].tag = (int)(intptr_t)events[i].udata;
    ready[i].events = events[i].filter == EVFILT_WRITE ? RT_WRITABLE : RT_READABLE;
    if (events[i].flags & (EV_EOF | EV_ERROR)) ready[i].events |= RT_READABLE | RT_BROKEN;
  }
  return count;
}

/* The timer is one of the queue itself, and has no descriptor. */
int rt_poller_alarm(int poller, int *timer, int tag, double seconds) {
  struct kevent change;
  (void)timer;
  EV_SET(&change, 0, EVFILT_TIMER, seconds < 0 ? EV_DELETE : EV_ADD | EV_ONESHOT, 0, (intptr_t)(seconds * 1000) + 1, (void *)(intptr_t)tag);
  if (kevent(poller, &change, 1, NULL, 0, NULL) == 0) return 0;
  return seconds < 0 && errno == ENOENT ? 0 : -1;
}

#endif

void rt_poller_close(int poller) {
  if (poller >= 0) close(poller);
}
