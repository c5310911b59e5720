#include "waits.h"

#include "ascii.h"
#include "number.h"
#include "retry_after.h"
#include "signs.h"

#define WORDS_READ 2000
#define LONGEST_TIME 60

/* Numbers beyond this are seconds since 1970: nobody has to wait for thirty years. */
#define NO_SPAN 1e9
#define MILLISECONDS 1e11
#define NO_TIME 1e14

static size_t past_digits(rt_slice text, size_t at) {
  while (at < text.length && rt_is_digit(text.data[at])) at++;
  return at;
}

static size_t past_one(rt_slice text, size_t at, char byte) {
  return at < text.length && rt_lower(text.data[at]) == byte ? at + 1 : at;
}

static double number_between(rt_slice text, size_t first, size_t end) {
  rt_slice digits = {text.data + first, end - first};
  double number;
  return rt_number(digits, &number) ? number : -1;
}

/* A time that has passed is no wait. */
static double from_now(double then, double now) {
  return then > now ? then - now : 0;
}

/* ---- times of day ---- */

/* Seconds since 1970 of a date in UTC, by the days of the civil calendar; months and days there are none of count on. */
static double epoch(const int field[6]) {
  int month = field[1], year = month <= 2 ? field[0] - 1 : field[0];
  int era = (year < 0 ? year - 399 : year) / 400, of_era = year - era * 400;
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + field[2] - 1;
  long days = era * 146097L + of_era * 365L + of_era / 4 - of_era / 100 + of_year - 719468L;
  return (double)days * 86400 + field[3] * 3600.0 + field[4] * 60.0 + field[5];
}

/* "2026-03-01T12:30:00" at `at`: d is a digit, T may be a blank. */
static bool date_at(rt_slice text, size_t at, int field[6]) {
  static const char form[] = "dddd-dd-ddTdd:dd:dd";
  size_t count = 0;
  if (text.length < at || text.length - at < sizeof form - 1) return false;
  memset(field, 0, 6 * sizeof *field);
  for (size_t i = 0; i < sizeof form - 1; i++) {
    char byte = text.data[at + i];
    if (form[i] == 'd' ? !rt_is_digit(byte) : form[i] == 'T' ? byte != 'T' && byte != 't' && byte != ' ' : byte != form[i]) return false;
    if (form[i] == 'd')
      field[count] = field[count] * 10 + (byte - '0');
    else
      count++;
  }
  return true;
}

#define DATE_LENGTH 19

/* The seconds that "+02:00" at `at`, "-0730" or "+02" is ahead of UTC; what is no such thing counts as UTC. */
static double zone_at(rt_slice text, size_t at) {
  if (at == text.length || (text.data[at] != '+' && text.data[at] != '-')) return 0;
  double sign = text.data[at] == '-' ? -1 : 1;
  int amounts[2] = {0, 0};
  size_t end = past_digits(text, at + 1), digits = end - at - 1;
  if (digits < 2 || digits > 4) return 0;
  for (size_t i = 0; i < digits; i++) amounts[i / 2] = amounts[i / 2] * 10 + (text.data[at + 1 + i] - '0');
  if (end < text.length && text.data[end] == ':') {
    size_t first = end + 1;
    end = past_digits(text, first);
    if (digits != 2 || end - first > 2) return 0;
    for (size_t i = first; i < end; i++) amounts[1] = amounts[1] * 10 + (text.data[i] - '0');
    if (end < text.length && text.data[end] == ':') return 0;
  }
  return sign * (amounts[0] * 3600.0 + amounts[1] * 60.0);
}

/* Seconds until the date that stands at `at`; negative where there is none. */
static double until_date_at(rt_slice text, size_t at, double now) {
  int field[6];
  if (!date_at(text, at, field)) return -1;
  at = rt_past_blanks(text, past_digits(text, past_one(text, at + DATE_LENGTH, '.')));
  return from_now(epoch(field) - zone_at(text, at), now);
}

double rt_wait_until_number(double number, double now) {
  if (!(number >= 0 && number <= NO_TIME)) return -1;
  if (number > MILLISECONDS) number /= 1000;
  return number > NO_SPAN ? from_now(number, now) : number;
}

double rt_wait_until(rt_slice text, double now) {
  double number;
  char copy[LONGEST_TIME + 1];
  if (text.length == 0) return -1;
  if (rt_number(text, &number)) return rt_wait_until_number(number, now);
  if (text.length > LONGEST_TIME) return -1;
  for (size_t at = 0; at + DATE_LENGTH <= text.length; at++) {
    double wait = until_date_at(text, at, now);
    if (wait >= 0) return wait;
  }
  memcpy(copy, text.data, text.length);
  copy[text.length] = '\0';
  return rt_retry_after(copy, NULL, now);
}

