/* request.h: what to send and how, as plain data. The engine keeps a copy of its own, in one block. */
#ifndef RT_REQUEST_H
#define RT_REQUEST_H

#include "netguard.h"

#include <stddef.h>
#include <stdint.h>

typedef struct { /* one field of a multipart form: a value, or a file */
  const char *name, *value;
  size_t value_length;
  const char *file, *filename, *type;
} rt_part;

typedef struct {
  const char *method, *url;
  const char *const *headers; /* "Name: value" lines */
  size_t header_count;
  const char *body; /* at most one of body, body_file and parts; all absent: no body */
  size_t body_length;
  const char *body_file;
  const rt_part *parts;
  size_t part_count;
  const char *output;                      /* the file that receives the body; NULL: memory */
  int64_t max_body;                        /* decoded bytes; 0: 32 MiB in memory, no limit in a file */
  double connect, first_byte, idle, total; /* seconds; 0: no limit of its own */
  int redirects;                           /* most redirects followed */
  int once;                                /* must reach the server at most once */
  int http1;
  const char *ca_file, *proxy, *user_agent;
  int guard;          /* connects only where rt_address_blocked allows it, and through no proxy, whatever the environment says */
  rt_allowed allowed; /* the guard's exceptions */
  const char *range;  /* "0-63", "64-" or "-64": those bytes are asked for; a server may send all the same */
  int64_t stop_after; /* bytes of the body after which the rest is not read: the response is then whole as far as it goes; 0: all of it */
} rt_request;

/* What is wrong with it, or NULL; *field then names the culprit. Nothing secret is in either. */
const char *rt_request_flaw(const rt_request *request, const char **field);

/* A copy in one block with all it points to; NULL without memory. */
rt_request *rt_request_copy(const rt_request *request);

#endif
