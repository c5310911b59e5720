#include <stdlib.h>

#include "../../src/fault.h"
#include "unit.h"

static void test_names_and_families(void) {
  rt_class cls;
  for (int i = 0; i < RT_CLASS_COUNT; i++) {
    const char *name = rt_class_info_of((rt_class)i)->name;
    CHECK(rt_class_by_name(name, strlen(name), &cls) && cls == (rt_class)i);
    CHECK(!rt_class_by_name(name, strlen(name) - 1, &cls) || cls != (rt_class)i);
  }
  CHECK(!rt_class_by_name("", 0, &cls));
  CHECK(rt_class_within(RT_CONTENT_INPUT, "content", 7));
  CHECK(rt_class_within(RT_CONTENT_INPUT, "content.input", 13));
  CHECK(!rt_class_within(RT_CONTENT_INPUT, "cont", 4));
  CHECK(!rt_class_within(RT_CONTENT_INPUT, "content.input.x", 15));
  CHECK(!rt_class_within(RT_UNKNOWN, "unknown.x", 9));
}

static void test_consistency(void) {
  for (int i = 0; i < RT_CLASS_COUNT; i++) {
    const rt_class_info *info = rt_class_info_of((rt_class)i);
    CHECK((info->retry == RT_RETRY_WAIT) == (info->resends > 0));
    CHECK((info->retry == RT_RETRY_WAIT) == (info->floor > 0));
    CHECK(strlen(info->meaning) >= 3);
  }
}

static void test_copy(void) {
  rt_fault fields;
  memset(&fields, 0, sizeof fields);
  fields.cls = RT_LIMIT_RATE;
  fields.status = 429;
  fields.text[RT_TEXT_MESSAGE].data = "a\0b";
  fields.text[RT_TEXT_MESSAGE].length = 3;
  fields.text[RT_TEXT_CODE].data = "";
  void *block = malloc(rt_fault_size(&fields));
  rt_fault *fault = rt_fault_copy(block, &fields);
  CHECK(fault->text[RT_TEXT_MESSAGE].length == 3 && memcmp(fault->text[RT_TEXT_MESSAGE].data, "a\0b", 4) == 0);
  CHECK(fault->text[RT_TEXT_MESSAGE].data != fields.text[RT_TEXT_MESSAGE].data);
  CHECK(fault->text[RT_TEXT_CODE].data && fault->text[RT_TEXT_CODE].length == 0);
  CHECK(fault->text[RT_TEXT_HINT].data == NULL);
  free(block);
}

static void test_line(void) {
  char line[64], small[8];
  rt_fault fault;
  memset(&fault, 0, sizeof fault);
  fault.cls = RT_LIMIT_RATE;
  fault.status = 429;
  fault.text[RT_TEXT_MESSAGE].data = "slow down";
  size_t wanted = rt_fault_line(&fault, line, sizeof line);
  CHECK_STR(line, "limit.rate: slow down (HTTP 429)");
  CHECK(wanted == strlen(line));
  CHECK(rt_fault_line(&fault, small, sizeof small) == wanted);
  CHECK(strlen(small) == sizeof small - 1);
  fault.text[RT_TEXT_PROVIDER].data = "runway";
  fault.text[RT_TEXT_OPERATION].data = "submit";
  rt_fault_line(&fault, line, sizeof line);
  CHECK_STR(line, "limit.rate: slow down (submit at runway, HTTP 429)");
}

/* A limit once said "The account's owner has to act" above "The same request may go again after a wait". */
static void test_who_acts(void) {
  CHECK_STR(rt_who_acts(rt_class_info_of(RT_LIMIT_RATE)),
            "Nobody, if the wait helps; else the account's owner: fewer requests, or a higher limit.");
  CHECK(strcmp(rt_who_acts(rt_class_info_of(RT_ACCOUNT_QUOTA)), rt_who_acts(rt_class_info_of(RT_LIMIT_RATE))) == 0);
  CHECK_STR(rt_who_acts(rt_class_info_of(RT_ACCOUNT_CREDITS)), "The account's owner has to act: key, credits or plan.");
  CHECK(strncmp(rt_who_acts(rt_class_info_of(RT_GENERATION_FAILED)), "Nobody, if ", 11) == 0);
  CHECK(strncmp(rt_who_acts(rt_class_info_of(RT_ASSET_UNREACHABLE)), "Nobody, if ", 11) == 0);
  for (int i = 0; i < RT_CLASS_COUNT; i++) {
    const rt_class_info *info = rt_class_info_of((rt_class)i);
    bool must = strstr(rt_who_acts(info), "has to") && strncmp(rt_who_acts(info), "Nobody", 6) != 0;
    CHECK(!(must && info->retry == RT_RETRY_WAIT));
  }
}

static void test_status(void) {
  CHECK(rt_status(429) == 429);
  CHECK(rt_status(0) == 0 && rt_status(-1) == 0 && rt_status(1000) == 0 && rt_status(1e300) == 0);
  CHECK(rt_status(0.0 / (rt_status(5) + 0.0)) == 0); /* not a number: converting it would be undefined */
}

int main(void) {
  test_names_and_families();
  test_consistency();
  test_copy();
  test_line();
  test_who_acts();
  test_status();
  return unit_report();
}
