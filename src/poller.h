/* poller.h: epoll or kqueue behind five calls. The kernel holds the set, so nothing here allocates and nothing can run out inside a
 * callback. */
#ifndef RT_POLLER_H
#define RT_POLLER_H

enum { RT_READABLE = 1, RT_WRITABLE = 2, RT_BROKEN = 4 };

typedef struct {
  int fd;
  int events; /* RT_READABLE, RT_WRITABLE, RT_BROKEN */
  int tag;    /* as given to rt_poller_set */
} rt_ready;

int rt_poller_open(void); /* a descriptor that is readable while anything in its set is ready; -1 and errno */

/* Puts a descriptor into the set (known 0), changes what it waits for (known 1; added when it was not there), or (want 0) takes it out,
   which may come after it was closed. 0, or -1 and errno: EEXIST when a new one is in the set already. */
int rt_poller_set(int poller, int fd, int want, int tag, int known);

/* Waits up to that many milliseconds (-1: for ever). The number of ready descriptors, or -1 when a signal or an error came instead. */
int rt_poller_wait(int poller, rt_ready *ready, int most, int milliseconds);

/* Makes the poller readable in so many seconds, until it is set anew; negative: takes that back. *timer is -1 at first, and the caller
   closes it. 0, or -1 and errno. */
int rt_poller_alarm(int poller, int *timer, int tag, double seconds);

void rt_poller_close(int poller); /* a timer too */

#endif
