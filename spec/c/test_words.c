#include "../../src/signs.h"
#include "../../src/words.h"
#include "unit.h"

/* the answers as texts that end; "" where there is none */
static const char *text_of(rt_slice found) {
  static char text[2048];
  if (!found.data || found.length >= sizeof text) return "";
  memcpy(text, found.data, found.length);
  text[found.length] = '\0';
  return text;
}

static const char *code(const char *message) {
  return text_of(rt_words_code(rt_slice_of(message)));
}

static const char *id(const char *message) {
  return text_of(rt_words_request_id(rt_slice_of(message)));
}

static const char *field(const char *message) {
  static char name[RT_WORDS_FIELD];
  rt_slice found = {name, rt_words_field(rt_slice_of(message), name, sizeof name)};
  return text_of(found);
}

static void test_codes(void) {
  CHECK_STR(code("402 - Credits insufficient"), "402");
  CHECK_STR(code("[429] slow down"), "429");
  CHECK_STR(code("4031 of them"), "");
  CHECK_STR(code("An error occurred (ThrottlingException) when calling it"), "ThrottlingException");
  CHECK_STR(code("An error occurred (not a name) when"), "");
  CHECK_STR(code("com.amazonaws.ValidationException: bad"), "ValidationException");
  CHECK_STR(code("x_fooBarException"), "BarException");
  CHECK_STR(code("<StatusCode.PERMISSION_DENIED: 7>"), "PERMISSION_DENIED");
  CHECK_STR(code("error code: 1033"), "1033");
  CHECK_STR(code("Code = 'rate-limit.hit.' today"), "rate-limit.hit");
  CHECK_STR(code("code: - code=x"), "x");
  CHECK_STR(code("Error Code \"12_a\""), "12_a");
  CHECK_STR(code("HTTP/1.1 503 Service Unavailable"), "503");
  CHECK_STR(code("HTTP 1500"), "500");
  CHECK_STR(code("Error: 429"), "429");
  CHECK_STR(code("failed with status code 404."), "404");
  CHECK_STR(code("failed with status code 4044."), "");
  CHECK_STR(code("Nothing of the kind."), "");
  CHECK_STR(code(""), "");
}

static void test_ids(void) {
  CHECK_STR(id("quota (request id: 20240506abc)"), "20240506abc");
  CHECK_STR(id("REQUEST_ID=\"ab_c-d=\""), "ab_c-d=");
  CHECK_STR(id("request id 12345"), "");
  CHECK_STR(id("request of request-id: abcdef"), "abcdef");
  CHECK_STR(id("Your request is wrong"), "");
  CHECK_STR(id("request"), "");
  CHECK_STR(id(""), "");
}

static void test_fields(void) {
  CHECK_STR(field("'width' is too large"), "width");
  CHECK_STR(field("promptText is required"), "promptText");
  CHECK_STR(field("image_urls[0].url must be a URL"), "image_urls[0].url");
  CHECK_STR(field("ratio should be one of"), "ratio");
  CHECK_STR(field("duration: not a number"), "duration");
  CHECK_STR(field("Invalid parameters: duration must be one of 4, 8, 12"), "duration");
  CHECK_STR(field("Validation error: 'seed' is too large"), "seed");
  CHECK_STR(field("Validation error: "), "");
  CHECK_STR(field("bad request: missing field prompt"), "prompt");
  CHECK_STR(field("* input.image.size: missing"), "image.size");
  CHECK_STR(field("Unknown parameters: 'seed' and 'x'"), "seed");
  CHECK_STR(field("Invalid value for: aspect-ratio."), "aspect-ratio");
  CHECK_STR(field("Missing required parameter: 'tools[0].name'."), "tools[0].name");
  CHECK_STR(field("Invalid parameter size."), "size");
  CHECK_STR(field("Missing required field: model"), "model");
  CHECK_STR(field("the field \"first-frame\" holds nothing"), "first-frame");
  CHECK_STR(field("#/input/width: expected a number"), "input.width");
  CHECK_STR(field("Invalid ratio parameter"), "ratio");
  CHECK_STR(field("参数image_url不合法"), "image_url");
  CHECK_STR(field("The value of `n_frames` is too large"), "n_frames");
  CHECK_STR(field("Invalid parameter for this model"), "");
  CHECK_STR(field("The request is required"), "");
  CHECK_STR(field("'12' is no number"), "");
  CHECK_STR(field(""), "");
}

static void test_no_room(void) {
  char out[4];
  CHECK(rt_words_field(rt_slice_of("width is required"), out, sizeof out) == 0);
  CHECK(rt_words_field(rt_slice_of("size is required"), out, sizeof out) == 4 && memcmp(out, "size", 4) == 0);
}

/* Behind the slice stands what would be found, were it looked at. */
static void test_slices_end(void) {
  rt_slice said = {"error code: 1033", 14};
  CHECK_STR(text_of(rt_words_code(said)), "10");
  rt_slice request = {"request id: abcdefgh", 17};
  CHECK(!rt_words_request_id(request).data);
  rt_slice none = {NULL, 0};
  CHECK(!rt_words_code(none).data && !rt_words_request_id(none).data && rt_words_field(none, NULL, 0) == 0);
}

static void test_long_texts(void) {
  static char text[1 << 20];
  memset(text, 'r', sizeof text - 1);
  CHECK_STR(code(text), "");
  for (size_t i = 0; i + 6 < sizeof text; i += 6) memcpy(text + i, "equest", 6);
  CHECK_STR(id(text), "");
  memset(text, '\'', sizeof text - 1);
  CHECK_STR(field(text), "");
}

static void test_signs(void) {
  static const rt_sign signs[] = {{"abc", 1}, {"xy", 0}, {"", 0}};
  static const uint32_t pairs[256] = {
      ['b'] = RT_FIRST(1), ['c'] = RT_SECOND(1), ['x'] = RT_FIRST(2), ['y'] = RT_SECOND(2), ['!'] = RT_FIRST(4), ['?'] = RT_SECOND(4)};
  static const char *const pads[] = {"", ".", "..", "...", "....", "....."};
  char text[32];
  for (size_t before = 0; before < 6; before++)
    for (size_t behind = 0; behind < 6; behind++) {
      snprintf(text, sizeof text, "%sAbc%s", pads[before], pads[behind]);
      CHECK(rt_signs_in(rt_slice_of(text), pairs, signs) == 1);
      snprintf(text, sizeof text, "%sxy!?%s", pads[before], pads[behind]);
      CHECK(rt_signs_in(rt_slice_of(text), pairs, signs) == 6);
      snprintf(text, sizeof text, "%sbc%s", pads[before], pads[behind]);
      CHECK(rt_signs_in(rt_slice_of(text), pairs, signs) == 0);
    }
}

int main(void) {
  test_codes();
  test_ids();
  test_fields();
  test_no_room();
  test_slices_end();
  test_long_texts();
  test_signs();
  return unit_report();
}
