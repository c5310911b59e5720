/* Whatever the text: offsets stay inside it, lengths agree with what is decoded, and a checked base64 text comes back the same. */
#include "../../src/uri.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static void base64(const char *text, size_t length) {
  size_t position = 0;
  rt_base64_error error = rt_base64_check(text, length, &position);
  uint8_t *bytes = malloc(length + 1), piece[5];
  size_t count = rt_base64_read(text, length, 0, bytes, length);
  require(position <= length && count <= length);
  for (size_t from = 0; from < count; from += 1 + from / 8) {
    size_t got = rt_base64_read(text, length, from, piece, sizeof piece);
    require(got > 0 && memcmp(piece, bytes + from, got) == 0);
  }
  if (error == RT_BASE64_OK) {
    char *again = malloc(length + 1);
    require(rt_base64_encoded_length(count) == length);
    rt_base64_encode(bytes, count, again);
    /* The bits that padding leaves over may be anything: all but the last group has to be the same. */
    require(length < 4 || memcmp(again, text, length - 4) == 0);
    free(again);
  }
  free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  memcpy(text, data, size);
  rt_data_uri uri;
  rt_url url;
  if (rt_data_uri_parse(text, size, &uri) == RT_DATA_OK) {
    require(uri.offset + uri.encoded == size && uri.type_offset + uri.type_length < uri.offset && uri.decoded <= uri.encoded);
    uint8_t *bytes = malloc(size + 1);
    size_t position = 0;
    if (!uri.base64) require(rt_percent_read(text + uri.offset, uri.encoded, &position, bytes, size) == uri.decoded);
    free(bytes);
    base64(text + uri.offset, uri.encoded);
  }
  base64(text, size);
  if (rt_url_parse(text, size, &url) == RT_URL_OK) {
    size_t host = strlen(url.host);
    require(host > 0 && host < sizeof url.host && url.port <= 65535 && url.scheme_length + 3 < size);
  }
  /* Most texts are no URL: every one of them is tried as a host. */
  if (size > 0 && size < 200) {
    char whole[256] = "https://";
    memcpy(whole + 8, text, size);
    if (rt_url_parse(whole, size + 8, &url) == RT_URL_OK) require(url.host[0] && strlen(url.host) < sizeof url.host);
  }
  free(text);
  return 0;
}
