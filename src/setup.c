#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "setup.h"

#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Collects whether every option was taken: strings are copied by libcurl, and that can fail. */
#define SET(option, value) (ok = ok && curl_easy_setopt(easy, option, value) == CURLE_OK)

/* libcurl 7.88 opens sockets that a child started by the script would inherit, and so keep connections open behind our back. */
static int on_open(void *user, curl_socket_t fd, curlsocktype purpose) {
  (void)purpose;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  rt_sockets_opened(user, fd);
  return CURL_SOCKOPT_OK;
}

static int on_close(void *user, curl_socket_t fd) {
  rt_sockets_closing(user, fd);
  return close(fd);
}

static int set_sockets(CURL *easy, rt_sockets *sockets) {
  int ok = 1;
  SET(CURLOPT_SOCKOPTFUNCTION, on_open);
  SET(CURLOPT_SOCKOPTDATA, sockets);
  SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
  SET(CURLOPT_CLOSESOCKETDATA, sockets);
  return ok;
}

static int set_constant(CURL *easy) {
  int ok = 1;
  /* TLS verification is libcurl's default, and there is no switch for it anywhere. */
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_TCP_NODELAY, 1L);
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  SET(CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  SET(CURLOPT_QUICK_EXIT, 1L); /* leaving does not wait for a name server that is silent */
#endif
  return ok;
}

