#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "transfer.h"

#include "clock.h"
#include "memory.h"
#include "setup.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* ---- lanes ---- */

rt_lane *rt_lane_new(void) {
  rt_lane *lane = rt_calloc(1, sizeof *lane);
  if (!lane) return NULL;
  lane->easy = curl_easy_init();
  if (lane->easy) return lane;
  rt_free(lane);
  return NULL;
}

/* Back to what curl_easy_init gives; the handle is told to forget all pointers first, then they go. */
static void empty_lane(rt_lane *lane) {
  curl_easy_reset(lane->easy);
  curl_mime_free(lane->mime);
  curl_slist_free_all(lane->headers);
  for (size_t i = 0; i < lane->upload_count; i++) rt_source_close(&lane->uploads[i].source);
  rt_free(lane->uploads);
  lane->mime = NULL;
  lane->headers = NULL;
  lane->uploads = NULL;
  lane->upload_count = 0;
  lane->refused[0] = '\0';
}

void rt_lane_free(rt_lane *lane) {
  empty_lane(lane);
  curl_easy_cleanup(lane->easy);
  rt_free(lane);
}

/* ---- clocks ---- */

static int uploading(const rt_lane *lane) {
  for (size_t i = 0; i < lane->upload_count; i++)
    if (!rt_source_done(&lane->uploads[i].source)) return 1;
  return 0;
}

rt_phase rt_transfer_due(const rt_transfer *transfer, double *at) {
  const rt_request *request = transfer->request;
  rt_phase phase = RT_PHASE_IDLE;
  double limit = request->idle, since = transfer->active;
  if (!transfer->outcome.sent) {
    phase = RT_PHASE_CONNECT;
    limit = request->connect;
    since = transfer->started;
  } else if (!transfer->answered && !uploading(transfer->lane)) {
    phase = RT_PHASE_FIRST_BYTE;
    limit = request->first_byte;
  }
  if (limit <= 0) phase = RT_PHASE_NONE;
  if (phase) *at = since + limit;
  double end = transfer->started + request->total;
  if (request->total > 0 && (!phase || end <= *at)) {
    *at = end;
    phase = RT_PHASE_TOTAL;
  }
  return phase;
}

/* Something moved. Later due times are left alone: the engine asks again when the old one comes, and that spares the heap. */
static void touch(rt_transfer *transfer) {
  double at;
  transfer->active = transfer->clock->now;
  if (rt_transfer_due(transfer, &at) && (!transfer->due.place || at < transfer->due.at))
    rt_deadlines_put(transfer->clock, &transfer->due, at);
}

/* ---- what libcurl calls: each writes into the transfer and no more ---- */

enum { HEADERS_MOST = 256 * 1024, ERROR_BODY_MOST = 1024 * 1024 };
#define BODY_MOST (32 * 1024 * 1024)

static size_t stop(rt_transfer *transfer, rt_sink_status why, const char *detail) {
  transfer->stopped = why;
  transfer->stop_detail = detail;
  return 0;
}

static int blocked(const rt_transfer *transfer, const struct sockaddr *address, socklen_t length) {
  return rt_address_blocked(address, length, &transfer->request->allowed, transfer->lane->refused, sizeof transfer->lane->refused);
}

/* Every connection of a guarded transfer begins here, with the address that it goes to: a name that answers something else the next time
   it is asked changes nothing. libcurl tries the host's other addresses, if there are any, in the same way. */
curl_socket_t rt_on_guarded_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  if (blocked(user, &address->addr, (socklen_t)address->addrlen)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype, address->protocol);
}

int rt_on_request(void *user, char *remote, char *local, int remote_port, int local_port) {
  rt_transfer *transfer = user;
  const rt_request *request = transfer->request;
  char *refused = transfer->lane->refused;
  (void)local, (void)remote_port, (void)local_port;
  /* a kept connection may have been opened by a transfer without a guard, or with other exceptions */
  if (request->guard && rt_address_text_blocked(remote ? remote : "", &request->allowed, refused, sizeof transfer->lane->refused))
    return CURL_PREREQFUNC_ABORT;
  refused[0] = '\0'; /* another address of the host's would do */
  transfer->outcome.sent = 1; /* from here on bytes of the request may leave */
  transfer->answered = 0;     /* after a redirect the wait for an answer begins again */
  touch(transfer);
  return CURL_PREREQFUNC_OK;
}

