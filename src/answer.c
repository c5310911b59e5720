#include "answer.h"

#include "number.h"
#include "retry_after.h"
#include "waits.h"

rt_slice rt_header_of(const rt_call *call, rt_slice name) {
  rt_slice none = {NULL, 0};
  for (size_t i = call->header_count; i > 0; i--)
    if (call->headers[i - 1].name.length == name.length && rt_slices_alike(call->headers[i - 1].name, name))
      return call->headers[i - 1].value;
  return none;
}

static rt_slice header(const rt_call *call, const char *name) {
  return rt_header_of(call, rt_slice_of(name));
}

rt_slice rt_request_id_of(const rt_rulebook *book, const rt_call *call) {
  static const char *const usual[] = {"x-request-id",
                                      "request-id",
                                      "x-amzn-requestid",
                                      "x-amz-request-id",
                                      "apim-request-id",
                                      "x-ms-request-id",
                                      "x-fal-request-id",
                                      "x-tt-logid",
                                      "x-oneapi-request-id",
                                      "x-goog-request-id",
                                      "x-requestid",
                                      "x-trace-id",
                                      "cf-ray"};
  rt_slice none = {NULL, 0};
  if (call->header_count == 0) return none;
  size_t count = book->request_id_count ? book->request_id_count : sizeof usual / sizeof *usual;
  for (size_t i = 0; i < count; i++) {
    rt_slice found = rt_header_of(call, book->request_id_count ? book->request_id[i] : rt_slice_of(usual[i]));
    if (found.data) return found;
  }
  return none;
}

/* AWS and fal.ai name an error's type in a header: "com.amazonaws#ThrottlingException:http://..." */
rt_slice rt_error_type_of(const rt_call *call) {
  rt_slice type = header(call, "x-amzn-errortype");
  if (!type.data) type = header(call, "x-fal-error-type");
  for (size_t i = type.length; i > 0; i--) {
    if (type.data[i - 1] != '#') continue;
    type.data += i;
    type.length -= i;
    break;
  }
  const char *colon = type.length ? memchr(type.data, ':', type.length) : NULL;
  if (colon) type.length = (size_t)(colon - type.data);
  return type;
}

#define LONGEST_TIME 128 /* a header that is longer names no time */

/* The header's text with a NUL, "" where there is none. */
static const char *text_of(rt_slice value, char out[LONGEST_TIME]) {
  size_t length = value.length < LONGEST_TIME ? value.length : 0;
  if (length) memcpy(out, value.data, length);
  out[length] = '\0';
  return out;
}

double rt_named_wait(const rt_call *call) {
  char text[LONGEST_TIME], date[LONGEST_TIME];
  double milliseconds;
  if (call->header_count == 0) return -1;
  if (rt_number(header(call, "retry-after-ms"), &milliseconds) && milliseconds >= 0 && milliseconds < 1e15) return milliseconds / 1000;
  rt_slice value = header(call, "retry-after"), at = header(call, "date");
  if (!value.data) return -1;
  return rt_retry_after(text_of(value, text), at.data ? text_of(at, date) : NULL, call->now);
}

/* Other limits are reset as well, but nobody waits for them: only for one of which nothing remains, or of which no more is known. */
static bool is_used_up(const rt_call *call, const char *remaining) {
  double left;
  return !*remaining || !rt_number(header(call, remaining), &left) || left <= 0;
}

double rt_reset_wait(const rt_call *call) {
  static const char *const names[][2] = {{"x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"},
                                         {"x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"},
                                         {"ratelimit-reset", "ratelimit-remaining"},
                                         {"x-ratelimit-reset", "x-ratelimit-remaining"},
                                         {"x-rate-limit-reset", "x-rate-limit-remaining"},
                                         {"x-ratelimit-reset-after", "x-ratelimit-remaining-after"},
                                         {"x-ratelimit-requests-reset", "x-ratelimit-requests-remaining"},
                                         {"anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"},
                                         {"x-ratelimit-limit-reset", "x-ratelimit-limit-remaining"}};
  double wait = -1;
  for (size_t i = 0; i < sizeof names / sizeof *names && call->header_count; i++) {
    rt_slice value = header(call, names[i][0]);
    if (!value.data || !is_used_up(call, names[i][1])) continue;
    double seconds = rt_wait_span_or_time(value, call->now);
    if (seconds < 1e7 && seconds > wait) wait = seconds;
  }
  return wait;
}
