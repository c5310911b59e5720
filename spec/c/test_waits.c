#include "../../src/waits.h"
#include "unit.h"

#include <stdlib.h>

#define NOW 1767225600.0 /* 2026-01-01T00:00:00Z */

static double either(const char *text) {
  return rt_wait_span_or_time(rt_slice_of(text), NOW);
}

static double until(const char *text) {
  return rt_wait_until(rt_slice_of(text), NOW);
}

static double in(const char *message) {
  return rt_wait_in(rt_slice_of(message), NOW);
}

static bool near(double got, double want) {
  return got > want - 1e-6 && got < want + 1e-6;
}

static void test_spans(void) {
  CHECK(either("30") == 30 && either(" 1.5 ") == 1.5 && either("30s") == 30 && either("6m0s") == 360 && either("2 Minutes") == 120);
  CHECK(near(either("1h2m3.5s"), 3723.5) && near(either("250ms"), 0.25) && either("1 day, 2 hours and 5 min") == 86400 + 7200 + 300);
  CHECK(either("2 minutes 7") == 120 && either("2 minutes 7 apples") == 120);
  CHECK(either("7 apples") < 0 && either("soon") < 0 && either("") < 0 && either("-5") < 0 && either("nan") < 0 && either("0x10") < 0);
  CHECK(either("000000000000000000000000000000000000000000000000000000000000030") < 0);
  rt_slice cut = {"305", 2}, nothing = {NULL, 0};
  CHECK(rt_wait_span_or_time(cut, NOW) == 30 && rt_wait_span_or_time(nothing, NOW) < 0);
}

static void test_times(void) {
  CHECK(until("2026-01-01T00:01:00Z") == 60 && until("2026-01-01 00:01:00") == 60 && until("at 2026-01-01T00:01:00.999z") == 60);
  CHECK(until("2026-01-01T02:01:00+02:00") == 60 && until("2025-12-31T16:31:00 -0730") == 60 && until("2026-01-01T02:01:00+02") == 60);
  CHECK(until("2026-01-01T00:01:00+02:00:00") == 60 && until("2026-01-01T00:01:00+2") == 60); /* no zones */
  CHECK(until("2025-12-31T23:59:59Z") == 0 && until("0000-01-01T00:00:00Z") == 0 && until("2026-01-01") < 0);
  CHECK(until("Thu, 01 Jan 2026 00:01:00 GMT") == 60 && until("Wed, 31 Dec 2025 23:59:00 GMT") < 0 && until("Thursday") < 0);
  CHECK(until("1767225660") == 60 && until("1767225660000") == 60 && until("1767225000") == 0 && until("90") == 90);
  CHECK(until("-1") < 0 && until("1e15") < 0 && until("1e999") < 0 && until("") < 0);
  CHECK(either("2026-01-01T00:01:00Z") == 60 && either("1767225660") == 60 && either("2026-01-01") < 0);
}

static void test_numbers(void) {
  double nan = strtod("nan", NULL), infinite = strtod("inf", NULL);
  CHECK(rt_wait_of_number(30, NOW) == 30 && rt_wait_of_number(0, NOW) == 0 && rt_wait_of_number(NOW + 5, NOW) == 5);
  CHECK(rt_wait_of_number(-1, NOW) < 0 && rt_wait_of_number(nan, NOW) < 0 && rt_wait_of_number(infinite, NOW) < 0);
  CHECK(rt_wait_until_number((NOW + 5) * 1000, NOW) == 5 && rt_wait_until_number(30, NOW) == 30 && rt_wait_until_number(NOW - 5, NOW) == 0);
  CHECK(rt_wait_until_number(-1, NOW) < 0 && rt_wait_until_number(nan, NOW) < 0 && rt_wait_until_number(infinite, NOW) < 0);
}

