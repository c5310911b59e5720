#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "saver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int rt_saver_open(rt_saver *saver) {
  saver->started = saver->working = 0;
  saver->bell[0] = saver->bell[1] = -1;
  saver->todo = saver->saved = NULL;
  saver->last = &saver->todo;
  return pthread_mutex_init(&saver->lock, NULL);
}

/* ---- the thread ---- */

/* NULL: nothing is left, and from now on it counts as gone. */
static rt_saving *next_saving(rt_saver *saver) {
  pthread_mutex_lock(&saver->lock);
  rt_saving *saving = saver->todo;
  if (saving) {
    saver->todo = saving->next;
    if (!saver->todo) saver->last = &saver->todo;
  } else {
    saver->working = 0;
  }
  pthread_mutex_unlock(&saver->lock);
  return saving;
}

static void hand_back(rt_saver *saver, rt_saving *saving) {
  pthread_mutex_lock(&saver->lock);
  saving->next = saver->saved;
  saver->saved = saving;
  pthread_mutex_unlock(&saver->lock);
  while (write(saver->bell[1], "", 1) < 0 && errno == EINTR) {} /* a full pipe is readable already */
}

static void *work(void *user) {
  rt_saver *saver = user;
  for (rt_saving *saving; (saving = next_saving(saver));) {
    saving->status = rt_sink_finish(saving->sink);
    hand_back(saver, saving);
  }
  return NULL;
}

/* ---- the engine's side ---- */

int rt_saver_bell(rt_saver *saver) {
  if (saver->bell[0] >= 0 || pipe(saver->bell) != 0) return saver->bell[0];
  for (int i = 0; i < 2; i++) {
    fcntl(saver->bell[i], F_SETFD, FD_CLOEXEC);
    fcntl(saver->bell[i], F_SETFL, O_NONBLOCK);
  }
  return saver->bell[0];
}

static void join(rt_saver *saver) {
  if (saver->started) pthread_join(saver->thread, NULL);
  saver->started = 0;
}

/* Signals are the program's own: none of its handlers is to run in here. */
static int start(rt_saver *saver) {
  sigset_t all, before;
  join(saver); /* it is past its last file */
  sigfillset(&all);
  int error = pthread_sigmask(SIG_SETMASK, &all, &before);
  if (error) return error;
  saver->working = 1;
  error = pthread_create(&saver->thread, NULL, work, saver);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  saver->started = !error;
  if (error) saver->working = 0; /* else it is the thread's to say: it may be over already */
  return error;
}

static int append(rt_saver *saver, rt_saving *saving) {
  pthread_mutex_lock(&saver->lock);
  saving->next = NULL;
  *saver->last = saving;
  saver->last = &saving->next;
  int working = saver->working;
  pthread_mutex_unlock(&saver->lock);
  return working;
}

int rt_saver_add(rt_saver *saver, rt_saving *saving) {
  if (append(saver, saving)) return 0;
  int error = start(saver);
  if (!error) return 0;
  saver->todo = NULL; /* without a thread it was the only one */
  saver->last = &saver->todo;
  return error;
}

rt_saving *rt_saver_take(rt_saver *saver) {
  char rung[64];
  while (read(saver->bell[0], rung, sizeof rung) > 0) {} /* before the look: what comes after it rings again */
  pthread_mutex_lock(&saver->lock);
  rt_saving *saving = saver->saved;
  if (saving) saver->saved = saving->next;
  pthread_mutex_unlock(&saver->lock);
  return saving;
}

static void close_bell(rt_saver *saver) {
  for (int i = 0; i < 2; i++)
    if (saver->bell[i] >= 0) close(saver->bell[i]);
  saver->bell[0] = saver->bell[1] = -1;
}

void rt_saver_close(rt_saver *saver) {
  pthread_mutex_lock(&saver->lock);
  saver->todo = NULL;
  saver->last = &saver->todo;
  pthread_mutex_unlock(&saver->lock);
  join(saver);
  close_bell(saver);
  pthread_mutex_destroy(&saver->lock);
}

void rt_saver_leave(rt_saver *saver) {
  close_bell(saver);
}
