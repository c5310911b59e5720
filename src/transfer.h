/* transfer.h: one request on its way: its place in the engine's lists, the easy handle it runs on, its clocks, and its outcome. */
#ifndef RT_TRANSFER_H
#define RT_TRANSFER_H

#include "deadlines.h"
#include "outcome.h"
#include "request.h"
#include "saver.h"
#include "sockets.h"
#include "source.h"

#include <curl/curl.h>

typedef struct rt_transfer rt_transfer;

typedef struct { /* a file or a large body being sent */
  rt_source source;
  rt_transfer *transfer;
} rt_upload;

typedef struct rt_lane rt_lane;
struct rt_lane { /* what only a running transfer needs; kept and used again, since an easy handle is dear */
  CURL *easy;
  rt_lane *next;
  struct curl_slist *headers;
  curl_mime *mime;
  rt_upload *uploads;
  size_t upload_count;
  char error[CURL_ERROR_SIZE];
  char refused[RT_WHY_ROOM]; /* why the guard refused an address since the last request that was sent; "": it did not */
};

rt_lane *rt_lane_new(void);
void rt_lane_free(rt_lane *lane);

typedef enum { RT_QUEUED, RT_RUNNING, RT_SAVING, RT_DONE } rt_state;

struct rt_transfer {
  rt_transfer *next, *previous;
  uint64_t id;
  rt_state state;
  rt_request *request;
  rt_lane *lane;          /* while running */
  rt_deadline due;        /* when its clocks have to be looked at again */
  rt_deadlines *clock;    /* the heap that is in */
  rt_sockets *sockets;    /* where connections are announced */
  double started, active; /* when it began to run; when bytes last moved */
  int answered;           /* a byte of the response came */
  int headers_done, opened;
  size_t header_bytes;     /* of all responses together */
  rt_sink_status stopped;  /* why a callback ended the transfer */
  const char *stop_detail; /* the same in words, where there are any */
  rt_outcome outcome;
  rt_saving saving; /* of a whole body that goes to a file */
};

rt_transfer *rt_transfer_new(const rt_request *request); /* NULL without memory */
void rt_transfer_free(rt_transfer *transfer);            /* not while it runs */

/* Makes the lane's easy handle ready to go into a multi handle, and starts the clocks. 0, or -1 when the outcome is already there. */
int rt_transfer_begin(rt_transfer *transfer, rt_lane *lane, rt_deadlines *clock, rt_sockets *sockets);

/* The easy handle is out of the multi handle: fills in the outcome and leaves the lane empty. */
void rt_transfer_end(rt_transfer *transfer, CURLcode code);
/* After rt_transfer_end: whether the body's file is still to be finished; and what became of that. */
int rt_transfer_unsaved(const rt_transfer *transfer);
void rt_transfer_saved(rt_transfer *transfer, rt_sink_status status);
void rt_transfer_end_late(rt_transfer *transfer, rt_phase phase);
void rt_transfer_end_cancelled(rt_transfer *transfer);

/* When a clock of this transfer runs out, as things stand now, and which. RT_PHASE_NONE: none is running. */
rt_phase rt_transfer_due(const rt_transfer *transfer, double *at);

void rt_transfer_progress(const rt_transfer *transfer, int64_t *received, int64_t *expected, int64_t *sent); /* *expected -1: unknown */

#endif
