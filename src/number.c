#include "number.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* As many as may decide to which side a number is rounded; of what comes after them it only matters whether it is all zeros. */
#define DIGITS_KEPT 780
/* Beyond any that matters, and small enough to be added to the length of a text. */
#define LARGEST_EXPONENT INT64_C(1000000000000000)

typedef struct decimal {
  int64_t exponent; /* of ten, for the digits kept as a whole number */
  int kept;
  bool any, more; /* a digit was there; there are others than zeros behind those kept */
  char digits[DIGITS_KEPT + 16]; /* without zeros before them; and room for an exponent */
} decimal;

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static void add_digit(decimal *number, char digit, bool of_fraction) {
  number->any = true;
  if (number->kept == DIGITS_KEPT) {
    number->exponent += !of_fraction;
    if (digit != '0') number->more = true;
    return;
  }
  number->exponent -= of_fraction;
  if (digit != '0' || number->kept > 0) number->digits[number->kept++] = digit;
}

/* "e-12" at `at`, where there is one; the place after it, NULL where it has no digits. */
static const char *read_exponent(decimal *number, const char *at, const char *end) {
  int64_t exponent = 0;
  if (at == end || (*at != 'e' && *at != 'E')) return at;
  at++;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end || !is_digit(*at)) return NULL;
  for (; at < end && is_digit(*at); at++)
    if (exponent < LARGEST_EXPONENT) exponent = exponent * 10 + (*at - '0');
  number->exponent += negative ? -exponent : exponent;
  return at;
}

static double value_of(decimal *number) {
  static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (number->kept == 0) return 0;
  /* so few digits and so small a power are exact, so what comes of them is rounded once */
  if (number->kept <= 15 && number->exponent >= -22 && number->exponent <= 22) {
    int64_t whole = 0;
    for (int i = 0; i < number->kept; i++) whole = whole * 10 + (number->digits[i] - '0');
    return number->exponent < 0 ? (double)whole / tens[-number->exponent] : (double)whole * tens[number->exponent];
  }
  /* without a point in it, so that strtod does not ask the locale what a point looks like */
  int exponent = number->exponent < -9999 ? -9999 : number->exponent > 9999 ? 9999 : (int)number->exponent;
  int length = number->kept;
  if (number->more) number->digits[length++] = '1';
  snprintf(number->digits + length, sizeof number->digits - (size_t)length, "e%d", exponent - number->more);
  return strtod(number->digits, NULL);
}

bool rt_number(rt_slice text, double *out) {
  if (!text.data) return false;
  const char *at = text.data, *end = at + text.length;
  decimal number; /* its digits are not cleared */
  number.exponent = number.kept = 0;
  number.any = number.more = false;
  while (at < end && is_blank(*at)) at++;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  for (; at < end && is_digit(*at); at++) add_digit(&number, *at, false);
  if (at < end && *at == '.')
    for (at++; at < end && is_digit(*at); at++) add_digit(&number, *at, true);
  if (!number.any || !(at = read_exponent(&number, at, end))) return false;
  while (at < end && is_blank(*at)) at++;
  if (at != end) return false;
  *out = negative ? -value_of(&number) : value_of(&number);
  return true;
}

size_t rt_number_text(double number, char out[RT_NUMBER_ROOM]) {
  char printed[RT_NUMBER_ROOM];
  size_t length = 0;
  snprintf(printed, sizeof printed, "%.14g", number);
  for (const char *at = printed; *at; at++) {
    bool plain = is_digit(*at) || *at == '-' || *at == '+' || (*at >= 'a' && *at <= 'z');
    /* the locale's point, of several bytes perhaps */
    if (plain) out[length++] = *at;
    else if (length == 0 || out[length - 1] != '.') out[length++] = '.';
  }
  out[length] = '\0';
  return length;
}