/* ---- spans ---- */

static const struct {
  const char *name;
  double seconds;
} units[] = {{"ms", 0.001},    {"millisecond", 0.001}, {"milliseconds", 0.001}, {"msec", 0.001}, {"s", 1},        {"sec", 1},
             {"secs", 1},      {"second", 1},          {"seconds", 1},          {"m", 60},       {"min", 60},     {"mins", 60},
             {"minute", 60},   {"minutes", 60},        {"h", 3600},             {"hr", 3600},    {"hrs", 3600},   {"hour", 3600},
             {"hours", 3600},  {"d", 86400},           {"day", 86400},          {"days", 86400}};

/* 0: no unit of time */
static double seconds_of_unit(rt_slice name) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (rt_slices_alike(name, rt_slice_of(units[i].name))) return units[i].seconds;
  return 0;
}

/* The year of a date is no span of 2026 seconds. */
static bool day_at(rt_slice said, size_t at) {
  static const char form[] = "dddd-dd-dd";
  if (said.length - at < sizeof form - 1) return false;
  for (size_t i = 0; i < sizeof form - 1; i++)
    if (form[i] == 'd' ? !rt_is_digit(said.data[at + i]) : said.data[at + i] != form[i]) return false;
  return true;
}

/* Behind the upper end of a range that has a unit: "-60" of "30-60 seconds", " to 2" of "1 to 2 minutes". Else where it began. */
static size_t past_range(rt_slice said, size_t begin) {
  static const rt_slice marks[] = {{"-", 1}, {"~", 1}, {"to", 2}, {"\xE2\x80\x93", 3}, {"or", 2}};
  size_t at = rt_past_blanks(said, begin);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (!rt_slices_alike(rt_start_of(rt_rest_of(said, at), marks[i].length), marks[i])) continue;
    size_t first = rt_past_blanks(said, at + marks[i].length), whole = past_digits(said, first);
    size_t end = past_digits(said, past_one(said, whole, '.')), unit = rt_past_blanks(said, end);
    rt_slice name = {said.data + unit, 0};
    while (unit + name.length < said.length && rt_is_letter(name.data[name.length])) name.length++;
    return whole > first && seconds_of_unit(name) > 0 ? end : begin;
  }
  return begin;
}

/* "1h2m3.5s", "6m0s", "2 minutes and 5 seconds", "90"; of "30-60 seconds" the first. Negative where it is no span. */
static double span(rt_slice said, double now) {
  double total = 0;
  size_t at = 0, pieces = 0;
  while (pieces < 5) {
    at = rt_past_blanks(said, past_one(said, rt_past_blanks(said, at), ','));
    at = rt_past_blanks(said, past_one(said, past_one(said, past_one(said, at, 'a'), 'n'), 'd'));
    size_t whole = past_digits(said, at);
    if (whole == at || day_at(said, at)) break;
    size_t end = past_digits(said, past_one(said, whole, '.')), unit = rt_past_blanks(said, past_range(said, end));
    double amount = number_between(said, at, end);
    for (at = unit; at < said.length && rt_is_letter(said.data[at]);) at++;
    rt_slice name = {said.data + unit, at - unit};
    if (name.length == 0) return pieces > 0 ? total : amount > NO_SPAN ? rt_wait_until_number(amount, now) : amount;
    double factor = seconds_of_unit(name);
    if (factor == 0) break;
    total += amount * factor;
    pieces++;
  }
  return pieces > 0 ? total : -1;
}

double rt_wait_of_number(double number, double now) {
  if (!(number >= 0)) return -1;
  return number > NO_SPAN ? rt_wait_until_number(number, now) : number;
}

double rt_wait_span_or_time(rt_slice text, double now) {
  if (text.length == 0 || text.length > LONGEST_TIME) return -1;
  double wait = span(text, now);
  return wait >= 0 ? wait : rt_wait_until(text, now);
}

/* ---- midnights ---- */

/* Seconds ahead of UTC, whatever the day. */
static const struct {
  const char *name;
  double ahead;
} zones[] = {{"utc", 0},
             {"gmt", 0},
             {"z", 0},
             {"etc/utc", 0},
             {"etc/gmt", 0},
             {"asia/shanghai", 28800},
             {"asia/hong_kong", 28800},
             {"asia/singapore", 28800},
             {"asia/taipei", 28800},
             {"asia/tokyo", 32400},
             {"asia/seoul", 32400},
             {"asia/kolkata", 19800},
             {"asia/dubai", 14400},
             {"asia/bangkok", 25200}};

