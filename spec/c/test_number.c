#include "../../src/number.h"
#include "unit.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

static bool reads(const char *text, double want) {
  double got = 0;
  rt_slice slice = {text, strlen(text)};
  return rt_number(slice, &got) && got == want && signbit(got) == signbit(want);
}

static bool is_number(const char *text) {
  double got;
  rt_slice slice = {text, strlen(text)};
  return rt_number(slice, &got);
}

static void test_read(void) {
  CHECK(reads("0", 0) && reads("-0", -0.0) && reads("42", 42) && reads(" +42\n", 42) && reads("\v\f\r\t 1 ", 1) && reads("007", 7));
  CHECK(reads("1.", 1) && reads(".5", .5) && reads("-.5e1", -5) && reads("1e5", 1e5) && reads("1E-5", 1e-5) && reads("1e+05", 1e5));
  CHECK(reads("0.1", 0.1) && reads("0.000001", 1e-6) && reads("1700000000.25", 1700000000.25));
  CHECK(reads("179769313486231570e291", 1.7976931348623157e308));
  CHECK(reads("1e400", HUGE_VAL) && reads("-1e400", -HUGE_VAL) && reads("1e-400", 0) && reads("5e-324", 5e-324));
  CHECK(reads("0e999999999999999999999", 0));
  CHECK(reads("1e99999999999999999999", HUGE_VAL) && reads("1e-99999999999999999999", 0));
  CHECK(reads("9007199254740993", 9007199254740992.0) && reads("9007199254740993.0000000000000000000000000001", 9007199254740994.0));
  CHECK(reads("3089450359962737049775", 3089450359962737049775.0));
}

static void test_none(void) {
  static const char *const wrong[] = {"", " ", "-", "+", ".", "e5", "1e", "1e+", "1 2", "1.5.5", "0x10", "inf", "nan", "--1", "+-1", "1s", "1_000",
                                      "1,5"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    if (is_number(wrong[i])) CHECK(!wrong[i]);
  rt_slice none = {NULL, 0}, with_nul = {"1\0", 2};
  double out;
  CHECK(!rt_number(none, &out) && !rt_number(with_nul, &out));
}

/* As many digits as there may be: a million of them, and where the point stands does not matter. */
static void test_long(void) {
  enum { DIGITS = 1000000 };
  char *text = malloc(DIGITS + 16);
  rt_slice slice = {text, DIGITS + 9};
  double out = 0;
  memset(text, '1', DIGITS);
  memcpy(text + DIGITS, "e-0999999", 9);
  CHECK(rt_number(slice, &out) && out > 1.11 && out < 1.12);
  memset(text, '0', DIGITS);
  memcpy(text, "0.", 2);
  memcpy(text + DIGITS - 1, "5e00999999", 10);
  CHECK(rt_number(slice, &out) && out == 50);
  free(text);
}

static bool prints(double number, const char *want) {
  char out[RT_NUMBER_ROOM];
  return rt_number_text(number, out) == strlen(want) && strcmp(out, want) == 0;
}

static void test_print(void) {
  CHECK(prints(0, "0") && prints(-0.0, "-0") && prints(42, "42") && prints(0.1, "0.1") && prints(-1.5e-7, "-1.5e-07") && prints(1e20, "1e+20"));
  CHECK(prints(1.0 / 3, "0.33333333333333") && prints(HUGE_VAL, "inf") && prints(-HUGE_VAL, "-inf"));
  CHECK(prints(-1.7976931348623157e308, "-1.7976931348623e+308"));
}

int main(void) {
  test_read();
  test_none();
  test_long();
  test_print();
  /* a locale with a comma, where the machine has one */
  if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8")) {
    test_read();
    test_print();
  }
  return unit_report();
}
