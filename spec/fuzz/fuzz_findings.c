/* Bodies come from an enemy: whatever they hold, what is found in them are texts of the body or copies of them, and not too many. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/findings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte is looked at: one that is out of bounds is found here. */
static unsigned touch(rt_slice text) {
  unsigned sum = 0;
  if (!text.data && text.length) abort();
  for (size_t i = 0; i < text.length; i++) sum += (unsigned char)text.data[i];
  return sum;
}

static unsigned check(const rt_findings *found, size_t size) {
  unsigned sum = touch(found->request_id) + touch(found->task_id);
  if (found->count > RT_MOST_FINDINGS || (found->is_json && found->is_text)) abort();
  if (found->is_json != (found->root != RT_JSON_NONE) || (size > 0 && !found->is_json && !found->is_text)) abort();
  if (!(found->retry_after < 1e9)) abort();
  for (size_t i = 0; i < found->count; i++) {
    const rt_finding *each = &found->list[i];
    if (!each->code.data && !each->type.data && !each->message.data) abort();
    sum += touch(each->code) + touch(each->type) + touch(each->message) + touch(each->field) + touch(found->owner[i]);
  }
  return sum;
}

/* The first two bytes are the status and the operation. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int statuses[] = {0, 200, 204, 301, 400, 404, 429, 503};
  static rt_reader *reader;
  static rt_findings found, again;
  if (size < 2) return 0;
  if (!reader && !(reader = rt_reader_new())) abort();
  char *body = malloc(size > 2 ? size - 2 : 1); /* of exactly that size, so that a byte beyond it is noticed */
  if (!body) abort();
  memcpy(body, data + 2, size - 2);
  rt_slice text = {body, size - 2};
  int status = statuses[data[0] % 8];
  unsigned operation = 1u << data[1] % 7, sum;
  if (!rt_find_errors(reader, text, status, operation, 1750000000.0, &found)) abort();
  sum = check(&found, text.length);
  /* a reader remembers nothing */
  if (!rt_find_errors(reader, text, status, operation, 1750000000.0, &again)) abort();
  if (again.count != found.count || again.state != found.state || check(&again, text.length) != sum) abort();
  free(body);
  return 0;
}
