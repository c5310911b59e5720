/* uri.h: data URIs (RFC 2397), base64, and what a URL's text says about its host. Nothing here allocates or copies a payload:
   a media file as a data URI is tens of megabytes, and all that is wanted of it is its type, its length and its first bytes. */
#ifndef RT_URI_H
#define RT_URI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  RT_DATA_OK,
  RT_DATA_SCHEME,     /* does not begin with data: */
  RT_DATA_COMMA,      /* nothing parts the media type from the data */
  RT_DATA_MEDIA_TYPE, /* not type/subtype */
  RT_DATA_PARAMETER,  /* a parameter that is not name=value */
  RT_DATA_SPACE       /* white space before the comma */
} rt_data_error;

typedef struct {
  size_t type_offset, type_length; /* type/subtype as written; length 0 where it is left out */
  bool base64;
  size_t offset;    /* of the first character after the comma */
  size_t encoded;   /* characters from there to the end */
  uint64_t decoded; /* bytes they stand for; for base64 taken from the length and the padding, the text itself is not read */
} rt_data_uri;

rt_data_error rt_data_uri_parse(const char *text, size_t length, rt_data_uri *out);
const char *rt_data_error_text(rt_data_error error);

typedef enum {
  RT_BASE64_OK,
  RT_BASE64_LENGTH,     /* not a multiple of four characters: cut short, or the padding is left out */
  RT_BASE64_PADDING,    /* '=' before the end */
  RT_BASE64_LINE_BREAK, /* wrapped by a tool such as base64(1) without -w0 */
  RT_BASE64_SPACE,
  RT_BASE64_URL_SAFE, /* '-' or '_': the alphabet for URLs */
  RT_BASE64_PERCENT,  /* percent-encoded */
  RT_BASE64_CHARACTER
} rt_base64_error;

/* Reads every character. On an error *position is the offset of the first that is wrong (for a wrong length: the length). */
rt_base64_error rt_base64_check(const char *text, size_t length, size_t *position);
const char *rt_base64_error_text(rt_base64_error error);

uint64_t rt_base64_encoded_length(uint64_t bytes);
void rt_base64_encode(const void *bytes, size_t length, char *out); /* out: rt_base64_encoded_length(length) characters, no NUL */

/* Decodes up to `room` bytes from decoded offset `from`; answers how many. Any character outside the alphabet counts as zero bits:
   rt_base64_check is what judges the text. */
size_t rt_base64_read(const char *text, size_t length, uint64_t from, void *out, size_t room);

/* The same for data that is not base64: undoes %xx from *position on and moves it; answers how many bytes, 0 at the end. */
size_t rt_percent_read(const char *text, size_t length, size_t *position, void *out, size_t room);

typedef enum { RT_HOST_DOMAIN, RT_HOST_SINGLE, RT_HOST_IPV4, RT_HOST_IPV6 } rt_host_kind;

typedef enum {
  RT_URL_OK,
  RT_URL_CHARACTER, /* white space, a control character or a backslash: readers disagree on what those mean */
  RT_URL_SCHEME,    /* no scheme:// */
  RT_URL_HOST,      /* the host is missing or malformed */
  RT_URL_PORT
} rt_url_error;

#define RT_HOST_MAX 253

typedef struct {
  size_t scheme_length;
  bool has_userinfo;
  rt_host_kind kind;          /* what a browser or libcurl would connect to, however the host is spelled */
  char host[RT_HOST_MAX + 2]; /* lower case, percent signs and full-width forms undone, NUL-terminated; an IPv4 address dotted, an IPv6
                                 one without its brackets */
  int port;                   /* -1 where none is given */
} rt_url;

rt_url_error rt_url_parse(const char *text, size_t length, rt_url *out);
const char *rt_url_error_text(rt_url_error error);

#endif
