#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "request.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what may not be sent ---- */

static int is_token(const char *text, size_t length) {
  if (!length) return 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c <= ' ' || c >= 127 || strchr("()<>@,;:\\\"/[]?={}", c)) return 0;
  }
  return 1;
}

static int has_control(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 127) return 1;
  return 0;
}

static size_t name_length(const char *line) {
  return strcspn(line, ":");
}

/* A tab may stand inside a header's value; a line break there would start a header, or a request, that the caller did not write. */
static int is_header(const char *line) {
  size_t name = name_length(line);
  if (!line[name] || !is_token(line, name)) return 0;
  for (const char *c = line + name + 1; *c; c++)
    if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127) return 0;
  return 1;
}

static int contains(const char *text, size_t length, const char *word) {
  size_t size = strlen(word);
  for (size_t i = 0; i + size <= length; i++)
    if (strncasecmp(text + i, word, size) == 0) return 1;
  return 0;
}

/* libcurl drops only Authorization and Cookie when a redirect leads to another host; a key in a header of its own would go along. */
static int is_credential(const char *line) {
  static const char *const words[] = {"auth", "cookie", "key", "token", "secret"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (contains(line, name_length(line), words[i])) return 1;
  return 0;
}

static const char *flawed_headers(const rt_request *request, const char **field) {
  *field = "headers";
  for (size_t i = 0; i < request->header_count; i++) {
    if (!is_header(request->headers[i])) return "must hold lines of the form \"Name: value\"";
    if (request->redirects && is_credential(request->headers[i])) {
      *field = "redirects";
      return "are not followed by a request that carries credentials";
    }
  }
  return NULL;
}

static const char *flawed_parts(const rt_request *request, const char **field) {
  *field = "parts";
  for (size_t i = 0; i < request->part_count; i++) {
    const rt_part *part = &request->parts[i];
    if (!part->name) return "need a name each";
    if (!part->value == !part->file) return "need either a value or a file each";
    if (part->type && has_control(part->type)) return "have a type with control characters";
  }
  return NULL;
}

/* One range: an answer to several has parts with headers of their own. */
static int is_range(const char *text) {
  size_t first = strspn(text, "0123456789"), last = text[first] == '-' ? strspn(text + first + 1, "0123456789") : 0;
  if (text[first] != '-' || text[first + 1 + last] || first > 18 || last > 18 || !(first || last)) return 0;
  return !first || !last || strtoll(text, NULL, 10) <= strtoll(text + first + 1, NULL, 10);
}

static const char *flawed_reading(const rt_request *request, const char **field) {
  *field = "range";
  if (request->range && !is_range(request->range)) return "must have the form \"0-63\", \"64-\" or \"-64\"";
  if (request->range && (request->body || request->body_file || request->parts)) return "is not for a request that has a body";
  *field = "stop_after";
  if (request->stop_after && request->output) return "excludes output: a file is whole or not there";
  *field = "allow_addresses";
  if (request->allowed.count && !request->guard) return "needs guard";
  *field = "proxy";
  if (request->guard && request->proxy) return "excludes guard: the proxy would choose the address";
  return NULL;
}

const char *rt_request_flaw(const rt_request *request, const char **field) {
  *field = "url";
  if (!request->url) return "is missing";
  if (strncasecmp(request->url, "http://", 7) != 0 && strncasecmp(request->url, "https://", 8) != 0)
    return "must begin with http:// or https://";
  if (has_control(request->url) || strchr(request->url, ' ')) return "must not hold spaces or control characters";
  *field = "method";
  if (!request->method) return "is missing";
  if (!is_token(request->method, strlen(request->method))) return "must be one word";
  *field = "body";
  if (!!request->body + !!request->body_file + !!request->parts > 1) return "excludes body_file and parts, and they each other";
  *field = "user_agent";
  if (request->user_agent && has_control(request->user_agent)) return "must not hold control characters";
  *field = "redirects";
  if (request->redirects && request->once) return "are not followed by a request that may be sent only once";
  const char *flaw = flawed_reading(request, field);
  if (!flaw) flaw = flawed_headers(request, field);
  return flaw ? flaw : flawed_parts(request, field);
}

/* ---- the copy: measured first, then laid out behind the structure ---- */

static size_t text_size(const char *text) {
  return text ? strlen(text) + 1 : 0;
}

static size_t size_of(const rt_request *request) {
  size_t size = sizeof *request + request->header_count * sizeof(char *) + request->part_count * sizeof(rt_part) +
                request->allowed.count * sizeof(rt_network);
  const char *const texts[] = {request->method,  request->url,   request->body_file, request->output,
                               request->ca_file, request->proxy, request->user_agent, request->range};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) size += text_size(texts[i]);
  for (size_t i = 0; i < request->header_count; i++) size += text_size(request->headers[i]);
  if (request->body) size += request->body_length + 1;
  for (size_t i = 0; i < request->part_count; i++) {
    const rt_part *part = &request->parts[i];
    size += text_size(part->name) + text_size(part->file) + text_size(part->filename) + text_size(part->type);
    if (part->value) size += part->value_length + 1;
  }
  return size;
}

static const char *lay_bytes(char **at, const char *bytes, size_t length) {
  char *copy = *at;
  if (!bytes) return NULL;
  memcpy(copy, bytes, length);
  copy[length] = '\0';
  *at += length + 1;
  return copy;
}

static const char *lay(char **at, const char *text) {
  return text ? lay_bytes(at, text, strlen(text)) : NULL;
}

rt_request *rt_request_copy(const rt_request *request) {
  rt_request *copy = rt_malloc(size_of(request));
  if (!copy) return NULL;
  *copy = *request;
  rt_part *parts = (rt_part *)(copy + 1); /* aligned: parts hold pointers, as the structure does */
  const char **headers = (const char **)(parts + request->part_count);
  rt_network *networks = (rt_network *)(headers + request->header_count);
  char *at = (char *)(networks + request->allowed.count);
  if (request->allowed.count) memcpy(networks, request->allowed.networks, request->allowed.count * sizeof *networks);
  copy->allowed.networks = networks;
  copy->method = lay(&at, request->method);
  copy->url = lay(&at, request->url);
  copy->body_file = lay(&at, request->body_file);
  copy->output = lay(&at, request->output);
  copy->ca_file = lay(&at, request->ca_file);
  copy->proxy = lay(&at, request->proxy);
  copy->user_agent = lay(&at, request->user_agent);
  copy->range = lay(&at, request->range);
  copy->body = lay_bytes(&at, request->body, request->body_length);
  for (size_t i = 0; i < request->header_count; i++) headers[i] = lay(&at, request->headers[i]);
  copy->headers = headers;
  for (size_t i = 0; i < request->part_count; i++) {
    const rt_part *from = &request->parts[i];
    parts[i] = *from;
    parts[i].name = lay(&at, from->name);
    parts[i].value = lay_bytes(&at, from->value, from->value_length);
    parts[i].file = lay(&at, from->file);
    parts[i].filename = lay(&at, from->filename);
    parts[i].type = lay(&at, from->type);
  }
  copy->parts = request->parts ? parts : NULL;
  return copy;
}
