#include "../../src/page.h"
#include "unit.h"

#include <stdlib.h>

static char said[RT_PAGE_KEPT + 1], code_said[65];

/* What a page says, in a buffer without a byte to spare; NULL: nothing. */
static const char *words_in(const char *page, size_t length, size_t room) {
  char *copy = malloc(length ? length : 1), *out = malloc(room ? room : 1);
  rt_slice slice = {copy, length};
  size_t written = 0;
  if (length) memcpy(copy, page, length);
  rt_slice code;
  bool any = rt_page_words(slice, out, room, &written, &code);
  CHECK(code.length <= 64);
  if (code.length) memcpy(code_said, code.data, code.length);
  code_said[code.length] = '\0';
  CHECK(written <= room && written <= RT_PAGE_KEPT);
  memcpy(said, out, written);
  said[written] = '\0';
  free(copy);
  free(out);
  return any ? said : NULL;
}

static const char *words(const char *page) {
  return words_in(page, strlen(page), RT_PAGE_KEPT);
}

static void test_titles(void) {
  CHECK_STR(words("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body></html>"),
            "502 Bad Gateway");
  CHECK_STR(words("<TITLE\n lang=x>\n a \t b </Title><H1>Sorry</h1><h2 class=x>Sorry</h2>"), "a b - Sorry");
  CHECK_STR(words("<h2>two</h2><h1>one <b>bold</b>text</h1>"), "one bold text - two");
  CHECK_STR(words("<titles>x</titles><title>y</title>"), "y");
  CHECK_STR(words("<title></title><p>all  the\n<b>words</b>"), "all the words");
  CHECK_STR(words("<title><b></b> </title><h1>x"), "x");
  CHECK_STR(words("<title"), "<title");
  CHECK_STR(words("<title "), "<title");
  CHECK_STR(words("a < b <c> <<d>"), "a < b <");
  CHECK(!words("") && !words("<p> </p>\n"));
  rt_slice none = {NULL, 0}, code;
  size_t length;
  CHECK(!rt_page_words(none, said, sizeof said, &length, &code) && length == 0 && !code.data);
}

static void test_xml(void) {
  CHECK_STR(words("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The key is gone.</Message><title>x</title></Error>"),
            "NoSuchKey - The key is gone.");
  CHECK_STR(words("<title>x</title><message>only words</message>"), "only words");
  CHECK_STR(words("<title>x</title><message> </message><code>1</code>"), "1");
}

/* The code of an XML answer was told as words alone, and what stands in its details not at all. */
static const char *code_of(const char *page) {
  words(page);
  return code_said;
}

static void test_xml_codes(void) {
  CHECK_STR(code_of("<Error><Code> ExpiredToken </Code><Message>Invalid argument.</Message><Details>It has expired.</Details></Error>"),
            "ExpiredToken");
  CHECK_STR(said, "ExpiredToken - Invalid argument. - It has expired.");
  CHECK_STR(code_of("<Error><Code>InvalidParameter.Size_1-x</Code><Message>m</Message></Error>"), "InvalidParameter.Size_1-x");
  CHECK_STR(code_of("<Error><Code>404</Code><Message>m</Message><details>d</details></Error>"), "");
  CHECK_STR(said, "404 - m");
  CHECK_STR(code_of("<p>Run <code>make</code></p><details>d</details>"), "");
  CHECK_STR(code_of("<Error><Code>two words</Code><Message>m</Message></Error>"), "");
  CHECK_STR(code_of("<Error><Code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Code><Message>m</Message></Error>"), "");
}

static void test_cloudflare(void) {
  CHECK_STR(words("<title>Access denied</title><h1><span>Error</span> <span>1020</span></h1><p>Error code: 1020</p>"),
            "Access denied - Error 1020 - error code: 1020");
  CHECK_STR(words("<h1>x</h1>error code: 12345 error code 1 Error Code: 524 error code 999"), "x - error code: 524");
  CHECK_STR(words("<h1>x</h1><p class=\"cf-error-code\">1015</p> errorcode_522 error code 500"), "x - error code: 522");
  CHECK_STR(words("<h1>x</h1><p class=\"cf-error-code\">1015</p> errorcode_x"), "x - error code: 1015");
  CHECK_STR(words("<h1>x</h1>error code <b>500</b>"), "x");
  CHECK_STR(words("<b class=errorcode_7>"), "error code: 7");
  CHECK_STR(words("errorcode_7error code 123"), "errorcode_7error code 123 - error code: 7");
}

