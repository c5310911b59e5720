#include "uri.h"

#include <string.h>

static bool is_alpha(unsigned char c) {
  return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_digit(unsigned char c) {
  return (unsigned char)(c - '0') < 10;
}

static int hex_value(unsigned char c) {
  if (is_digit(c)) return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool same_word(const char *text, size_t length, const char *lower) {
  if (length != strlen(lower)) return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + 'a' - 'A');
    if (c != lower[i]) return false;
  }
  return true;
}

/* RFC 7230's token: what a media type, its subtype and its parameters' names are made of. */
static size_t token_length(const char *text, size_t length) {
  size_t i = 0;
  while (i < length &&
         (is_alpha((unsigned char)text[i]) || is_digit((unsigned char)text[i]) || (text[i] && strchr("!#$%&'*+-.^_`|~", text[i]))))
    i++;
  return i;
}

/* ---- data URIs ---- */

static uint64_t decoded_base64_length(const char *text, size_t length) {
  size_t padding = 0;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=') padding++;
  length -= padding;
  return (uint64_t)(length / 4) * 3 + (length % 4 == 0 ? 0 : length % 4 - 1);
}

static uint64_t decoded_percent_length(const char *text, size_t length) {
  uint64_t escapes = 0;
  for (size_t i = 0; i + 2 < length; i++)
    if (text[i] == '%' && hex_value((unsigned char)text[i + 1]) >= 0 && hex_value((unsigned char)text[i + 2]) >= 0) {
      escapes++;
      i += 2;
    }
  return length - 2 * escapes;
}

/* One ;name=value. The value is a token, a quoted string, or (as RFC 2397 allows) anything without ; and ,. */
static rt_data_error parse_parameter(const char *text, size_t length) {
  size_t name = token_length(text, length);
  return name && name < length && text[name] == '=' ? RT_DATA_OK : RT_DATA_PARAMETER;
}

static rt_data_error parse_type(const char *text, size_t length) {
  size_t type = token_length(text, length);
  if (type == 0 || type >= length || text[type] != '/') return RT_DATA_MEDIA_TYPE;
  size_t subtype = token_length(text + type + 1, length - type - 1);
  return subtype && type + 1 + subtype == length ? RT_DATA_OK : RT_DATA_MEDIA_TYPE;
}

rt_data_error rt_data_uri_parse(const char *text, size_t length, rt_data_uri *out) {
  memset(out, 0, sizeof *out);
  if (length < 5 || !same_word(text, 5, "data:")) return RT_DATA_SCHEME;
  /* The head ends at the first comma; a text without one is not searched to its end when it plainly is no head. */
  size_t head = 5, most = length < 5 + 1024 ? length : 5 + 1024;
  while (head < most && text[head] != ',') {
    if ((unsigned char)text[head] <= ' ') return RT_DATA_SPACE;
    head++;
  }
  if (head == most) return RT_DATA_COMMA;
  size_t end = 5;
  while (end < head && text[end] != ';') end++;
  out->type_offset = 5;
  out->type_length = end - 5;
  if (out->type_length && parse_type(text + 5, out->type_length) != RT_DATA_OK) return RT_DATA_MEDIA_TYPE;
  while (end < head) {
    size_t start = end + 1;
    for (end = start; end < head && text[end] != ';';) end++;
    if (end == head && same_word(text + start, end - start, "base64"))
      out->base64 = true;
    else if (parse_parameter(text + start, end - start) != RT_DATA_OK)
      return RT_DATA_PARAMETER;
  }
  out->offset = head + 1;
  out->encoded = length - out->offset;
  out->decoded =
      out->base64 ? decoded_base64_length(text + out->offset, out->encoded) : decoded_percent_length(text + out->offset, out->encoded);
  return RT_DATA_OK;
}

const char *rt_data_error_text(rt_data_error error) {
  switch (error) {
  case RT_DATA_OK:
    return "";
  case RT_DATA_SCHEME:
    return "it does not begin with data:";
  case RT_DATA_COMMA:
    return "no comma parts the media type from the data";
  case RT_DATA_MEDIA_TYPE:
    return "the media type is not of the form type/subtype";
  case RT_DATA_PARAMETER:
    return "a parameter of the media type is not of the form name=value, or ;base64 is not the last";
  case RT_DATA_SPACE:
    return "there is white space before the comma";
  }
  return "";
}

/* ---- base64 ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Branch-free, so that compilers turn the loop over a whole block into vector instructions. */
static inline unsigned char in_alphabet(unsigned char c) {
  return (unsigned char)(((unsigned char)((c | 0x20) - 'a') < 26) | ((unsigned char)(c - '0') < 10) | (c == '+') | (c == '/'));
}

enum { BLOCK = 64 };

