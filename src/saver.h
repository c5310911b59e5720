/* saver.h: finishes files in a thread of its own. To sync a file takes a disk from milliseconds to seconds, and whoever steps an engine has
 * no such time. The thread is there only while files wait; all calls are for one thread, the engine's. */
#ifndef RT_SAVER_H
#define RT_SAVER_H

#include "sink.h"

#include <pthread.h>

typedef struct rt_saving rt_saving;
struct rt_saving {
  rt_sink *sink; /* nobody else's until it is taken back */
  rt_sink_status status;
  rt_saving *next;
};

typedef struct {
  pthread_mutex_t lock;
  pthread_t thread;
  int started; /* there is a thread to join; it may have ended */
  int working; /* under the lock: it will look for more */
  int bell[2]; /* a pipe: readable when something is saved; -1: not needed so far */
  rt_saving *todo, **last, *saved;
} rt_saver;

int rt_saver_open(rt_saver *saver);                   /* 0, or an errno */
int rt_saver_bell(rt_saver *saver);                   /* the descriptor to watch, made when it is first asked for; -1 and errno: none is to be had */
int rt_saver_add(rt_saver *saver, rt_saving *saving); /* after rt_saver_bell. 0, or an errno: then nothing has been done to the sink */
rt_saving *rt_saver_take(rt_saver *saver);            /* one that was saved, or NULL; taken until NULL the bell is silent */
void rt_saver_close(rt_saver *saver);                 /* ends what was begun and forgets the rest; may wait for the disk */
void rt_saver_leave(rt_saver *saver);                 /* instead, in a forked child, which has no such thread */

#endif