static void test_entities(void) {
  CHECK_STR(words("<h1>&lt;a&gt; &amp;&quot;b&quot;&nbsp;&#39;c&#x27; &amp;lt; &eacute; &AMP; & &; &&amp; &#38; &amp</h1>"),
            "<a> &\"b\" 'c' &lt; &eacute; &AMP; & &; && &#38; &amp");
}

static void test_bounds(void) {
  static char page[40000];
  memset(page, 'x', sizeof page);
  memcpy(page, "<title>", 7);
  memcpy(page + sizeof page - 8, "</title>", 8);
  CHECK(strlen(words_in(page, sizeof page, RT_PAGE_KEPT)) == 600);
  CHECK(strlen(words_in(page, sizeof page - 8, RT_PAGE_KEPT)) == 399); /* never closed */
  CHECK(strlen(words_in(page, sizeof page, 100)) == 100 && strlen(words_in(page, sizeof page, 0)) == 0);
  memcpy(page, "<message>", 9);
  memcpy(page + sizeof page - 10, "</message>", 10);
  CHECK(strlen(words_in(page, sizeof page, 3 * RT_PAGE_KEPT)) == RT_PAGE_KEPT);
  /* what is cut is what comes out, not what stands there */
  memcpy(page + 9, "&amp;&amp;", 10);
  memcpy(page + 9 + 4097 + 3, "&gt;", 4);
  CHECK(strlen(words_in(page, sizeof page, RT_PAGE_KEPT)) == RT_PAGE_KEPT && said[0] == '&' && said[1] == '&' && said[2] == 'x');
  CHECK(said[4091] == 'x' && said[4092] == '>' && said[4093] == 'x');
  memset(page, ' ', sizeof page);
  page[16384] = 'x';
  CHECK(!words_in(page, sizeof page, RT_PAGE_KEPT));
  page[16383] = 'y';
  CHECK_STR(words_in(page, sizeof page, RT_PAGE_KEPT), "y");
}

static rt_slice slice(const char *text) {
  rt_slice out = {text, strlen(text)};
  return out;
}

static void test_is_stream(void) {
  CHECK(rt_is_stream(slice("data: x")) && rt_is_stream(slice("data:")) && rt_is_stream(slice("event: x\n")) && rt_is_stream(slice(":\n")));
  CHECK(rt_is_stream(slice(": comment\nx")) && rt_is_stream(slice("id: 5\nevent: x")) && rt_is_stream(slice("id:\ndata")));
  CHECK(!rt_is_stream(slice("")) && !rt_is_stream(slice("data")) && !rt_is_stream(slice(" data:")) && !rt_is_stream(slice(": comment")));
  CHECK(!rt_is_stream(slice("id: 5")) && !rt_is_stream(slice("id: 5\n")) && !rt_is_stream(slice("id: 5\nx")) && !rt_is_stream(slice("{}")));
  rt_slice none = {NULL, 0};
  size_t at = 0, lines = 0;
  CHECK(!rt_is_stream(none) && !rt_next_event(none, &at, &lines, &none));
}

/* the events, parted by bars */
static const char *events(const char *text) {
  static char out[256];
  size_t at = 0, lines = 0, length = 0;
  rt_slice data;
  while (rt_next_event(slice(text), &at, &lines, &data)) {
    memcpy(out + length, data.data, data.length);
    length += data.length;
    out[length++] = '|';
  }
  out[length] = '\0';
  return out;
}

static void test_events(void) {
  CHECK_STR(events("event: error\r\ndata: {\"a\":1}\r\n\r\ndata:[DONE]\n\ndata:  two\ndata"), "{\"a\":1}|[DONE]| two|");
  CHECK_STR(events("data:"), "|");
  CHECK_STR(events("data: a\rb\n"), "a|");
  CHECK_STR(events("data:\r\n"), "|");
  CHECK_STR(events("{}\ndata: x\n"), "");
  static char text[600 * 8 + 1];
  for (size_t i = 0; i < 600; i++) memcpy(text + i * 8, "data: x\n", 8);
  size_t at = 0, lines = 0, count = 0;
  rt_slice data;
  while (rt_next_event(slice(text), &at, &lines, &data)) count++;
  CHECK(count == 512 && !rt_next_event(slice(text), &at, &lines, &data));
}

int main(void) {
  test_titles();
  test_xml();
  test_xml_codes();
  test_cloudflare();
  test_entities();
  test_bounds();
  test_is_stream();
  test_events();
  return unit_report();
}