static int set_redirects(CURL *easy, const rt_request *request) {
  int ok = 1;
  if (!request->redirects) return ok;
  SET(CURLOPT_FOLLOWLOCATION, 1L);
  SET(CURLOPT_MAXREDIRS, (long)request->redirects);
  /* never from https down to http */
  int secure = strncasecmp(request->url, "https:", 6) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
  SET(CURLOPT_REDIR_PROTOCOLS, secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
  return ok;
}

static int set_guard(CURL *easy, rt_transfer *transfer) {
  int ok = 1;
  if (!transfer->request->guard) return ok;
  SET(CURLOPT_OPENSOCKETFUNCTION, rt_on_guarded_socket);
  SET(CURLOPT_OPENSOCKETDATA, transfer);
  SET(CURLOPT_PROXY, ""); /* not the environment's either: it would be the proxy that connects */
  return ok;
}

static int set_connection(CURL *easy, const rt_request *request) {
  int ok = 1;
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_USERAGENT, request->user_agent ? request->user_agent : "retake");
  /* libcurl sends a request again by itself when a kept connection turns out dead, a POST too, and when an HTTP/2 stream is refused. A
     connection of its own, over HTTP/1.1, gives it neither reason. Downloads are read in short pieces, which is not for HTTP/2. */
  SET(CURLOPT_HTTP_VERSION, (long)(request->http1 || request->once || request->output ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  if (request->once) SET(CURLOPT_FRESH_CONNECT, 1L);
  /* libcurl shares this time out among the host's addresses; the exact end is ours (rt_transfer_due). */
  if (request->connect > 0) SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect < 1e6 ? (long)(request->connect * 1000) + 1 : 1000000000L);
  if (request->ca_file) SET(CURLOPT_CAINFO, request->ca_file);
  if (request->proxy) SET(CURLOPT_PROXY, request->proxy);
  if (request->range) SET(CURLOPT_RANGE, request->range);
  /* "identity" still decodes what a server compresses unasked; a file of compressed bytes would not be what was asked for, and a part of
     it, or its length, would say nothing about the file. */
  int as_it_is = request->output || request->range || request->stop_after || request->guard;
  SET(CURLOPT_ACCEPT_ENCODING, as_it_is ? "identity" : "");
  return ok && set_redirects(easy, request);
}

static int set_callbacks(CURL *easy, rt_transfer *transfer, char *error) {
  int ok = 1;
  error[0] = '\0';
  SET(CURLOPT_PRIVATE, transfer);
  SET(CURLOPT_ERRORBUFFER, error);
  SET(CURLOPT_PREREQFUNCTION, rt_on_request);
  SET(CURLOPT_PREREQDATA, transfer);
  SET(CURLOPT_HEADERFUNCTION, rt_on_header);
  SET(CURLOPT_HEADERDATA, transfer);
  SET(CURLOPT_WRITEFUNCTION, rt_on_body);
  SET(CURLOPT_WRITEDATA, transfer);
  return ok;
}

/* ---- headers ---- */

static int add_header(rt_lane *lane, const char *line) {
  struct curl_slist *list = curl_slist_append(lane->headers, line);
  if (list) lane->headers = list;
  return list != NULL;
}

static int is_named(const char *line, const char *name) {
  size_t length = strlen(name);
  return strncasecmp(line, name, length) == 0 && line[length] == ':';
}

/* To libcurl "Name:" means: do not send this header; an empty value is written "Name;". */
static int add_line(rt_lane *lane, const char *line) {
  size_t name = strcspn(line, ":");
  if (line[name + 1 + strspn(line + name + 1, " \t")]) return add_header(lane, line);
  char *empty = rt_strndup(line, name + 1);
  if (!empty) return 0;
  empty[name] = ';';
  int ok = add_header(lane, empty);
  rt_free(empty);
  return ok;
}

static int set_headers(rt_lane *lane, const rt_request *request) {
  CURL *easy = lane->easy;
  int ok = 1, typed = 0;
  for (size_t i = 0; ok && i < request->header_count; i++) {
    const char *line = request->headers[i];
    if (is_named(line, "Expect")) continue;
    if (is_named(line, "Content-Type")) typed = 1;
    ok = add_line(lane, line);
  }
  if (request->body || request->body_file || request->parts)
    ok = ok && add_header(lane, "Expect:"); /* 100-continue costs a wait of a second */
  if ((request->body || request->body_file) && !typed) ok = ok && add_header(lane, "Content-Type:"); /* libcurl would call it a web form */
  if (lane->headers) SET(CURLOPT_HTTPHEADER, lane->headers);
  return ok;
}

/* ---- the body ---- */

enum { BODY_AT_ONCE = 64 * 1024 }; /* up to this size libcurl may send the body together with the headers; larger ones are read in chunks */

static rt_setup_status open_upload(rt_upload *upload, rt_transfer *transfer, const char *path, char *detail, size_t room) {
  upload->transfer = transfer;
  int error = rt_source_open(&upload->source, path);
  if (!error) return RT_SETUP_OK;
  snprintf(detail, room, "%s: %s", path, strerror(error));
  return RT_SETUP_STORAGE;
}

static int new_uploads(rt_lane *lane, size_t count) {
  rt_source none = RT_SOURCE_NONE;
  lane->uploads = rt_malloc(count * sizeof *lane->uploads);
  if (!lane->uploads) return 0;
  lane->upload_count = count;
  for (size_t i = 0; i < count; i++) lane->uploads[i].source = none;
  return 1;
}

static rt_setup_status set_stream(rt_lane *lane, rt_transfer *transfer, char *detail, size_t room) {
  const rt_request *request = transfer->request;
  CURL *easy = lane->easy;
  int ok = new_uploads(lane, 1);
  if (!ok) return RT_SETUP_NO_MEMORY;
  rt_upload *upload = &lane->uploads[0];
  if (request->body_file) {
    rt_setup_status status = open_upload(upload, transfer, request->body_file, detail, room);
    if (status) return status;
  } else {
    upload->transfer = transfer;
    rt_source_memory(&upload->source, request->body, request->body_length);
  }
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload->source.size);
  SET(CURLOPT_READFUNCTION, rt_on_read);
  SET(CURLOPT_READDATA, upload);
  SET(CURLOPT_SEEKFUNCTION, rt_on_seek);
  SET(CURLOPT_SEEKDATA, upload);
  return ok ? RT_SETUP_OK : RT_SETUP_NO_MEMORY;
}

