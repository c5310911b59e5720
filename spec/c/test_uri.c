#include "../../src/uri.h"

#include <stdlib.h>

#include "unit.h"

static rt_data_error parse(const char *text, rt_data_uri *uri) {
  return rt_data_uri_parse(text, strlen(text), uri);
}

static void data_uris(void) {
  rt_data_uri uri;
  CHECK(parse("data:image/png;base64,QUJD", &uri) == RT_DATA_OK);
  CHECK(uri.base64 && uri.type_offset == 5 && uri.type_length == 9 && uri.offset == 22 && uri.encoded == 4 && uri.decoded == 3);
  CHECK(parse("DATA:Image/PNG;Base64,QUI=", &uri) == RT_DATA_OK && uri.base64 && uri.decoded == 2);
  CHECK(parse("data:image/svg+xml;charset=utf-8;base64,QQ==", &uri) == RT_DATA_OK && uri.base64 && uri.type_length == 13 &&
        uri.decoded == 1);
  CHECK(parse("data:,a%20b%", &uri) == RT_DATA_OK && !uri.base64 && uri.type_length == 0 && uri.decoded == 4);
  CHECK(parse("data:;base64,", &uri) == RT_DATA_OK && uri.base64 && uri.decoded == 0 && uri.encoded == 0);
  CHECK(parse("data:text/plain,%41%4", &uri) == RT_DATA_OK && uri.decoded == 3);
  CHECK(parse("data:image/png;base64,QUJD,", &uri) == RT_DATA_OK && uri.encoded == 5);
  CHECK(parse("dat", &uri) == RT_DATA_SCHEME && parse("file:x", &uri) == RT_DATA_SCHEME && parse("", &uri) == RT_DATA_SCHEME);
  CHECK(parse("data:image/png;base64", &uri) == RT_DATA_COMMA);
  CHECK(parse("data:png;base64,QQ==", &uri) == RT_DATA_MEDIA_TYPE && parse("data:image/;base64,", &uri) == RT_DATA_MEDIA_TYPE);
  CHECK(parse("data:/png,", &uri) == RT_DATA_MEDIA_TYPE && parse("data:a/b/c,", &uri) == RT_DATA_MEDIA_TYPE);
  CHECK(parse("data:image/png;base64;x=1,QQ==", &uri) == RT_DATA_PARAMETER && parse("data:image/png;;base64,", &uri) == RT_DATA_PARAMETER);
  CHECK(parse("data:image/png;base64 ,QQ==", &uri) == RT_DATA_SPACE);
  for (int error = RT_DATA_SCHEME; error <= RT_DATA_SPACE; error++) CHECK(rt_data_error_text((rt_data_error)error)[0]);
}

/* A comma far into a text without a head is no separator: the search for it is bounded. */
static void the_search_for_the_comma_is_bounded(void) {
  static char text[5000] = "data:";
  rt_data_uri uri;
  memset(text + 5, 'a', sizeof text - 7);
  text[sizeof text - 2] = ',';
  CHECK(parse(text, &uri) == RT_DATA_COMMA);
}

static void base64_both_ways(void) {
  unsigned char bytes[70], back[70];
  char text[100];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37 + 200);
  for (size_t length = 0; length <= sizeof bytes; length++) {
    size_t encoded = (size_t)rt_base64_encoded_length(length), position;
    char *exact = malloc(encoded + 1); /* no byte more than promised may be written */
    rt_base64_encode(bytes, length, exact);
    CHECK(rt_base64_check(exact, encoded, &position) == RT_BASE64_OK);
    for (size_t from = 0; from <= length; from++) {
      size_t got = rt_base64_read(exact, encoded, from, back, sizeof back);
      CHECK(got == length - from && memcmp(back, bytes + from, got) == 0);
      got = rt_base64_read(exact, encoded, from, back, 2);
      CHECK(got == (length - from < 2 ? length - from : 2) && memcmp(back, bytes + from, got) == 0);
    }
    free(exact);
  }
  rt_base64_encode("foobar", 6, text);
  CHECK(memcmp(text, "Zm9vYmFy", 8) == 0);
  rt_base64_encode("fooba", 5, text);
  CHECK(memcmp(text, "Zm9vYmE=", 8) == 0);
  rt_base64_encode("\xfb\xff\xfe", 3, text);
  CHECK(memcmp(text, "+//+", 4) == 0);
  CHECK(rt_base64_read("QQ", 2, 0, back, 9) == 1 && back[0] == 'A'); /* without its padding */
}