#define DAY 86400.0
#define FARTHEST_AHEAD (14 * 3600.0)

/* "+8", "+08:00", "-0530", with "UTC" or "GMT" before it or not; false for what is no such thing. */
static bool offset_of(rt_slice zone, double *ahead) {
  static const rt_slice prefixes[] = {{"utc", 3}, {"gmt", 3}};
  for (size_t i = 0; i < 2; i++)
    if (rt_slices_alike(rt_start_of(zone, 3), prefixes[i])) {
      zone = rt_rest_of(zone, 3);
      break;
    }
  if (zone.length < 2 || (zone.data[0] != '+' && zone.data[0] != '-')) return false;
  size_t end = past_digits(zone, 1), digits = end - 1;
  double amount = digits > 0 && digits <= 4 ? number_between(zone, 1, end) : -1, minutes = 0;
  if (amount < 0) return false;
  if (digits > 2) {
    minutes = amount - 100 * (double)(int)(amount / 100);
    amount = (double)(int)(amount / 100);
  } else if (end + 3 == zone.length && zone.data[end] == ':' && past_digits(zone, end + 1) == zone.length) {
    minutes = number_between(zone, end + 1, zone.length);
    end = zone.length;
  }
  *ahead = (zone.data[0] == '-' ? -1 : 1) * (amount * 3600 + minutes * 60);
  return end == zone.length && *ahead >= -FARTHEST_AHEAD && *ahead <= FARTHEST_AHEAD;
}

double rt_wait_to_midnight(rt_slice zone, double now) {
  double ahead;
  bool known = offset_of(zone, &ahead);
  for (size_t i = 0; !known && i < sizeof zones / sizeof *zones; i++) {
    known = rt_slices_alike(zone, rt_slice_of(zones[i].name));
    ahead = zones[i].ahead;
  }
  if (!known || !(now >= DAY && now < 1e12)) return -1;
  double local = now + ahead;
  return DAY * ((double)(long long)(local / DAY) + 1) - local;
}

/* ---- words ---- */

/* What stands before a time to wait, the surest first, with a few words at most between. */
enum { AFTER, AGAIN_IN, RETRY_IN, RETRY_IN_KEY, WAIT, AVAILABLE_IN, RESET, RETRY_DELAY, BACK_OFF, BACKOFF, IN_ABOUT, EXPIRES_IN, CUE_COUNT };
enum { LATER = CUE_COUNT }; /* "后", "after", stands behind the time */
#define BIT(cue) (1u << (cue))
static const rt_sign signs[] = {
    [AFTER] = {"after", 1},       [AGAIN_IN] = {"again in", 1},         [RETRY_IN] = {"retry in", 3}, [RETRY_IN_KEY] = {"retry_in", 3},
    [WAIT] = {"wait", 0},         [AVAILABLE_IN] = {"available in", 0}, [RESET] = {"reset", 3},       [RETRY_DELAY] = {"retrydelay", 3},
    [BACK_OFF] = {"back off", 2}, [BACKOFF] = {"backoff", 2},           [IN_ABOUT] = {"in about", 4}, [EXPIRES_IN] = {"expires in", 1},
    [LATER] = {"后", 1},
};

#define IN_EITHER_CASE(letter, roles) [letter] = roles, [(letter) - 'a' + 'A'] = roles
#define RETRY (BIT(RETRY_IN) | BIT(RETRY_IN_KEY) | BIT(RETRY_DELAY))
#define BACK (BIT(BACK_OFF) | BIT(BACKOFF))
static const uint32_t pairs[256] = {
    IN_EITHER_CASE('a', RT_SECOND(BIT(AGAIN_IN) | BIT(WAIT)) | RT_FIRST(BIT(AVAILABLE_IN))),
    IN_EITHER_CASE('b', RT_FIRST(BIT(IN_ABOUT))),
    IN_EITHER_CASE('c', RT_FIRST(BACK)),
    IN_EITHER_CASE('e', RT_FIRST(BIT(RESET))),
    IN_EITHER_CASE('f', RT_FIRST(BIT(AFTER))),
    IN_EITHER_CASE('g', RT_FIRST(BIT(AGAIN_IN))),
    IN_EITHER_CASE('k', RT_SECOND(BACK)),
    IN_EITHER_CASE('o', RT_SECOND(BIT(IN_ABOUT))),
    IN_EITHER_CASE('p', RT_SECOND(BIT(EXPIRES_IN))),
    IN_EITHER_CASE('r', RT_FIRST(RETRY)),
    IN_EITHER_CASE('t', RT_SECOND(BIT(AFTER) | BIT(RESET))),
    IN_EITHER_CASE('v', RT_SECOND(BIT(AVAILABLE_IN))),
    IN_EITHER_CASE('w', RT_FIRST(BIT(WAIT))),
    IN_EITHER_CASE('x', RT_FIRST(BIT(EXPIRES_IN))),
    IN_EITHER_CASE('y', RT_SECOND(RETRY)),
    [0x90] = RT_FIRST(BIT(LATER)),
    [0x8E] = RT_SECOND(BIT(LATER)),
};