static rt_setup_status set_part(rt_lane *lane, rt_transfer *transfer, size_t index, char *detail, size_t room) {
  const rt_part *part = &transfer->request->parts[index];
  curl_mimepart *field = curl_mime_addpart(lane->mime);
  int ok = field && curl_mime_name(field, part->name) == CURLE_OK;
  if (ok && part->type) ok = curl_mime_type(field, part->type) == CURLE_OK;
  if (ok && part->filename) ok = curl_mime_filename(field, part->filename) == CURLE_OK;
  if (ok && part->value) ok = curl_mime_data(field, part->value, part->value_length) == CURLE_OK;
  if (!ok) return RT_SETUP_NO_MEMORY;
  if (!part->file) return RT_SETUP_OK;
  rt_upload *upload = &lane->uploads[index];
  rt_setup_status status = open_upload(upload, transfer, part->file, detail, room);
  if (status) return status;
  if (!part->filename) {
    const char *slash = strrchr(part->file, '/');
    ok = curl_mime_filename(field, slash ? slash + 1 : part->file) == CURLE_OK;
  }
  ok = ok && curl_mime_data_cb(field, (curl_off_t)upload->source.size, rt_on_read, rt_on_seek, NULL, upload) == CURLE_OK;
  return ok ? RT_SETUP_OK : RT_SETUP_NO_MEMORY;
}

static rt_setup_status set_parts(rt_lane *lane, rt_transfer *transfer, char *detail, size_t room) {
  size_t count = transfer->request->part_count;
  CURL *easy = lane->easy;
  int ok = new_uploads(lane, count ? count : 1);
  if (!ok) return RT_SETUP_NO_MEMORY;
  lane->mime = curl_mime_init(easy);
  if (!lane->mime) return RT_SETUP_NO_MEMORY;
  for (size_t i = 0; i < count; i++) {
    rt_setup_status status = set_part(lane, transfer, i, detail, room);
    if (status) return status;
  }
  SET(CURLOPT_MIMEPOST, lane->mime);
  return ok ? RT_SETUP_OK : RT_SETUP_NO_MEMORY;
}

static rt_setup_status set_body(rt_lane *lane, rt_transfer *transfer, char *detail, size_t room) {
  const rt_request *request = transfer->request;
  CURL *easy = lane->easy;
  int ok = 1;
  if (request->parts) return set_parts(lane, transfer, detail, room);
  if (request->body_file || (request->body && request->body_length > BODY_AT_ONCE)) return set_stream(lane, transfer, detail, room);
  if (request->body || strcmp(request->method, "POST") == 0) {
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(request->body ? request->body_length : 0));
    SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
  } else if (strcmp(request->method, "HEAD") == 0) {
    SET(CURLOPT_NOBODY, 1L);
  } else {
    SET(CURLOPT_HTTPGET, 1L);
  }
  return ok ? RT_SETUP_OK : RT_SETUP_NO_MEMORY;
}

static int set_method(CURL *easy, const rt_request *request) {
  int ok = 1, body = request->body || request->body_file || request->parts;
  /* By its own option libcurl knows the method, and makes a GET of a POST after a 303; by this one it repeats the word whatever happens. */
  if (strcmp(request->method, body ? "POST" : "GET") == 0 || (!body && strcmp(request->method, "HEAD") == 0)) return ok;
  if (strcmp(request->method, "POST") == 0) return ok;
  SET(CURLOPT_CUSTOMREQUEST, request->method);
  return ok;
}

rt_setup_status rt_setup(rt_lane *lane, rt_transfer *transfer, char *detail, size_t room) {
  const rt_request *request = transfer->request;
  rt_setup_status status = set_body(lane, transfer, detail, room);
  if (status) return status;
  int ok = set_constant(lane->easy) && set_sockets(lane->easy, transfer->sockets) && set_connection(lane->easy, request) &&
           set_guard(lane->easy, transfer) && set_callbacks(lane->easy, transfer, lane->error) && set_headers(lane, request) &&
           set_method(lane->easy, request);
  return ok ? RT_SETUP_OK : RT_SETUP_NO_MEMORY;
}
