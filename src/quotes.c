#include "quotes.h"

/* Whether one of the keys that lead to the finding is that of a quote. */
static bool is_quoted(const rt_rulebook *book, const rt_finding *finding) {
  const char *at = finding->from.data, *end = at ? at + finding->from.length : NULL;
  while (at && at < end) {
    const char *dot = memchr(at, '.', (size_t)(end - at));
    rt_slice key = {at, (size_t)((dot ? dot : end) - at)};
    if (rt_slices_alike(key, book->quotes)) return true;
    at = dot ? dot + 1 : NULL;
  }
  return false;
}

static rt_slice joined(rt_json *json, rt_slice first, rt_slice second) {
  rt_slice whole = {NULL, first.length + 1 + second.length};
  char *kept = rt_json_keep(json, whole.length);
  if (!kept) return first;
  memcpy(kept, first.data, first.length);
  kept[first.length] = ' ';
  memcpy(kept + first.length + 1, second.data, second.length);
  whole.data = kept;
  return whole;
}

size_t rt_error_around(const rt_rulebook *book, const rt_findings *findings, size_t place) {
  size_t outer = place;
  if (!book->quotes.data || place >= findings->count) return place;
  while (outer > 0 && is_quoted(book, &findings->list[outer])) outer--; /* the outermost comes first */
  return is_quoted(book, &findings->list[outer]) ? place : outer;
}

rt_slice rt_with_quote(const rt_rulebook *book, rt_json *json, const rt_findings *findings, size_t place) {
  size_t outer = rt_error_around(book, findings, place), quote = place;
  rt_slice own = findings->list[outer].message, theirs;
  if (quote == outer && ++quote < findings->count && !is_quoted(book, &findings->list[quote])) return own;
  if (!own.data || quote == findings->count) return own;
  while (quote > outer + 1 && !findings->list[quote].message.data) quote--; /* a code inside of words */
  theirs = findings->list[quote].message;
  bool is_same = theirs.data && own.length == theirs.length && memcmp(own.data, theirs.data, own.length) == 0;
  return theirs.data && !is_same ? joined(json, own, theirs) : own;
}