/* Each of the 256 characters at each place of a block of 64 and its tail: the fast path and the slow one have to agree. */
static void base64_check_finds_every_character(void) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char text[136];
  for (size_t at = 0; at < sizeof text - 4; at++)
    for (int c = 0; c < 256; c++) {
      size_t position;
      memset(text, 'A', sizeof text);
      text[at] = (char)c;
      bool good = c && strchr(alphabet, c);
      rt_base64_error error = rt_base64_check(text, sizeof text, &position);
      if (good != (error == RT_BASE64_OK) || (!good && position != at)) CHECK(!"character misjudged");
    }
  CHECK(true);
}

static void base64_errors_are_named(void) {
  static const struct {
    const char *text;
    rt_base64_error error;
    size_t position;
  } cases[] = {{"QUJD\nQUJD", RT_BASE64_LINE_BREAK, 4},
               {"QUJD\r\nQUJD", RT_BASE64_LINE_BREAK, 4},
               {"QUI", RT_BASE64_LENGTH, 3},
               {"Q===", RT_BASE64_PADDING, 1},
               {"QQ==QQ==", RT_BASE64_PADDING, 2},
               {"QU-_", RT_BASE64_URL_SAFE, 2},
               {"QU%2B", RT_BASE64_PERCENT, 2},
               {"QU D", RT_BASE64_SPACE, 2},
               {"QU\xc3\xa9", RT_BASE64_CHARACTER, 2},
               {"QUJDQUJD\n", RT_BASE64_LINE_BREAK, 8},
               {"=", RT_BASE64_LENGTH, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t position = 99;
    CHECK(rt_base64_check(cases[i].text, strlen(cases[i].text), &position) == cases[i].error && position == cases[i].position);
    CHECK(rt_base64_error_text(cases[i].error)[0]);
  }
}

static void percent_text(void) {
  char out[16];
  size_t position = 0;
  CHECK(rt_percent_read("a%20%4", 6, &position, out, 2) == 2 && memcmp(out, "a ", 2) == 0 && position == 4);
  CHECK(rt_percent_read("a%20%4", 6, &position, out, 9) == 2 && memcmp(out, "%4", 2) == 0);
  CHECK(rt_percent_read("a%20%4", 6, &position, out, 9) == 0);
}

static void urls(void) {
  static const struct {
    const char *text;
    rt_host_kind kind;
    const char *host;
  } good[] = {
      {"https://cdn.example.com/a.png", RT_HOST_DOMAIN, "cdn.example.com"},
      {"HTTPS://CDN.Example.COM:443?x", RT_HOST_DOMAIN, "cdn.example.com"},
      {"https://example.com.", RT_HOST_DOMAIN, "example.com."},
      {"https://b\xc3\xbc"
       "cher.example/",
       RT_HOST_DOMAIN,
       "b\xc3\xbc"
       "cher.example"},
      {"https://xn--bcher-kva.example/", RT_HOST_DOMAIN, "xn--bcher-kva.example"},
      {"https://1.2.3.4.example/", RT_HOST_DOMAIN, "1.2.3.4.example"},
      {"https://1e100.net", RT_HOST_DOMAIN, "1e100.net"},
      {"https://0xcafe.xyz", RT_HOST_DOMAIN, "0xcafe.xyz"},
      {"https://localhost/x", RT_HOST_SINGLE, "localhost"},
      {"https://127.0.0.1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://127.0.0.1./", RT_HOST_IPV4, "127.0.0.1"},
      {"https://127.1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://127.0.1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://2130706433/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://017700000001/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://0x7f000001/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://0X7F.0.0.0x1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://0177.0.0.01:8443/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://0/", RT_HOST_IPV4, "0.0.0.0"},
      {"https://0x/", RT_HOST_IPV4, "0.0.0.0"},
      {"https://4294967295/", RT_HOST_IPV4, "255.255.255.255"},
      {"https://%31%32%37.0.0.1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97\xef\xbc\x8e\x30\xe3\x80\x82\x30\xef\xbd\xa1\x31/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1", RT_HOST_IPV4, "127.0.0.1"},
      {"https://\xf0\x9d\x9f\x8f.1", RT_HOST_IPV4, "1.0.0.1"},
      {"https://[::1]/", RT_HOST_IPV6, "::1"},
      {"https://[::ffff:127.0.0.1]:443/", RT_HOST_IPV6, "::ffff:127.0.0.1"},
      {"https://[fe80::1%25eth0]/", RT_HOST_IPV6, "fe80::1%25eth0"},
      {"https://example.com@127.0.0.1/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://127.0.0.1#@example.com/", RT_HOST_IPV4, "127.0.0.1"},
      {"https://a:b@c@10.1/", RT_HOST_IPV4, "10.0.0.1"},
  };
  rt_url url;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    CHECK(rt_url_parse(good[i].text, strlen(good[i].text), &url) == RT_URL_OK);
    CHECK(url.kind == good[i].kind && url.scheme_length == 5);
    CHECK_STR(url.host, good[i].host);
  }
  CHECK(rt_url_parse("https://u:p@h.example:8443/", 27, &url) == RT_URL_OK && url.has_userinfo && url.port == 8443);
  CHECK(rt_url_parse("https://h.example/@", 19, &url) == RT_URL_OK && !url.has_userinfo && url.port == -1);
}

