#include "fault.h"

#include <stdio.h>
#include <string.h>

static const rt_class_info classes[RT_CLASS_COUNT] = {
#define X(id, name, retry, blame, elsewhere, floor, resends, meaning) \
  {name, RT_RETRY_##retry, RT_BLAME_##blame, RT_ELSEWHERE_##elsewhere, floor, resends, meaning},
#include "classes.def"
#undef X
};

static const char *const retry_names[] = {"wait", "change", "poll", "never"};
static const char *const blame_names[] = {"content", "request", "asset", "account", "model", "provider", "network", "caller"};
static const char *const elsewhere_names[] = {"any", "provider", "no"};
static const char *const effect_names[] = {"none", "unknown", "accepted", "finished"};
static const char *const billed_names[] = {"no", "yes", "unknown"};
static const char *const text_names[] = {"message",    "code",     "field", "category",  "task_id",
                                         "request_id", "provider", "model", "operation", "hint"};

static const char *const retry_words[] = {
    "The same request may go again after a wait.",
    "The same request is never sent again; it may go again once what is at fault has changed.",
    "The request is never sent again, because a task may already exist: ask the provider about it.",
    "This job will not send it again.",
};
static const char *const blame_words[] = {
    "The content has to change: the prompt or the media given with it.",
    "The request has to change: a parameter or the body is wrong.",
    "The asset has to change: the file or URL given as input.",
    "The account's owner has to act: key, credits or plan.",
    "Another model has to be chosen.",
    "The provider is at fault; nobody here needs to change anything.",
    "The network between here and the provider is at fault.",
    "The calling script decides.",
};

/* by blame, of classes whose failures a wait may mend; NULL: as in blame_words */
static const char *const waiting_words[] = {
    "Nobody, if the same request goes through on another try; else the content has to change: the prompt or the media.",
    NULL,
    "Nobody, if the asset's host answers on another try; else the asset has to change: the file or URL given as input.",
    "Nobody, if the wait helps; else the account's owner: fewer requests, or a higher limit.",
    NULL,
    NULL,
    NULL,
    NULL,
};

const rt_class_info *rt_class_info_of(rt_class cls) {
  return &classes[cls];
}

bool rt_class_by_name(const char *name, size_t length, rt_class *out) {
  for (int i = 0; i < RT_CLASS_COUNT; i++) {
    if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0) {
      *out = (rt_class)i;
      return true;
    }
  }
  return false;
}

bool rt_class_within(rt_class cls, const char *family, size_t length) {
  const char *name = classes[cls].name;
  return strncmp(name, family, length) == 0 && strlen(name) >= length && (name[length] == '\0' || name[length] == '.');
}

const char *rt_retry_name(rt_retry retry) {
  return retry_names[retry];
}

const char *rt_blame_name(rt_blame blame) {
  return blame_names[blame];
}

const char *rt_elsewhere_name(rt_elsewhere elsewhere) {
  return elsewhere_names[elsewhere];
}

const char *rt_who_acts(const rt_class_info *info) {
  const char *waiting = info->retry == RT_RETRY_WAIT ? waiting_words[info->blame] : NULL;
  return waiting ? waiting : blame_words[info->blame];
}

const char *rt_retry_words(rt_retry retry) {
  return retry_words[retry];
}

const char *rt_effect_name(rt_effect effect) {
  return effect_names[effect];
}

const char *rt_billed_name(rt_billed billed) {
  return billed_names[billed];
}

const char *rt_text_name(rt_text text) {
  return text_names[text];
}

static int index_of(const char *const *names, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return i;
  return -1;
}

bool rt_effect_by_name(const char *name, rt_effect *out) {
  int index = index_of(effect_names, 4, name);
  if (index >= 0) *out = (rt_effect)index;
  return index >= 0;
}

bool rt_billed_by_name(const char *name, rt_billed *out) {
  int index = index_of(billed_names, 3, name);
  if (index >= 0) *out = (rt_billed)index;
  return index >= 0;
}

int rt_status(double number) {
  return number >= 100 && number <= 999 ? (int)number : 0;
}

size_t rt_fault_size(const rt_fault *fields) {
  size_t size = sizeof *fields;
  for (int i = 0; i < RT_TEXT_COUNT; i++)
    if (fields->text[i].data) size += fields->text[i].length + 1;
  return size;
}

rt_fault *rt_fault_copy(void *block, const rt_fault *fields) {
  rt_fault *fault = block;
  char *end = (char *)block + sizeof *fault;
  *fault = *fields;
  for (int i = 0; i < RT_TEXT_COUNT; i++) {
    size_t length = fields->text[i].length;
    if (!fields->text[i].data) continue;
    memcpy(end, fields->text[i].data, length);
    end[length] = '\0';
    fault->text[i].data = end;
    end += length + 1;
  }
  return fault;
}

/* "submit at runway/gen4_turbo, HTTP 429", as far as it is known */
static void describe_place(const rt_fault *fault, char *out, size_t size) {
  const char *provider = fault->text[RT_TEXT_PROVIDER].data, *model = fault->text[RT_TEXT_MODEL].data;
  const char *operation = fault->text[RT_TEXT_OPERATION].data;
  int length = snprintf(out, size, "%s%s%s%s%s", operation ? operation : "", operation && provider ? " at " : "", provider ? provider : "",
                        provider && model ? "/" : "", provider && model ? model : "");
  if (fault->status && length >= 0 && (size_t)length < size)
    snprintf(out + length, size - (size_t)length, "%sHTTP %d", length ? ", " : "", fault->status);
}

size_t rt_fault_line(const rt_fault *fault, char *out, size_t size) {
  const char *code = fault->text[RT_TEXT_CODE].data, *message = fault->text[RT_TEXT_MESSAGE].data;
  char place[256] = "";
  describe_place(fault, place, sizeof place);
  int length = snprintf(out, size, "%s%s%s%s: %s%s%s%s%s", classes[fault->cls].name, code ? " [" : "", code ? code : "", code ? "]" : "",
                        message ? message : classes[fault->cls].meaning, *place ? " (" : "", place, *place ? ")" : "",
                        fault->effect == RT_EFFECT_UNKNOWN ? ", effect unknown" : "");
  return length < 0 ? 0 : (size_t)length;
}
