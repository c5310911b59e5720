#include "../../src/json.h"
#include "../../src/memory.h"
#include "unit.h"

#include <stdlib.h>

static rt_json *json;

static rt_slice slice(const char *text) {
  rt_slice out = {text, strlen(text)};
  return out;
}

/* A copy without a byte to spare, so that the sanitizer sees who reads behind its end; the last one is freed when the next is made. */
static rt_slice tight(const char *text, size_t length) {
  static char *last;
  free(last);
  last = malloc(length ? length : 1);
  rt_slice out = {last, length};
  if (length) memcpy(last, text, length);
  return out;
}

static uint32_t read_bytes(const char *text, size_t length) {
  rt_json_clear(json);
  return rt_json_read(json, tight(text, length));
}

static uint32_t read(const char *text) {
  return read_bytes(text, strlen(text));
}

static bool good(const char *text) {
  return read(text) != RT_JSON_NONE;
}

static const rt_json_value *at(uint32_t value) {
  return rt_json_at(json, value);
}

static bool is(rt_slice got, const char *want) {
  return got.data && got.length == strlen(want) && memcmp(got.data, want, got.length) == 0;
}

/* a string's or number's text, of a text that is nothing else */
static bool text_is(const char *text, const char *want) {
  uint32_t root = read(text);
  return root != RT_JSON_NONE && is(rt_json_text(json, root), want);
}

static void test_what_is_json(void) {
  static const char *const right[] = {"null", "true", "false", "0", "-0", "10", "-1.5", "1e5", "1E+5", "1.25e-3", "\"\"", "[]", "{}", " [ ] ",
                                      "\t{\r\n}", "[1,2]", "{\"a\":1}", "{\"a\" : 1 , \"a\":[{}]}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0aFf\"",
                                      "\"a\nb\"", "\"\xff\xfe\"", "NaN", "Infinity", "-Infinity", "[NaN,1]", "\"\x7f\x01\"", "{\"\":\"\"}",
                                      "123456789012345678901234567890"};
  static const char *const wrong[] = {"", "  ", "nul", "nulll", "True", "truex", "01", "-", "1.", ".5", "+1", "1e", "1e+", "0x1", "-01", "1 2", "[",
                                      "]", "{", "}", "[1,]", "[,]", "[1 2]", "[1}", "{]", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "{1:2}",
                                      "[1,2", "{\"a\":1", "{\"a\":1,}", "{\"a\" 1}", "\"abc", "\"a\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "[]]",
                                      "{}{}", "\"\\", "\"\\u", "/**/1", "\v1", "\xef\xbb\xbf{}", "-NaN", "nan", "--1", "[\"a\":1]",
                                      "{\"a\":1 \"b\":2}", "\"\\\"", "N", "-I", "-Infinit", ",", ":", "\"\"\"\""};
  for (size_t i = 0; i < sizeof right / sizeof *right; i++)
    if (!good(right[i])) CHECK(!right[i]);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    if (good(wrong[i])) CHECK(!wrong[i]);
  CHECK(json->count == 0); /* nothing stays of what was wrong */
  CHECK(read_bytes("{}\0\0 ", 5) == 0);
  CHECK(read_bytes("{\0}", 3) == RT_JSON_NONE && read_bytes("\"\0\"", 3) == RT_JSON_NONE && read_bytes("\0{}", 3) == RT_JSON_NONE);
  CHECK(read_bytes("\"a\\\0\"", 5) == RT_JSON_NONE && read_bytes("{}\0x", 4) == RT_JSON_NONE);
  rt_slice none = {NULL, 0};
  CHECK(rt_json_read(json, none) == RT_JSON_NONE);
}

/* Every text that is cut short is wrong, wherever it is cut. */
static void test_cut_short(void) {
  const char *text = "{\"a\": [1.5e-7, \"\\u20ac\\n and some more of it\", {\"key\": null, \"other\": [[], true]}], \"b\": {}}";
  CHECK(good(text));
  for (size_t length = 0; length < strlen(text); length++) CHECK(read_bytes(text, length) == RT_JSON_NONE);
}

static void test_values(void) {
  const char *text = " {\"code\": 404, \"list\" : [ true, \"x\", {}, [ ] ], \"\": null} ";
  uint32_t root = read(text), child;
  CHECK(root == 0 && at(root)->kind == RT_JSON_TABLE && at(root)->count == 3 && !at(root)->key && at(root)->next == 0);
  CHECK(at(root)->length == strlen(text) - 2 && at(root)->data[0] == '{');
  child = at(root)->first;
  CHECK(at(child)->kind == RT_JSON_NUMBER && is(rt_json_key(json, child), "code") && is(rt_json_text(json, child), "404"));
  child = at(child)->next;
  rt_slice raw = {at(child)->data, at(child)->length};
  CHECK(at(child)->kind == RT_JSON_LIST && at(child)->count == 4 && is(raw, "[ true, \"x\", {}, [ ] ]") && is(rt_json_text(json, child), ""));
  uint32_t item = at(child)->first;
  CHECK(at(item)->kind == RT_JSON_TRUE && !at(item)->key && is(rt_json_key(json, item), ""));
  item = at(item)->next;
  CHECK(at(item)->kind == RT_JSON_STRING && is(rt_json_text(json, item), "x"));
  item = at(item)->next;
  CHECK(at(item)->kind == RT_JSON_TABLE && at(item)->count == 0 && at(item)->first == 0 && at(item)->length == 2);
  item = at(item)->next;
  CHECK(at(item)->kind == RT_JSON_LIST && at(item)->length == 3 && at(item)->next == 0);
  child = at(child)->next;
  CHECK(at(child)->kind == RT_JSON_NULL && at(child)->key && at(child)->key_length == 0 && at(child)->next == 0);
  CHECK(at(read("false"))->kind == RT_JSON_FALSE);
}