static bool block_is_clean(const unsigned char *block) {
  unsigned char good = 1;
  for (int i = 0; i < BLOCK; i++) good &= in_alphabet(block[i]);
  return good;
}

static rt_base64_error name_bad_character(unsigned char c) {
  switch (c) {
  case '=':
    return RT_BASE64_PADDING;
  case '\r':
  case '\n':
    return RT_BASE64_LINE_BREAK;
  case ' ':
  case '\t':
    return RT_BASE64_SPACE;
  case '-':
  case '_':
    return RT_BASE64_URL_SAFE;
  case '%':
    return RT_BASE64_PERCENT;
  default:
    return RT_BASE64_CHARACTER;
  }
}

rt_base64_error rt_base64_check(const char *text, size_t length, size_t *position) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t padding = 0, i = 0;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=') padding++;
  size_t plain = length - padding;
  while (plain - i >= BLOCK && block_is_clean(bytes + i)) i += BLOCK;
  while (i < plain && in_alphabet(bytes[i])) i++;
  *position = i;
  if (i < plain) return name_bad_character(bytes[i]);
  if (length % 4 == 0) return RT_BASE64_OK;
  *position = length;
  return RT_BASE64_LENGTH;
}

const char *rt_base64_error_text(rt_base64_error error) {
  switch (error) {
  case RT_BASE64_OK:
    return "";
  case RT_BASE64_LENGTH:
    return "the base64 text is not a multiple of four characters long: it was cut short, or its padding (=) is missing";
  case RT_BASE64_PADDING:
    return "padding (=) stands before the end of the base64 text";
  case RT_BASE64_LINE_BREAK:
    return "the base64 text holds a line break";
  case RT_BASE64_SPACE:
    return "the base64 text holds a space";
  case RT_BASE64_URL_SAFE:
    return "the base64 text uses the URL alphabet (- and _ in place of + and /)";
  case RT_BASE64_PERCENT:
    return "the base64 text is percent-encoded";
  case RT_BASE64_CHARACTER:
    return "the base64 text holds a character that is not base64";
  }
  return "";
}

uint64_t rt_base64_encoded_length(uint64_t bytes) {
  return bytes / 3 * 4 + (bytes % 3 ? 4 : 0);
}

void rt_base64_encode(const void *bytes, size_t length, char *out) {
  const unsigned char *in = bytes;
  for (; length >= 3; length -= 3, in += 3, out += 4) {
    uint32_t group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    out[0] = alphabet[group >> 18];
    out[1] = alphabet[group >> 12 & 63];
    out[2] = alphabet[group >> 6 & 63];
    out[3] = alphabet[group & 63];
  }
  if (length == 0) return;
  uint32_t group = (uint32_t)in[0] << 16 | (length == 2 ? (uint32_t)in[1] << 8 : 0);
  out[0] = alphabet[group >> 18];
  out[1] = alphabet[group >> 12 & 63];
  out[2] = length == 2 ? alphabet[group >> 6 & 63] : '=';
  out[3] = '=';
}

static uint32_t six_bits(unsigned char c) {
  if (c >= 'A' && c <= 'Z') return (uint32_t)(c - 'A');
  if (c >= 'a' && c <= 'z') return (uint32_t)(c - 'a' + 26);
  if (is_digit(c)) return (uint32_t)(c - '0' + 52);
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : 0;
}

size_t rt_base64_read(const char *text, size_t length, uint64_t from, void *out, size_t room) {
  uint64_t total = decoded_base64_length(text, length);
  if (from >= total) return 0;
  if (room > total - from) room = (size_t)(total - from);
  unsigned char *bytes = out;
  size_t done = 0, index = (size_t)(from / 3) * 4, skip = (size_t)(from % 3);
  while (done < room) {
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) group = group << 6 | (index + i < length ? six_bits((unsigned char)text[index + i]) : 0);
    for (; skip < 3 && done < room; skip++) bytes[done++] = (unsigned char)(group >> (16 - 8 * skip));
    skip = 0;
    index += 4;
  }
  return room;
}

size_t rt_percent_read(const char *text, size_t length, size_t *position, void *out, size_t room) {
  unsigned char *bytes = out;
  size_t n = 0, i = *position;
  for (; i < length && n < room; i++) {
    int high = text[i] == '%' && i + 2 < length ? hex_value((unsigned char)text[i + 1]) : -1;
    int low = high >= 0 ? hex_value((unsigned char)text[i + 2]) : -1;
    bytes[n++] = low >= 0 ? (unsigned char)(high << 4 | low) : (unsigned char)text[i];
    if (low >= 0) i += 2;
  }
  *position = i;
  return n;
}

/* ---- URLs ---- */

/* A code point that name preparation (UTS 46) turns into an ASCII digit, dot or letter: with these an address can be written so that
   no ASCII digit is seen. Others are left alone. */
