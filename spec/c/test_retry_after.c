#include "../../src/retry_after.h"
#include "unit.h"

static const double then = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 */

static double wait(const char *text) {
  return rt_retry_after(text, NULL, then);
}

static void test_dates(void) {
  double seconds = 0;
  CHECK(rt_http_date("Sun, 06 Nov 1994 08:49:37 GMT", &seconds) && seconds == then);
  CHECK(rt_http_date("Sunday, 06-Nov-94 08:49:37 GMT", &seconds) && seconds == then);
  CHECK(rt_http_date("Sun Nov  6 08:49:37 1994", &seconds) && seconds == then);
  CHECK(rt_http_date("Thu, 29 Feb 2024 12:00:00 GMT", &seconds) && seconds == 1709208000);
  CHECK(rt_http_date("Thu, 01 Jan 1970 00:00:00 GMT", &seconds) && seconds == 0);
  const char *const none[] = {"", "x", "Sun", "Sun,", "Sun, 06", "Sun, 06 Nov", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 1994",
                              "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 40 Nov 1994 08:49:37 GMT", "Sun Nov", "tomorrow", "Sun, 06 ovd 1994 08:49:37"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) CHECK(!rt_http_date(none[i], &seconds));
}

static void test_waits(void) {
  CHECK(wait("2") == 2 && wait(" 2.5 ") == 2.5 && wait("0") == 0);
  CHECK(wait("1000000000") == 1e9);
  CHECK(wait("Sun, 06 Nov 1994 08:49:41 GMT") == 4);
  CHECK(rt_retry_after("Sun, 06 Nov 1994 08:49:41 GMT", NULL, then + 0.9) == 4); /* the clock counts in whole seconds beside a date */
  CHECK(rt_retry_after("Sun, 06 Nov 1994 08:49:41 GMT", "Sun, 06 Nov 1994 08:49:40 GMT", 0) == 1);
  CHECK(rt_retry_after("Sun, 06 Nov 1994 08:49:41 GMT", "junk", then) == 4);
  const char *const none[] = {"", "-5", "soon", "2 minutes", "0x10", "nan", "inf", "1e400", "Sun, 06 Nov 1994 08:49:36 GMT", "99999999999999999999"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) CHECK(wait(none[i]) < 0);
}

int main(void) {
  test_dates();
  test_waits();
  return unit_report();
}
