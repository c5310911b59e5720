/* sockets.h: the descriptors in the poll set: which are libcurl's, which are somebody else's, and which are connections at rest.
   libcurl takes a connection's descriptor out after each request and puts it back for the next one. It stays in here instead: two system
   calls less for each request on a kept connection. That is safe because libcurl announces when it opens and closes a connection; a
   descriptor it did not announce (its resolver's) goes in and out as told. */
#ifndef RT_SOCKETS_H
#define RT_SOCKETS_H

#include "poller.h"

#include <stddef.h>

typedef struct {
  int poller, timer; /* the timer: -1 until it is needed */
  unsigned char *state; /* by descriptor */
  size_t size;
  size_t watched; /* how many are somebody else's */
} rt_sockets;

enum { RT_OWN_SOCKET, RT_FOREIGN_SOCKET, RT_ALARM, RT_BELL }; /* the tag of a ready descriptor */

int rt_sockets_open(rt_sockets *sockets); /* 0, or -1 and errno */
void rt_sockets_close(rt_sockets *sockets);

/* libcurl's side */
void rt_sockets_opened(rt_sockets *sockets, int fd);
void rt_sockets_want(rt_sockets *sockets, int fd, int want); /* RT_READABLE, RT_WRITABLE; 0: nothing now */
void rt_sockets_closing(rt_sockets *sockets, int fd);

/* everybody else's */
int rt_sockets_watch(rt_sockets *sockets, int fd, int want); /* 0, or an errno */
int rt_sockets_unwatch(rt_sockets *sockets,
                       int fd); /* whether it was watched; a number that was not is left alone: it may be libcurl's by now */

int rt_sockets_alarm(rt_sockets *sockets, double seconds); /* the poller is readable then; negative: no more. 0, or an errno */

int rt_sockets_wait(rt_sockets *sockets, rt_ready *ready, int most, int milliseconds); /* as rt_poller_wait */

#endif