static uint32_t ascii_look_alike(uint32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + '!';
  if (c == 0x3002 || c == 0xFF61) return '.';
  if (c >= 0x2460 && c <= 0x2468) return c - 0x2460 + '1';
  if (c == 0x24EA) return '0';
  if (c >= 0x24B6 && c <= 0x24CF) return c - 0x24B6 + 'a';
  if (c >= 0x24D0 && c <= 0x24E9) return c - 0x24D0 + 'a';
  if (c == 0x00B9) return '1';
  if (c == 0x00B2 || c == 0x00B3) return c - 0x00B2 + '2';
  if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079)) return c - 0x2070 + '0';
  if (c >= 0x2080 && c <= 0x2089) return c - 0x2080 + '0';
  if (c >= 0x1D7CE && c <= 0x1D7FF) return (c - 0x1D7CE) % 10 + '0';
  return c;
}

/* One code point from UTF-8; *used is 0 where the bytes are no UTF-8. */
static uint32_t read_utf8(const unsigned char *text, size_t length, size_t *used) {
  unsigned char c = text[0];
  size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 9;
  *used = 0;
  if (more == 9 || more >= length) return 0;
  uint32_t point = more == 0 ? c : more == 1 ? c & 0x1Fu : more == 2 ? c & 0x0Fu : c & 0x07u;
  for (size_t i = 1; i <= more; i++) {
    if ((text[i] & 0xC0) != 0x80) return 0;
    point = point << 6 | (text[i] & 0x3Fu);
  }
  *used = more + 1;
  return point;
}

static size_t undo_percent(const char *text, size_t length, unsigned char *out, size_t room) {
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    if (n == room) return 0;
    if (text[i] == '%') {
      if (i + 2 >= length || hex_value((unsigned char)text[i + 1]) < 0 || hex_value((unsigned char)text[i + 2]) < 0) return 0;
      out[n++] = (unsigned char)(hex_value((unsigned char)text[i + 1]) << 4 | hex_value((unsigned char)text[i + 2]));
      i += 2;
    } else
      out[n++] = (unsigned char)text[i];
  }
  return n;
}