static void test_words(void) {
  CHECK(in("Please retry after 30 seconds.") == 30 && in("Try AGAIN IN 1h2m3s") == 3723 && near(in("retryDelay: 2.5s"), 2.5));
  CHECK(in("limit resets at 2026-01-01T00:01:00Z") == 60 && in("resets at 1767225660") == 60 && in("back off for about 2 min") == 120);
  CHECK(in("wait 5 s or retry after 3 attempts, backoff 7") == 5 && in("failed after 3 attempts") < 0 && in("after 2026-01-01") < 0);
  CHECK(in("after all, 5 seconds") < 0 && in("after what was a very long and winding road 5 s") < 0 && in("in 30 seconds") < 0);
  CHECK(in("reset reset reset reset 5 s") == 5 && in("reset, reset, reset, reset, reset 5 s") < 0);
  CHECK(in("after") < 0 && in("wait") < 0 && in("") < 0 && in("Nothing of the kind.") < 0);
  rt_slice cut = {"wait 305", 7};
  CHECK(rt_wait_in(cut, NOW) == 30);
}

static void test_chinese(void) {
  CHECK(in("请60秒后重试") == 60 && in("2个小时后") == 7200 && in("请在 1.5 分钟后再试") == 90 && near(in("500毫秒后"), 0.5) &&
        in("3天后") == 259200);
  CHECK(in("请稍后重试") < 0 && in("秒后 5") < 0 && in("60秒内生成的内容") < 0 && in("1.2.5秒后") == 2.5);
}

static void test_ranges(void) {
  CHECK(in("Please wait 30-60 seconds and retry") == 30 && in("wait 1 - 2 minutes") == 60 && in("retry after 30~60s") == 30);
  CHECK(in("try again in 1 to 2 hours") == 3600 && in("wait 1–2 min") == 60 && in("wait 5 or 10 minutes") == 300 &&
        either("1.5-2.5 min") == 90);
  CHECK(in("wait 30-60") == 30 && in("wait 30- seconds") == 30 && in("wait 3-5 apples") == 3 && in("wait 30 to be sure") < 0 &&
        in("wait 30-") == 30);
  CHECK(in("resets at 2026-01-01T00:01:00Z") == 60 && in("after 2026-01-01") < 0 && in("wait 2 or more seconds") < 0);
}

static double midnight(const char *zone, double now) {
  return rt_wait_to_midnight(rt_slice_of(zone), now);
}

static void test_midnights(void) {
  CHECK(midnight("UTC", NOW) == 86400 && midnight("UTC", NOW - 1) == 1 && midnight("gmt", NOW + 82800) == 3600 &&
        midnight("Z", NOW + 0.5) == 86399.5);
  CHECK(midnight("Asia/Shanghai", NOW + 54000) == 3600 && midnight("asia/kolkata", NOW + 64800) == 1800 &&
        midnight("Asia/Tokyo", NOW) == 54000);
  CHECK(midnight("UTC+8", NOW + 54000) == 3600 && midnight("+08:00", NOW + 54000) == 3600 && midnight("GMT-05:00", NOW + 14400) == 3600);
  CHECK(midnight("-0530", NOW) == 19800 && midnight("+0000", NOW) == 86400 && midnight("UTC+14", NOW) == 36000 &&
        midnight("+5:30", NOW) == 66600);
  CHECK(midnight("Moon/Sea", NOW) < 0 && midnight("", NOW) < 0 && midnight("UTC+", NOW) < 0 && midnight("+15", NOW) < 0 &&
        midnight("+8x", NOW) < 0);
  CHECK(midnight("+08:", NOW) < 0 && midnight("+08:0", NOW) < 0 && midnight("+00008", NOW) < 0 && midnight("America/New_York", NOW) < 0);
  CHECK(midnight(NULL, NOW) < 0 && midnight("UTC", strtod("nan", NULL)) < 0 && midnight("UTC", 1e15) < 0 && midnight("UTC", -5) < 0);
}

static void test_long_texts(void) {
  static char text[1 << 20];
  for (size_t i = 0; i + 7 < sizeof text; i += 7) memcpy(text + i, "after1x", 7);
  CHECK(in(text) < 0 && either(text) < 0 && until(text) < 0);
  memset(text, '9', sizeof text - 1);
  CHECK(in(text) < 0 && either(text) < 0 && until(text) < 0);
}

int main(void) {
  test_spans();
  test_times();
  test_ranges();
  test_midnights();
  test_numbers();
  test_words();
  test_chinese();
  test_long_texts();
  return unit_report();
}