static void begin_response(rt_transfer *transfer, const char *line, size_t length) {
  const char *space = memchr(line, ' ', length);
  int status = 0;
  for (size_t i = 1; space && i < 4 && space + i < line + length && space[i] >= '0' && space[i] <= '9'; i++)
    status = status * 10 + space[i] - '0';
  transfer->outcome.status = status;
  transfer->outcome.headers_size = 0;
  transfer->headers_done = 0;
}

static int keep_header(rt_outcome *outcome, const char *line, size_t length) {
  if ((line[0] == ' ' || line[0] == '\t') && outcome->headers_size) { /* a folded line goes on where the last one ended */
    outcome->headers_size--;
  }
  size_t needed = outcome->headers_size + length + 1;
  if (needed > outcome->headers_capacity) {
    size_t capacity = outcome->headers_capacity ? outcome->headers_capacity * 2 : 512;
    if (capacity < needed) capacity = needed;
    char *headers = rt_realloc(outcome->headers, capacity);
    if (!headers) return -1;
    outcome->headers = headers;
    outcome->headers_capacity = capacity;
  }
  memcpy(outcome->headers + outcome->headers_size, line, length);
  outcome->headers[needed - 1] = '\0';
  outcome->headers_size = needed;
  return 0;
}

size_t rt_on_header(char *line, size_t size, size_t count, void *user) {
  rt_transfer *transfer = user;
  size_t whole = size * count, length = whole;
  transfer->answered = 1;
  touch(transfer);
  transfer->header_bytes += whole;
  if (transfer->header_bytes > HEADERS_MOST) return stop(transfer, RT_SINK_TOO_LARGE, "its headers have more than 256 KiB");
  while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
  if (length >= 5 && memcmp(line, "HTTP/", 5) == 0 && (!transfer->outcome.status || transfer->headers_done)) {
    begin_response(transfer, line, length);
  } else if (!length) {
    transfer->headers_done = 1;
  } else if (!transfer->headers_done && keep_header(&transfer->outcome, line, length) != 0) { /* trailers are not headers: dropped */
    return stop(transfer, RT_SINK_NO_MEMORY, NULL);
  }
  return whole;
}

static rt_sink_status open_body(rt_transfer *transfer) {
  const rt_request *request = transfer->request;
  rt_sink *body = &transfer->outcome.body;
  transfer->opened = 1;
  if (request->output && transfer->outcome.status / 100 == 2) return rt_sink_file(body, request->output, request->max_body);
  rt_sink_memory(body, request->output ? ERROR_BODY_MOST : request->max_body ? request->max_body : BODY_MOST);
  return RT_SINK_OK;
}

/* The rest of the body is not wanted. The connection is lost by that, so a body that ends just there is read to its end. */
static int is_enough(const rt_transfer *transfer, size_t length) {
  int64_t left = transfer->request->stop_after - transfer->outcome.body.size;
  curl_off_t whole = -1;
  if (!transfer->request->stop_after || (int64_t)length < left) return 0;
  curl_easy_getinfo(transfer->lane->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &whole);
  return (int64_t)length > left || whole != transfer->request->stop_after;
}

static size_t stop_early(rt_transfer *transfer, const char *data) {
  rt_sink *body = &transfer->outcome.body;
  rt_sink_status status = rt_sink_write(body, data, (size_t)(transfer->request->stop_after - body->size));
  if (status) return stop(transfer, status, NULL);
  transfer->outcome.truncated = 1;
  return stop(transfer, RT_SINK_TOO_LARGE, NULL);
}

size_t rt_on_body(char *data, size_t size, size_t count, void *user) {
  rt_transfer *transfer = user;
  size_t length = size * count;
  rt_sink *body = &transfer->outcome.body;
  touch(transfer);
  rt_sink_status status = transfer->opened ? RT_SINK_OK : open_body(transfer);
  if (!status && is_enough(transfer, length)) return stop_early(transfer, data);
  if (!status) status = rt_sink_write(body, data, length);
  if (!status) return length;
  if (status == RT_SINK_TOO_LARGE && transfer->request->output && !body->path) {
    /* An error page longer than anybody needs: its beginning is enough to say what it is, the rest is not read. */
    rt_sink_status kept = rt_sink_write(body, data, (size_t)(body->limit - body->size));
    if (!kept) transfer->outcome.truncated = 1;
  }
  return stop(transfer, status, status == RT_SINK_STORAGE ? strerror(body->error) : NULL);
}