static void malformed_urls(void) {
  static const struct {
    const char *text;
    rt_url_error error;
  } bad[] = {
      {"", RT_URL_SCHEME},
      {"https", RT_URL_SCHEME},
      {"https:/a.example", RT_URL_SCHEME},
      {"//a.example", RT_URL_SCHEME},
      {"1https://a.example", RT_URL_SCHEME},
      {"https://", RT_URL_HOST},
      {"https:///a.png", RT_URL_HOST},
      {"https://.", RT_URL_HOST},
      {"https://a..example/", RT_URL_HOST},
      {"https://.a.example/", RT_URL_HOST},
      {"https://a%2fb.example/", RT_URL_HOST},
      {"https://a%4.example", RT_URL_HOST},
      {"https://a%00b.example/", RT_URL_HOST},
      {"https://\xff.example/", RT_URL_HOST},
      {"https://256.0.0.1/", RT_URL_HOST},
      {"https://1.2.3.4.5/", RT_URL_HOST},
      {"https://4294967296/", RT_URL_HOST},
      {"https://example.09/", RT_URL_HOST},
      {"https://[::1/", RT_URL_HOST},
      {"https://[1]/", RT_URL_HOST},
      {"https://[::g]/", RT_URL_HOST},
      {"https://[::1]x/", RT_URL_HOST},
      {"https://a.example:x/", RT_URL_PORT},
      {"https://a.example:65536/", RT_URL_PORT},
      {"https://a.example/b c", RT_URL_CHARACTER},
      {"https://a.example/\n", RT_URL_CHARACTER},
      {"https:\\\\a.example/", RT_URL_CHARACTER},
      {"https://127.0.0.1\\@a.example/", RT_URL_CHARACTER},
  };
  rt_url url;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    rt_url_error error = rt_url_parse(bad[i].text, strlen(bad[i].text), &url);
    CHECK(error == bad[i].error);
    if (error != bad[i].error) fprintf(stderr, "  %s: %d\n", bad[i].text, (int)error);
    CHECK(rt_url_error_text(bad[i].error)[0]);
  }
}

/* A host as long as DNS allows, and one longer. */
static void long_hosts(void) {
  char text[600] = "https://";
  rt_url url;
  for (size_t i = 0; i < 253; i++) text[8 + i] = i % 2 ? '.' : 'a';
  CHECK(rt_url_parse(text, 8 + 253, &url) == RT_URL_OK && strlen(url.host) == 253);
  text[8 + 253] = '.';
  CHECK(rt_url_parse(text, 8 + 254, &url) == RT_URL_OK);
  text[8 + 254] = 'a';
  CHECK(rt_url_parse(text, 8 + 255, &url) == RT_URL_HOST);
  memset(text + 8, 'a', 590);
  CHECK(rt_url_parse(text, 598, &url) == RT_URL_HOST);
}

int main(void) {
  data_uris();
  the_search_for_the_comma_is_bounded();
  base64_both_ways();
  base64_check_finds_every_character();
  base64_errors_are_named();
  percent_text();
  urls();
  malformed_urls();
  long_hosts();
  return unit_report();
}