/* Texts that are read one after the other stand beside each other; one that is wrong leaves the others alone. */
static void test_more_texts(void) {
  rt_json_clear(json);
  uint32_t first = rt_json_read(json, slice("[1]"));
  CHECK(rt_json_read(json, slice("[2,")) == RT_JSON_NONE);
  uint32_t second = rt_json_read(json, slice("{\"a\":\"b\"}"));
  CHECK(first == 0 && second == 2);
  CHECK(at(first)->count == 1 && at(first)->next == 0 && is(rt_json_text(json, at(first)->first), "1"));
  CHECK(is(rt_json_key(json, at(second)->first), "a") && is(rt_json_text(json, at(second)->first), "b"));
}

static void test_texts(void) {
  CHECK(text_is("\"\"", "") && text_is("\"plain\"", "plain"));
  CHECK(text_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"));
  CHECK(text_is("\"a\\u0041\\u00e9\\u20AC\\ud83D\\uDE00z\"", "aA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"));
  CHECK(text_is("\"\\ud83d\"", "\xef\xbf\xbd") && text_is("\"\\ude00x\"", "\xef\xbf\xbdx"));
  CHECK(text_is("\"\\ud83d\\u0041\"", "\xef\xbf\xbd\x41") && text_is("\"\\ud83d\\n\"", "\xef\xbf\xbd\n"));
  CHECK(text_is("\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80"));
  CHECK(text_is("\"\\uffff\\u07ff\\u0800\"", "\xef\xbf\xbf\xdf\xbf\xe0\xa0\x80"));
  uint32_t root = read("\"a\\u0000b\"");
  CHECK(at(root)->escaped && rt_json_text(json, root).length == 3 && !at(root)->escaped);
  CHECK(memcmp(rt_json_text(json, root).data, "a\0b", 3) == 0);
  root = read("{\"a\\u002db\\n\":1,\"plain\":2}");
  uint32_t child = at(root)->first;
  CHECK(at(child)->key_escaped && is(rt_json_key(json, child), "a-b\n") && is(rt_json_key(json, child), "a-b\n") && !at(child)->key_escaped);
  CHECK(!at(at(child)->next)->key_escaped && is(rt_json_key(json, at(child)->next), "plain"));
  CHECK(text_is("12345678901234567890", "12345678901234567890") && text_is("-0", "-0") && text_is("[1]", "") && text_is("true", ""));
  CHECK(text_is("4.0", "4") && text_is("4.50", "4.5") && text_is("1e3", "1000") && text_is("1e20", "1e+20") && text_is("0.1", "0.1"));
  CHECK(text_is("1e999", "inf") && text_is("-1E-7", "-1e-07") && text_is("NaN", ""));
}

/* Stops of a string are found at every place of a word, and nowhere else. */
static void test_long_strings(void) {
  char text[64];
  for (size_t length = 0; length < 40; length++) {
    memset(text, '\xa2', sizeof text); /* a quote but for its highest bit */
    text[0] = text[length + 1] = '"';
    CHECK(read_bytes(text, length + 2) == 0 && at(0)->length == length && !at(0)->escaped);
    CHECK(read_bytes(text, length + 1) == RT_JSON_NONE);
    for (size_t i = 1; i < length; i++) {
      text[i] = '\\', text[i + 1] = '!'; /* one more than a quote */
      CHECK(read_bytes(text, length + 2) == RT_JSON_NONE);
      text[i + 1] = '"';
      CHECK((read_bytes(text, length + 2) == 0 && at(0)->escaped && at(0)->length == length));
      text[i] = '\0';
      CHECK(read_bytes(text, length + 2) == RT_JSON_NONE);
      text[i] = text[i + 1] = '\xa2';
    }
  }
}

static void test_numbers(void) {
  double number = 0;
  CHECK(rt_json_number(json, read("1.5"), &number) && number == 1.5);
  CHECK(rt_json_number(json, read("\" 30 \""), &number) && number == 30);
  CHECK(rt_json_number(json, read("\"3\\u0030\""), &number) && number == 30);
  CHECK(!rt_json_number(json, read("\"30s\""), &number));
  CHECK(!rt_json_number(json, read("true"), &number) && !rt_json_number(json, read("[1]"), &number));
}

static void test_nesting(void) {
  static char text[RT_JSON_DEEPEST * 2 + 4];
  memset(text, '[', RT_JSON_DEEPEST);
  memset(text + RT_JSON_DEEPEST, ']', RT_JSON_DEEPEST);
  CHECK(read_bytes(text, RT_JSON_DEEPEST * 2) == 0 && json->count == RT_JSON_DEEPEST);
  memset(text, '[', RT_JSON_DEEPEST + 1);
  memset(text + RT_JSON_DEEPEST + 1, ']', RT_JSON_DEEPEST + 1);
  CHECK(read_bytes(text, RT_JSON_DEEPEST * 2 + 2) == RT_JSON_NONE);
  text[RT_JSON_DEEPEST] = '1'; /* a plain value may stand at the bottom */
  CHECK(read_bytes(text, RT_JSON_DEEPEST * 2 + 1) == 0);
}

static uint32_t kept_of(uint32_t parent) {
  uint32_t count = 0;
  for (uint32_t child = at(parent)->first; child; child = at(child)->next) count++;
  return count;
}

static void test_most_values(void) {
  enum { ITEMS = 6000 };
  static char text[ITEMS * 8 + 16];
  size_t length = 0;
  memcpy(text, "[0,", length = 3);
  for (int i = 0; i < ITEMS; i++) {
    memcpy(text + length, i % 2 ? "{\"a\":[]}," : "0,", i % 2 ? 9 : 2);
    length += i % 2 ? 9 : 2;
  }
  text[length++] = '1';
  text[length++] = ']';
  CHECK(read_bytes(text, length) == 0 && json->count == RT_JSON_KEPT && at(0)->count == ITEMS + 2);
  /* each pair of items takes three places; the root, the first item and the last pair but its innermost take four */
  CHECK(kept_of(0) == 1 + 2 * ((RT_JSON_KEPT - 4) / 3) + 2 && at(0)->length == length);
  CHECK(at(RT_JSON_KEPT - 1)->kind == RT_JSON_TABLE && at(RT_JSON_KEPT - 1)->first == 0 && at(RT_JSON_KEPT - 1)->count == 1);
  CHECK(rt_json_read(json, slice("1")) == RT_JSON_NONE); /* no place is left */
  text[length - 1] = '}';
  CHECK(read_bytes(text, length) == RT_JSON_NONE && json->count == 0); /* what is not kept is checked all the same */
  CHECK(good("1"));
}

static void test_kept_texts(void) {
  char *kept[200];
  rt_json_clear(json);
  for (size_t i = 0; i < 200; i++) {
    size_t length = i % 3 == 0 ? 9000 : i;
    kept[i] = rt_json_keep(json, length);
    CHECK(kept[i]);
    memset(kept[i], (int)i, length);
  }
  for (size_t i = 1; i < 200; i++) CHECK(i % 3 == 0 ? kept[i][0] == (char)i && kept[i][8999] == (char)i : kept[i][i - 1] == (char)i);
  CHECK(!rt_json_is_short(json));
  rt_json_clear(json);
  CHECK(rt_json_keep(json, 0));
}

static void test_short_memory(void) {
#ifdef RT_FAIL_ALLOC
  long before = rt_memory_live();
  char text[20000];
  memset(text, 'x', sizeof text);
  memcpy(text, "{\"k\\u0041\":\"", 12);
  memcpy(text + sizeof text - 4, "\\n\"}", 4);
  rt_slice whole = {text, sizeof text};
  for (long n = 1; n < 6; n++) {
    rt_memory_fail_at(n);
    rt_json *other = rt_json_new();
    CHECK(n == 1 ? !other : other != NULL);
    if (!other) continue;
    CHECK(rt_json_read(other, whole) == 0);
    rt_slice key = rt_json_key(other, 1), value = rt_json_text(other, 1);
    CHECK(n == 2 ? !key.data : is(key, "kA"));
    CHECK(n == 3 ? !value.data : value.length == sizeof text - 15 && value.data[value.length - 1] == '\n');
    CHECK(rt_json_is_short(other) == (n == 2 || n == 3));
    rt_memory_fail_at(0);
    CHECK(rt_json_text(other, 1).data && is(rt_json_key(other, 1), "kA")); /* with memory there again they are told */
    rt_json_clear(other);
    CHECK(!rt_json_is_short(other) && rt_memory_live() <= before + 2);
    rt_json_free(other);
  }
  rt_memory_fail_at(0);
  CHECK(rt_memory_live() == before);
  rt_json_free(NULL);
#endif
}

int main(void) {
  json = rt_json_new();
  test_what_is_json();
  test_cut_short();
  test_values();
  test_more_texts();
  test_texts();
  test_long_strings();
  test_numbers();
  test_nesting();
  test_most_values();
  test_kept_texts();
  test_short_memory();
  tight("", 0);
  rt_json_free(json);
  return unit_report();
}