size_t rt_on_read(char *into, size_t size, size_t count, void *user) {
  rt_upload *upload = user;
  rt_transfer *transfer = upload->transfer;
  int64_t got = rt_source_read(&upload->source, into, size * count);
  touch(transfer);
  if (got >= 0) return (size_t)got;
  int error = upload->source.failed;
  stop(transfer, RT_SINK_STORAGE, error < 0 ? "the file to send became shorter while it was sent" : strerror(error));
  return CURL_READFUNC_ABORT;
}

int rt_on_seek(void *user, curl_off_t offset, int origin) {
  rt_upload *upload = user;
  int64_t from = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? upload->source.at : upload->source.size;
  return rt_source_seek(&upload->source, from + offset) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/* ---- beginning and end ---- */

rt_transfer *rt_transfer_new(const rt_request *request) {
  rt_transfer *transfer = rt_calloc(1, sizeof *transfer);
  if (!transfer) return NULL;
  transfer->request = rt_request_copy(request);
  if (!transfer->request) {
    rt_free(transfer);
    return NULL;
  }
  rt_sink_memory(&transfer->outcome.body, 0);
  return transfer;
}

void rt_transfer_free(rt_transfer *transfer) {
  rt_outcome_clear(&transfer->outcome);
  rt_free(transfer->request);
  rt_free(transfer);
}

/* libcurl (7.88) reads up to a hundred times this from a socket before it lets go of it: with its own 16 KB that would be 3 ms for each
   download that is under way. Only for those (they go over HTTP/1.1, see setup.c): of an HTTP/2 frame that is larger than its buffer it
   forgets the rest until the server sends more. */
static const long SHORT_READS = 4096, USUAL_READS = 16384;

/* Of a transfer that was broken off early the handle keeps its buffer, takes that for larger than it is after a reset, and refuses the size
   it has: such a handle is not used again. */
static int size_buffer(rt_lane *lane, long size) {
  if (curl_easy_setopt(lane->easy, CURLOPT_BUFFERSIZE, size) == CURLE_OK) return 0;
  CURL *fresh = curl_easy_init();
  if (!fresh) return -1;
  curl_easy_cleanup(lane->easy);
  lane->easy = fresh;
  return curl_easy_setopt(fresh, CURLOPT_BUFFERSIZE, size) == CURLE_OK ? 0 : -1;
}

int rt_transfer_begin(rt_transfer *transfer, rt_lane *lane, rt_deadlines *clock, rt_sockets *sockets) {
  char detail[320] = "";
  transfer->lane = lane;
  transfer->clock = clock;
  transfer->sockets = sockets;
  transfer->started = clock->now;
  long size = transfer->request->output ? SHORT_READS : USUAL_READS;
  rt_setup_status status = size_buffer(lane, size) == 0 ? rt_setup(lane, transfer, detail, sizeof detail) : RT_SETUP_NO_MEMORY;
  if (status == RT_SETUP_OK) {
    touch(transfer);
    return 0;
  }
  rt_outcome_fail(&transfer->outcome, status == RT_SETUP_STORAGE ? RT_STORAGE : RT_MEMORY, detail);
  transfer->lane = NULL;
  empty_lane(lane);
  return -1;
}

/* What libcurl knows of the exchange; to be asked before the handle is reset. */
static void ask(rt_transfer *transfer) {
  rt_outcome *outcome = &transfer->outcome;
  CURL *easy = transfer->lane->easy;
  curl_off_t retry_after = 0;
  long version = 0, connects = 0;
  char *url = NULL;
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
  if (curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url && *url) outcome->effective_url = rt_strdup(url);
  outcome->retry_after = retry_after > 0 ? (int64_t)retry_after : 0;
  outcome->http_version = version == CURL_HTTP_VERSION_1_0   ? 10
                          : version == CURL_HTTP_VERSION_1_1 ? 11
                          : version >= CURL_HTTP_VERSION_2_0 ? 20
                                                             : 0;
  outcome->reused = outcome->sent && connects == 0;
  outcome->elapsed = rt_now() - transfer->started;
}

static void leave(rt_transfer *transfer) {
  rt_outcome *outcome = &transfer->outcome;
  rt_deadlines_drop(transfer->clock, &transfer->due);
  ask(transfer);
  if (outcome->kind != RT_RESPONSE) rt_sink_close(&outcome->body);
  empty_lane(transfer->lane);
  transfer->lane = NULL;
}

/* A callback ended it: then libcurl's code says only that, and the callback's own reason is the truth. */
static void end_stopped(rt_transfer *transfer) {
  static const rt_kind kinds[] = {
      [RT_SINK_OK] = RT_PROTOCOL, [RT_SINK_TOO_LARGE] = RT_TOO_LARGE, [RT_SINK_NO_MEMORY] = RT_MEMORY, [RT_SINK_STORAGE] = RT_STORAGE};
  if (transfer->outcome.truncated) {
    transfer->outcome.curl_code = CURLE_OK;
    return;
  }
  rt_outcome_fail(&transfer->outcome, kinds[transfer->stopped], transfer->stop_detail);
}

static void end_whole(rt_transfer *transfer) {
  rt_outcome *outcome = &transfer->outcome;
  rt_sink_status status = transfer->opened ? RT_SINK_OK : open_body(transfer);
  if (!status) return;
  stop(transfer, status, status == RT_SINK_STORAGE ? strerror(outcome->body.error) : NULL);
  end_stopped(transfer);
}

int rt_transfer_unsaved(const rt_transfer *transfer) {
  return transfer->outcome.kind == RT_RESPONSE && !transfer->outcome.truncated && transfer->outcome.body.fd >= 0;
}

void rt_transfer_saved(rt_transfer *transfer, rt_sink_status status) {
  rt_sink *body = &transfer->outcome.body;
  if (!status) return;
  rt_outcome_fail(&transfer->outcome, RT_STORAGE, strerror(body->error));
  rt_sink_close(body);
}

/* The guard refused an address, and no other one of the host's could be reached. */
static int end_refused(rt_transfer *transfer) {
  if (!transfer->lane->refused[0]) return 0;
  rt_outcome_fail(&transfer->outcome, RT_BLOCKED, transfer->lane->refused);
  leave(transfer);
  return 1;
}

void rt_transfer_end(rt_transfer *transfer, CURLcode code) {
  rt_outcome *outcome = &transfer->outcome;
  outcome->curl_code = (int)code;
  if (code == CURLE_OPERATION_TIMEDOUT) { /* its connect timeout is the only one libcurl was given */
    rt_transfer_end_late(transfer, RT_PHASE_CONNECT);
    return;
  }
  if ((code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK) && end_refused(transfer)) return;
  if (transfer->stopped) {
    end_stopped(transfer);
  } else if (code == CURLE_OK) {
    end_whole(transfer);
  } else {
    const char *detail = transfer->lane->error[0] ? transfer->lane->error : curl_easy_strerror(code);
    rt_outcome_fail(outcome, rt_kind_of_curl((int)code, outcome->sent), detail);
  }
  leave(transfer);
}

void rt_transfer_end_late(rt_transfer *transfer, rt_phase phase) {
  static const char *const words[] = {
      [RT_PHASE_NONE] = "",
      [RT_PHASE_CONNECT] = "no connection within %.4g s",
      [RT_PHASE_FIRST_BYTE] = "no answer within %.4g s of the request",
      [RT_PHASE_IDLE] = "nothing moved for %.4g s",
      [RT_PHASE_TOTAL] = "not finished within %.4g s",
  };
  const rt_request *request = transfer->request;
  const double limits[] = {0, request->connect > 0 ? request->connect : 300, request->first_byte, request->idle, request->total};
  char detail[80];
  snprintf(detail, sizeof detail, words[phase], limits[phase]);
  transfer->outcome.curl_code = CURLE_OPERATION_TIMEDOUT;
  if (end_refused(transfer)) return;
  transfer->outcome.timeout = phase;
  rt_outcome_fail(&transfer->outcome, RT_TIMEOUT, detail);
  leave(transfer);
}

void rt_transfer_end_cancelled(rt_transfer *transfer) {
  rt_outcome_fail(&transfer->outcome, RT_CANCELLED, NULL);
  if (transfer->lane) leave(transfer);
}

void rt_transfer_progress(const rt_transfer *transfer, int64_t *received, int64_t *expected, int64_t *sent) {
  curl_off_t down = 0, length = -1, up = 0;
  if (transfer->lane) {
    curl_easy_getinfo(transfer->lane->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl_easy_getinfo(transfer->lane->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    curl_easy_getinfo(transfer->lane->easy, CURLINFO_SIZE_UPLOAD_T, &up);
  } else {
    down = transfer->outcome.body.size;
  }
  *received = down;
  *expected = length;
  *sent = up;
}