/* The host as a resolver would see it: lower case, look-alikes as ASCII. Other non-ASCII letters stay as they are (an IDN). */
static bool normalise_host(const char *text, size_t length, rt_url *out) {
  unsigned char plain[4 * RT_HOST_MAX];
  size_t count = undo_percent(text, length, plain, sizeof plain), n = 0, used = 0;
  if (count == 0) return false;
  for (size_t i = 0; i < count; i += used) {
    uint32_t c = ascii_look_alike(read_utf8(plain + i, count - i, &used));
    if (used == 0 || c <= ' ' || c == 0x7F || (c < 0x80 && strchr("\"#%/:<>?@[\\]^`{|}", (int)c))) return false;
    if (n + used > RT_HOST_MAX + 1) return false;
    if (c < 0x80)
      out->host[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
    else {
      memcpy(out->host + n, plain + i, used);
      n += used;
    }
  }
  if (n > RT_HOST_MAX && out->host[n - 1] != '.') return false;
  out->host[n] = '\0';
  return n > 0;
}

/* One part of an IPv4 address as inet_aton reads it: decimal, 0octal or 0xhex. */
static bool ipv4_part(const char *text, size_t length, uint64_t *value) {
  unsigned base = 10;
  if (length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
    base = 16, text += 2, length -= 2;
  else if (length >= 2 && text[0] == '0')
    base = 8, text++, length--;
  else if (length == 0)
    return false;
  *value = 0;
  for (size_t i = 0; i < length; i++) {
    int digit = hex_value((unsigned char)text[i]);
    if (digit < 0 || (unsigned)digit >= base) return false;
    if (*value <= UINT32_MAX) *value = *value * base + (unsigned)digit;
  }
  return true;
}

static size_t decimal_text(unsigned value, char *out) {
  char digits[4];
  size_t count = 0, n = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) out[n++] = digits[--count];
  return n;
}

/* Where the last label is a number the host is an IPv4 address or nothing at all (WHATWG URL): 1 to 4 parts, the last filling the rest. */
static rt_url_error classify_domain(rt_url *out) {
  size_t length = strlen(out->host), parts = 0, start = 0;
  uint64_t value[4] = {0, 0, 0, 0}, address = 0;
  bool numbers = true, last_is_number = false;
  if (out->host[length - 1] == '.') length--; /* the root's dot changes nothing */
  if (length == 0) return RT_URL_HOST;
  for (size_t i = 0; i <= length; i++) {
    if (i < length && out->host[i] != '.') continue;
    if (i == start) return RT_URL_HOST;
    uint64_t number = 0;
    bool all_digits = true;
    for (size_t k = start; k < i; k++) all_digits = all_digits && is_digit((unsigned char)out->host[k]);
    bool is_number = ipv4_part(out->host + start, i - start, &number);
    last_is_number = is_number || all_digits;
    numbers = numbers && is_number;
    if (parts < 4) value[parts] = number;
    parts++;
    start = i + 1;
  }
  if (!last_is_number) {
    out->kind = parts > 1 ? RT_HOST_DOMAIN : RT_HOST_SINGLE;
    return RT_URL_OK;
  }
  out->kind = RT_HOST_IPV4;
  if (!numbers || parts > 4) return RT_URL_HOST;
  for (size_t i = 0; i + 1 < parts; i++) {
    if (value[i] > 255) return RT_URL_HOST;
    address |= value[i] << (24 - 8 * i);
  }
  if (value[parts - 1] >> (8 * (5 - parts))) return RT_URL_HOST;
  address |= value[parts - 1];
  size_t n = 0;
  for (int i = 0; i < 4; i++) {
    n += decimal_text((unsigned)(address >> (24 - 8 * i)) & 255, out->host + n);
    out->host[n++] = i < 3 ? '.' : '\0';
  }
  return RT_URL_OK;
}

/* The inside of [...]: any IPv6 address is an address, mapped IPv4 or not, with a zone or without; only its letters are checked. */
static rt_url_error bracket_host(const char *text, size_t length, rt_url *out) {
  size_t colons = 0;
  if (length < 2 || length > 100) return RT_URL_HOST;
  for (size_t i = 0; i < length && text[i] != '%'; i++) {
    if (text[i] == ':')
      colons++;
    else if (text[i] != '.' && hex_value((unsigned char)text[i]) < 0)
      return RT_URL_HOST;
  }
  if (colons < 2) return RT_URL_HOST;
  memcpy(out->host, text, length);
  out->host[length] = '\0';
  out->kind = RT_HOST_IPV6;
  return RT_URL_OK;
}

static rt_url_error parse_port(const char *text, size_t length, rt_url *out) {
  if (length == 0) return RT_URL_OK; /* "host:" is the default port */
  long port = 0;
  for (size_t i = 0; i < length; i++) {
    if (!is_digit((unsigned char)text[i])) return RT_URL_PORT;
    port = port * 10 + (text[i] - '0');
    if (port > 65535) return RT_URL_PORT;
  }
  out->port = (int)port;
  return RT_URL_OK;
}

static rt_url_error parse_authority(const char *text, size_t length, rt_url *out) {
  for (size_t i = length; i > 0; i--)
    if (text[i - 1] == '@') { /* the last @ ends the user information: https://example.com@127.0.0.1/ goes to the address */
      out->has_userinfo = true;
      text += i;
      length -= i;
      break;
    }
  if (length && text[0] == '[') {
    const char *close = memchr(text, ']', length);
    if (!close) return RT_URL_HOST;
    size_t after = (size_t)(close - text) + 1;
    rt_url_error error = bracket_host(text + 1, after - 2, out);
    if (error || after == length) return error;
    return text[after] == ':' ? parse_port(text + after + 1, length - after - 1, out) : RT_URL_HOST;
  }
  const char *colon = memchr(text, ':', length);
  size_t host = colon ? (size_t)(colon - text) : length;
  if (host == 0 || !normalise_host(text, host, out)) return RT_URL_HOST;
  rt_url_error error = classify_domain(out);
  if (error || !colon) return error;
  return parse_port(colon + 1, length - host - 1, out);
}

rt_url_error rt_url_parse(const char *text, size_t length, rt_url *out) {
  memset(out, 0, sizeof *out);
  out->port = -1;
  for (size_t i = 0; i < length; i++)
    if ((unsigned char)text[i] <= ' ' || text[i] == 0x7F || text[i] == '\\') return RT_URL_CHARACTER;
  size_t scheme = 0;
  while (scheme < length && (is_alpha((unsigned char)text[scheme]) ||
                             (scheme && (is_digit((unsigned char)text[scheme]) || (text[scheme] && strchr("+-.", text[scheme]))))))
    scheme++;
  if (scheme == 0 || length - scheme < 3 || memcmp(text + scheme, "://", 3) != 0) return RT_URL_SCHEME;
  out->scheme_length = scheme;
  size_t start = scheme + 3, end = start;
  while (end < length && text[end] != '/' && text[end] != '?' && text[end] != '#') end++;
  return parse_authority(text + start, end - start, out);
}

const char *rt_url_error_text(rt_url_error error) {
  switch (error) {
  case RT_URL_OK:
    return "";
  case RT_URL_CHARACTER:
    return "it holds white space, a control character or a backslash";
  case RT_URL_SCHEME:
    return "it does not begin with a scheme and ://";
  case RT_URL_HOST:
    return "its host is missing or malformed";
  case RT_URL_PORT:
    return "its port is not a number up to 65535";
  }
  return "";
}