static bool ends_with(const char *text, size_t end, rt_slice words) {
  if (end < words.length) return false;
  rt_slice piece = {text + end - words.length, words.length};
  return rt_slices_alike(piece, words);
}

/* The place behind the next `cue`; 0: none. */
static size_t behind_cue(rt_slice said, size_t at, rt_slice cue) {
  for (at += cue.length; at <= said.length; at++)
    if (rt_lower(said.data[at - 1]) == cue.data[cue.length - 1] && ends_with(said.data, at, cue)) return at;
  return 0;
}

/* The time that follows a cue; a number of something else ("after 3 attempts") is none. */
static double wait_after(rt_slice said, rt_slice cue, double now) {
  size_t at = 0;
  for (int tries = 0; tries < 4; tries++) {
    size_t gap = 0;
    at = behind_cue(said, at, cue);
    if (!at) break;
    rt_slice rest = rt_start_of(rt_rest_of(said, at), 90);
    while (gap < rest.length && !rt_is_digit(rest.data[gap]) && !memchr(",;.", rest.data[gap], 3)) gap++;
    if (gap > 32 || gap == rest.length || !rt_is_digit(rest.data[gap])) continue;
    double wait = until_date_at(rest, gap, now);
    if (wait < 0) wait = span(rt_rest_of(rest, gap), now);
    if (wait >= 0) return wait;
  }
  return -1;
}

static size_t before_digits(rt_slice text, size_t at) {
  while (at > 0 && rt_is_digit(text.data[at - 1])) at--;
  return at;
}

/* "2.5 " at the end of a text; negative where there is no number. */
static double number_at_end(rt_slice said) {
  size_t end = said.length;
  while (end > 0 && rt_is_blank(said.data[end - 1])) end--;
  size_t first = before_digits(said, end);
  if (first > 1 && said.data[first - 1] == '.' && rt_is_digit(said.data[first - 2])) first = before_digits(said, first - 1);
  return first < end ? number_between(said, first, end) : -1;
}

static const char *find(rt_slice text, rt_slice words) {
  return text.length ? memmem(text.data, text.length, words.data, words.length) : NULL;
}

/* "60秒后重试", "2个小时后": a number, a unit, and "after" soon after that. */
static double chinese_wait(rt_slice said) {
  static const struct {
    rt_slice name;
    double seconds;
  } chinese[] = {{{"毫秒", 6}, 0.001}, {{"秒", 3}, 1}, {{"分", 3}, 60}, {{"小时", 6}, 3600}, {{"天", 3}, 86400}};
  static const rt_slice later = {"后", 3}, piece = {"个", 3};
  for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++) {
    const char *found = find(said, chinese[i].name);
    if (!found) continue;
    size_t at = (size_t)(found - said.data);
    if (!find(rt_start_of(rt_rest_of(said, at + chinese[i].name.length), 12), later)) continue;
    rt_slice before = {found - (at < 16 ? at : 16), at < 16 ? at : 16};
    if (ends_with(before.data, before.length, piece)) before.length -= piece.length;
    double amount = number_at_end(before);
    if (amount >= 0) return amount * chinese[i].seconds;
  }
  return -1;
}

static bool has_digit(rt_slice said) {
  for (size_t i = 0; i < said.length; i++)
    if (rt_is_digit(said.data[i])) return true;
  return false;
}

double rt_wait_in(rt_slice message, double now) {
  rt_slice said = rt_start_of(message, WORDS_READ);
  unsigned found = rt_signs_in(said, pairs, signs);
  if (!found || !has_digit(said)) return -1;
  for (unsigned cue = 0; cue < CUE_COUNT; cue++) {
    double wait = found & BIT(cue) ? wait_after(said, rt_slice_of(signs[cue].word), now) : -1;
    if (wait >= 0) return wait;
  }
  return found & BIT(LATER) ? chinese_wait(said) : -1;
}
