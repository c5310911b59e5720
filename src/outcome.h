/* outcome.h: what became of a transfer, in a closed set of kinds, and which kind each of libcurl's codes is. */
#ifndef RT_OUTCOME_H
#define RT_OUTCOME_H

#include "sink.h"

#include <stddef.h>
#include <stdint.h>

typedef enum {
  RT_RESPONSE, /* a complete HTTP response, whatever its status */
  RT_RESOLVE,
  RT_CONNECT,
  RT_BLOCKED, /* the guard refused every address that was left to connect to */
  RT_TLS,
  RT_TIMEOUT,
  RT_INTERRUPTED,
  RT_PROTOCOL,
  RT_TOO_LARGE,
  RT_STORAGE,
  RT_CANCELLED,
  RT_MEMORY
} rt_kind;

typedef enum { RT_PHASE_NONE, RT_PHASE_CONNECT, RT_PHASE_FIRST_BYTE, RT_PHASE_IDLE, RT_PHASE_TOTAL } rt_phase;

typedef struct {
  rt_kind kind;
  rt_phase timeout; /* which clock ran out, of RT_TIMEOUT */
  char *message;    /* NULL: rt_kind_sentence says it */
  int curl_code;
  int sent;         /* 0 only where it is certain that no byte of the request left */
  int status;       /* 0: no response began */
  int http_version; /* 10, 11, 20; 0: none */
  int reused;       /* went over a connection that was already there */
  int truncated;    /* the body, an error's or one read only so far, goes on; the rest was not read */
  int64_t retry_after;
  double elapsed;
  char *effective_url;
  char *headers; /* lines of the last response, each with its NUL, one after the other */
  size_t headers_size, headers_capacity;
  rt_sink body;
} rt_outcome;

const char *rt_kind_name(rt_kind kind);
const char *rt_kind_sentence(rt_kind kind);
const char *rt_phase_name(rt_phase phase);

/* The kind of a code of libcurl's (an int, so that nobody else needs its header) for a request that was sent or not. */
rt_kind rt_kind_of_curl(int code, int sent);

/* Sets kind and message: the kind's sentence, and the detail where there is one. */
void rt_outcome_fail(rt_outcome *outcome, rt_kind kind, const char *detail);
void rt_outcome_clear(rt_outcome *outcome);

#endif
