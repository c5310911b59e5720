#include "retry_after.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static int month_of(const char *name) {
  char lower[4] = {0};
  for (int i = 0; i < 3; i++) {
    if (!isalpha((unsigned char)name[i])) return 0;
    lower[i] = (char)tolower((unsigned char)name[i]);
  }
  const char *at = strstr(months, lower);
  return at && (at - months) % 3 == 0 ? (int)(at - months) / 3 + 1 : 0;
}

/* Days since 1970-01-01 of a civil date (proleptic Gregorian), without the C library's time zone. */
static long days_from_civil(int year, int month, int day) {
  year -= month <= 2;
  long era = year / 400;
  long year_of_era = year - era * 400;
  long day_of_year = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* The next whole number in the text, of at most `digits` digits; negative where there is none. */
static int number_at(const char **text, int digits) {
  int value = 0, seen = 0;
  while (**text && !isdigit((unsigned char)**text)) (*text)++;
  while (isdigit((unsigned char)**text) && seen < digits) {
    value = value * 10 + (*(*text)++ - '0');
    seen++;
  }
  return seen ? value : -1;
}

static bool clock_at(const char **text, int clock[3]) {
  for (int i = 0; i < 3; i++) clock[i] = number_at(text, 2);
  return clock[0] >= 0 && clock[0] < 24 && clock[1] >= 0 && clock[1] < 60 && clock[2] >= 0 && clock[2] <= 60;
}

bool rt_http_date(const char *text, double *out) {
  int day, month, year, clock[3];
  while (isspace((unsigned char)*text)) text++;
  const char *at = text;
  if (!isalpha((unsigned char)*at)) return false;
  while (isalpha((unsigned char)*at)) at++; /* the weekday's name */
  if (*at == ',') {                         /* Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT */
    day = number_at(&at, 2);
    if (*at != ' ' && *at != '-') return false;
    month = month_of(++at);
    if (!month) return false;
    at += 3;
    year = number_at(&at, 4);
    if (year >= 0 && year < 100) year += year < 70 ? 2000 : 1900;
    if (!clock_at(&at, clock)) return false;
  } else if (*at == ' ') { /* Sun Nov  6 08:49:37 1994 */
    month = month_of(++at);
    if (!month) return false;
    day = number_at(&at, 2);
    if (!clock_at(&at, clock)) return false;
    year = number_at(&at, 4);
  } else return false;
  if (day < 1 || day > 31 || year < 1900) return false;
  *out = (double)days_from_civil(year, month, day) * 86400 + clock[0] * 3600.0 + clock[1] * 60.0 + clock[2];
  return true;
}

double rt_retry_after(const char *text, const char *date, double now) {
  double then, reference;
  while (isspace((unsigned char)*text)) text++;
  if (isdigit((unsigned char)*text)) { /* strtod would take hexadecimal, "inf" and "nan" too */
    char *end;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) return -1;
    double seconds = strtod(text, &end);
    while (isspace((unsigned char)*end)) end++;
    return *end == '\0' && seconds < 1e15 ? seconds : -1;
  }
  if (!rt_http_date(text, &then)) return -1;
  /* HTTP dates are whole seconds, so the clock beside them is too: else "4 s ahead" would come out as anything from 3 to 4 */
  if (!date || !rt_http_date(date, &reference)) reference = (double)(long long)now;
  return then > reference ? then - reference : -1;
}
