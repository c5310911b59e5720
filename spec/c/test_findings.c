#include <stdlib.h>

#include "../../src/findings.h"
#include "../../src/roles.h"
#include "../../src/memory.h"
#include "unit.h"

#define NOW 1750000000.0

static rt_reader *reader;
static rt_findings found;
static char shown[8192];

static rt_slice slice(const char *text) {
  rt_slice out = {text, text ? strlen(text) : 0};
  return out;
}

static void show(rt_slice text) {
  size_t at = strlen(shown);
  if (!text.data) return;
  if (text.length == 0) snprintf(shown + at, sizeof shown - at, "''");
  else snprintf(shown + at, sizeof shown - at, "%.*s", (int)text.length, text.data);
}

/* "code|type|message|field", the findings with "; " between. */
static const char *errors_of(const char *body, int status, unsigned operation) {
  shown[0] = '\0';
  CHECK(rt_find_errors(reader, slice(body), status, operation, NOW, &found));
  for (size_t i = 0; i < found.count; i++) {
    rt_slice parts[] = {found.list[i].code, found.list[i].type, found.list[i].message, found.list[i].field};
    for (int part = 0; part < 4; part++) {
      if (part > 0 || i > 0) show(slice(part > 0 ? "|" : "; "));
      show(parts[part]);
    }
  }
  return shown;
}

static const char *errors(const char *body, int status) {
  return errors_of(body, status, RT_POLL);
}

static bool is(rt_slice text, const char *want) {
  return want ? rt_slice_is(text, want) : text.data == NULL;
}

static void test_shapes(void) {
  static const struct {
    const char *body;
    int status;
    const char *want;
  } rows[] = {
      {"{\"error\":{\"message\":\"No.\",\"type\":\"user_error\",\"param\":\"size\",\"code\":\"bad_size\"}}", 400, "bad_size|user_error|No.|size"},
      {"{\"error\":\"Invalid parameter\"}", 400, "||Invalid parameter|"},
      {"{\"error\":\"RATE_LIMIT\",\"message\":\"Slow down\"}", 429, "RATE_LIMIT||Slow down|"},
      {"{\"error\":{\"code\":429,\"message\":\"Quota\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":\"x\",\"retryDelay\":\"30s\"}]}}",
       429, "RESOURCE_EXHAUSTED||Quota|; ||30s|retryDelay"},
      {"{\"detail\":[{\"loc\":[\"body\",\"image\",0,\"url\"],\"msg\":\"bad\",\"type\":\"url_error\"}]}", 422, "|url_error|bad|image[0].url"},
      {"{\"detail\":\"Not found\"}", 404, "||Not found|"},
      {"{\"errors\":{\"prompt\":[\"is required\"],\"docs\":\"x\",\"duration\":\"too long\"}}", 400, "||too long|duration; ||is required|prompt"},
      {"{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"}}", 200, "1008|base_resp|insufficient balance|"},
      {"{\"base_resp\":{\"status_code\":0,\"status_msg\":\"success\"},\"task_id\":\"1\"}", 200, ""},
      {"{\"type\":\"https://x.example/errors/too-many\",\"title\":\"Too many\",\"detail\":\"Five at once\"}", 429,
       "|too-many||; ||Too many|; ||Five at once|"},
      {"{\"__type\":\"com.x.y#ThrottlingException:http://z\",\"message\":\"Rate\"}", 400, "|ThrottlingException|Rate|"},
      {"{\"message\":\"m\",\"details\":{\"name\":\"UpstreamError\"}}", 500, "|UpstreamError|m|"},
      {"{\"code\":5,\"reason\":\"quota_out\",\"message\":\"m\"}", 400, "quota_out||m|"},
      {"{\"code\":\"x\",\"type\":\"t\",\"reason\":\"why\",\"moderation_stage\":\"\"}", 400, "x|t.why||"},
      {"{\"code\":\"x\",\"reason\":\"in words\",\"moderation_stage\":\"input\"}", 400, "x|moderation.input|in words|"},
      {"{\"error\":{\"message\":\"m\",\"pointer\":\"#/a/b\"}}", 400, "||m|a.b"},
      {"{\"error\":{}}", 400, ""},
      {"{\"success\":false}", 200, "|refused|refused, no reason given|"},
      {"{\"success\":true,\"message\":\"made\"}", 200, ""},
      {"{\"message\":\"Forbidden\"}", 200, "||Forbidden|"},
      {"{\"message\":\"all is well\",\"id\":\"7\"}", 200, ""},
      {"{\"id\":\"7\",\"code\":\"preview\"}", 200, ""},
      {"{\"id\":\"7\",\"code\":1001,\"msg\":\"no\"}", 200, "1001||no|"},
      {"[{\"error\":\"a\"},\"b\"]", 400, "||a|; ||b|"},
      {"[]", 400, ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_STR(errors(rows[i].body, rows[i].status), rows[i].want);
    CHECK(found.is_json && !found.is_text && found.root != RT_JSON_NONE);
  }
}

static void test_states(void) {
  CHECK_STR(errors("{\"id\":\"t1\",\"status\":\"failed\",\"error\":{\"code\":\"x\",\"message\":\"y\"}}", 200), "x||y|");
  CHECK(found.state == RT_TOLD_FAILED && is(found.task_id, "t1"));
  CHECK_STR(errors("{\"data\":{\"task_id\":\"t2\",\"task_status\":\"Failed\"}}", 200), "|failed|the task failed, no reason given|");
  CHECK(found.state == RT_TOLD_FAILED && is(found.task_id, "t2"));
  CHECK_STR(errors("{\"id\":\"t3\",\"status\":\"CANCELED\"}", 200), "CANCELED|||");
  CHECK(found.state == RT_TOLD_CANCELLED);
  CHECK_STR(errors("{\"id\":\"t4\",\"status\":\"Request Moderated\"}", 200), "Request Moderated|||");
  CHECK(found.state == RT_TOLD_FAILED);
  CHECK_STR(errors("{\"id\":\"t5\",\"status\":\"succeeded\",\"error\":\"left over\"}", 200), "");
  CHECK(found.state == RT_TOLD_NOTHING && is(found.task_id, NULL));
  CHECK_STR(errors("{\"id\":\"t6\",\"status\":\"COMPLETED\",\"error\":\"no face\"}", 200), "||no face|");
  CHECK_STR(errors("{\"id\":\"t7\",\"status\":\"IN_PROGRESS\",\"error\":{\"code\":0,\"message\":\"\"}}", 200), "");
  CHECK_STR(errors("{\"status\":503,\"title\":\"Down\"}", 200), "503|||; ||Down|");
  /* DashScope's tasks that are gone; what others call unknown may become known */
  CHECK_STR(errors("{\"output\":{\"task_status\":\"UNKNOWN\",\"task_id\":\"t8\"}}", 200), "|lost|no such task|");
  CHECK(found.state == RT_TOLD_NOTHING && is(found.owner[0], "t8"));
  CHECK_STR(errors("{\"id\":\"t9\",\"status\":\"UNKNOWN\"}", 200), "");
  CHECK_STR(errors("{\"generations_by_pk\":{\"status\":\"FAILED\",\"id\":\"x\"}}", 200), "|failed|the task failed, no reason given|");
  CHECK_STR(errors("{\"generations_by_pk\":{\"status\":\"PENDING\"}}", 200), "");
}

/* Constants that say more than that it failed. */
static void test_names_of_states(void) {
  CHECK_STR(errors("{\"task\":{\"task_id\":\"n\",\"status\":\"TASK_STATUS_FAILED\",\"reason\":\"no face\"}}", 200), "||no face|");
  CHECK(found.state == RT_TOLD_FAILED);
  CHECK_STR(errors("{\"task\":{\"status\":\"TASK_STATUS_SUCCEED\"}}", 200), "");
  CHECK_STR(errors("{\"task\":{\"status\":\"TASK_STATUS_QUEUED\"}}", 200), "");
  CHECK_STR(errors("{\"state\":\"JOB_STATE_CANCELLED\"}", 200), "JOB_STATE_CANCELLED|||");
  CHECK(found.state == RT_TOLD_CANCELLED);
  CHECK_STR(errors("{\"data\":{\"status\":\"SENSITIVE_WORD_ERROR\"}}", 200), "SENSITIVE_WORD_ERROR|||");
  CHECK_STR(errors("{\"data\":{\"status\":\"CREATE_TASK_FAILED\",\"errorMessage\":\"m\"}}", 200), "CREATE_TASK_FAILED||m|");
  CHECK_STR(errors("{\"data\":{\"status\":\"NO_ERROR\"}}", 200), "");
  CHECK_STR(errors("{\"data\":{\"status\":\"PARTIAL_FAILED\"}}", 200), "");
  CHECK_STR(errors("{\"data\":{\"status\":\"retrying after error\"}}", 200), "");
  CHECK_STR(errors("{\"data\":{\"successFlag\":2,\"errorMessage\":\"m\"}}", 200), "||m|");
  CHECK_STR(errors("{\"data\":{\"successFlag\":0,\"errorMessage\":\"\"}}", 200), "");
  CHECK_STR(errors("{\"data\":{\"successFlag\":1}}", 200), "");
}

/* One name too many once wrote over what stands behind the list. */
static void test_names_have_room(void) {
  static rt_names names;
  void (*const fills[])(rt_names *) = {rt_names_of_keys, rt_names_of_states};
  for (size_t k = 0; k < 2; k++) {
    fills[k](&names);
    CHECK(names.count > 50 && names.count < RT_MOST_NAMES);
    for (unsigned i = 1; i < names.count; i++) CHECK(names.list[i].length > 0);
  }
}

/* Shapes that real answers have and that were not read. */
static void test_shapes_that_were_met(void) {
  CHECK_STR(errors("{\"ErrorMsg\":{\"Code\":\"A.B\",\"Message\":\"m\"}}", 200), "A.B||m|");
  CHECK_STR(errors("{\"message\":{\"role\":\"assistant\",\"content\":\"c\"}}", 200), "");
  CHECK_STR(errors("{\"seeds\":[1],\"finish_reasons\":[\"Filter reason: prompt\"],\"images\":[\"\"]}", 200), "Filter reason: prompt|finish||");
  CHECK_STR(errors("{\"finish_reasons\":[\"Filter reason: prompt\"],\"images\":[null]}", 200), "Filter reason: prompt|finish||");
  CHECK_STR(errors("{\"finish_reasons\":[null],\"images\":[\"iVBO\"]}", 200), "");
  CHECK_STR(errors("{\"finish_reasons\":[\"SAFETY\"],\"images\":[{\"b64\":\"x\"}]}", 200), "");
  CHECK_STR(errors("{\"status\":\"done\",\"video\":{\"respect_moderation\":false}}", 200), "|filtered|respect_moderation|");
  CHECK_STR(errors("{\"status\":\"done\",\"video\":{\"respect_moderation\":true,\"url\":\"u\"}}", 200), "");
  CHECK_STR(errors("{\"status\":\"FAILED\",\"generated\":[],\"has_nsfw\":[false,true]}", 200), "|failed|the task failed, no reason given|; |filtered|has_nsfw|");
  CHECK_STR(errors("{\"status\":\"COMPLETED\",\"images\":[{\"url\":\"u\"}],\"has_nsfw_concepts\":[true]}", 200), "");
  CHECK_STR(errors("{\"status\":\"failed\",\"task_result\":{\"error_messages\":[\"the queue is full\"]}}", 200), "||the queue is full|");
  CHECK_STR(errors("{\"code\":1,\"data\":{\"status\":\"processing\"}}", 200), "");
  CHECK_STR(errors("{\"code\":1,\"data\":{\"status\":\"failed\"}}", 200), "1|||; |failed|the task failed, no reason given|");
  CHECK_STR(errors("IMAGE_SAFETY", 400), "IMAGE_SAFETY|text|IMAGE_SAFETY|");
  CHECK_STR(errors("{\"error\":\"ImageDownloadFailure\"}", 400), "ImageDownloadFailure||ImageDownloadFailure|");
  CHECK_STR(errors("[2026-01-25 21:40:39] error: no credits", 200), "|text|[2026-01-25 21:40:39] error: no credits|");
  CHECK_STR(errors("[{\"id\":", 200), "|text|the answer is no JSON, or only the start of it|");
}

/* The keys of JSON inside of a text were taken for words of the text around it. */
static void test_words_around_json(void) {
  errors("{\"error\":\"Error: 502 {\\\"message\\\":\\\"m\\\"} and more\"}", 200);
  CHECK(found.count == 2 && found.list[0].own_words == 12 && found.list[1].own_words == 0);
  errors("{\"error\":\"Error: {not JSON}\"}", 200);
  CHECK(found.count == 1 && found.list[0].own_words == 0);
  errors("{\"error\":\"{\\\"message\\\":\\\"m\\\"}\"}", 200);
  CHECK(found.count == 2 && found.list[0].own_words == 1);
}

static void test_what_lies_beside_the_words(void) {
  CHECK_STR(errors("{\"data\":{\"status\":\"failed\",\"error\":{\"code\":10000,\"raw_message\":\"no face\",\"message\":\"failed\"}}}", 200),
            "10000||failed|; ||no face|");
  CHECK_STR(errors("{\"status\":\"failed\",\"error\":\"it failed\",\"rawError\":\"NSFW content\"}", 200), "||it failed|; ||NSFW content|");
  CHECK_STR(errors("{\"status\":\"succeeded\",\"raw_message\":\"all checked\"}", 200), "");
  /* an error's type counts beside an error in words, a task's does not */
  CHECK_STR(errors("{\"status\":\"COMPLETED\",\"error\":\"it failed\",\"error_type\":\"policy\"}", 200), "|policy||; ||it failed|");
  CHECK_STR(errors("{\"status\":\"COMPLETED\",\"error\":\"it failed\",\"type\":\"video\"}", 200), "||it failed|");
  CHECK_STR(errors("{\"status\":\"COMPLETED\",\"error_type\":\"none\"}", 200), "");
}

static void test_what_may_not_be_shown(void) {
  CHECK_STR(errors("{\"data\":[{\"is_image_safe\":false,\"url\":null}]}", 200), "|filtered|is_image_safe|");
  CHECK_STR(errors("{\"data\":[{\"is_image_safe\":false}]}", 200), "|filtered|is_image_safe|");
  CHECK_STR(errors("{\"data\":[{\"is_image_safe\":true,\"url\":null}]}", 200), "");
  CHECK_STR(errors("{\"data\":[{\"is_image_safe\":false,\"url\":\"https://x\"}]}", 200), "");
  CHECK_STR(errors("{\"data\":[{\"is_image_safe\":false,\"url\":null},{\"is_image_safe\":true,\"url\":\"https://x\"}]}", 200), "");
}

static void test_endings(void) {
  CHECK_STR(errors("{\"candidates\":[{\"finishReason\":\"SAFETY\"}]}", 200), "SAFETY|finish||");
  CHECK_STR(errors("{\"candidates\":[{\"finishReason\":\"SAFETY\"},{\"finishReason\":\"STOP\"}]}", 200), "");
  CHECK_STR(errors("{\"promptFeedback\":{\"blockReason\":\"OTHER\"}}", 200), "OTHER|blocked||");
  CHECK_STR(errors("{\"response\":{\"raiMediaFilteredReasons\":[\"held back\"]}}", 200), "|filtered|held back|");
  CHECK_STR(errors("{\"response\":{\"raiMediaFilteredReasons\":[\"held back\"],\"generatedSamples\":[{}]}}", 200), "");
}

static void test_nested_texts(void) {
  CHECK_STR(errors("{\"message\":\"{\\\"error\\\":{\\\"code\\\":\\\"in\\\",\\\"message\\\":\\\"deep\\\"}}\"}", 400),
            "||{\"error\":{\"code\":\"in\",\"message\":\"deep\"}}|; in||deep|");
  CHECK_STR(errors("{\"message\":\"Upstream: {\\\\\\\"code\\\\\\\":\\\\\\\"in\\\\\\\"} end\"}", 400),
            "||Upstream: {\\\"code\\\":\\\"in\\\"} end|; in|||");
  CHECK_STR(errors("Said {'error': {'code': 'x', 'type': 'y'}}", 500), "|text|Said {'error': {'code': 'x', 'type': 'y'}}|; x|y||");
  CHECK_STR(errors("{\"message\":\"cut {\\\"status\\\": \\\"NOT_FOUND\\\"\"}", 400), "||cut {\"status\": \"NOT_FOUND\"|; NOT_FOUND|nested||");
  CHECK_STR(errors("{\"message\":\"braces { and [ alone\"}", 400), "||braces { and [ alone|");
  CHECK_STR(errors("\"{\\\"error\\\":\\\"quoted\\\"}\"", 400), "||quoted|");
  CHECK(found.is_json);
  /* values of a text inside of a text make room for those of the next: what was found is still there */
  CHECK_STR(errors("{\"errors\":[\"[{\\\"code\\\":\\\"a\\\"}]\",\"[{\\\"code\\\":\\\"b\\\"}]\"],\"title\":\"t\"}", 400),
            "||t|; ||[{\"code\":\"a\"}]|; a|||; ||[{\"code\":\"b\"}]|; b|||");
}

/* JSON inside of JSON is followed four times. */
static void test_texts_within_texts(void) {
  for (int levels = 3; levels <= 6; levels++) {
    static char body[1 << 16], next[1 << 16];
    strcpy(body, "{\"code\":\"innermost\"}");
    for (int level = 0; level < levels; level++) {
      size_t length = (size_t)sprintf(next, "{\"error\":{\"message\":\"");
      for (const char *at = body; *at; at++) {
        if (*at == '"' || *at == '\\') next[length++] = '\\';
        next[length++] = *at;
      }
      strcpy(next + length, "\"}}");
      strcpy(body, next);
    }
    bool known = false;
    CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found));
    for (size_t i = 0; i < found.count; i++) known = known || is(found.list[i].code, "innermost");
    CHECK(known == (levels <= 4));
  }
}

static void test_texts(void) {
  CHECK_STR(errors("  Service Unavailable \n", 503), "|text|Service Unavailable|");
  CHECK(found.is_text && !found.is_json && found.root == RT_JSON_NONE);
  CHECK_STR(errors("error code: 1015", 429), "1015|text|error code: 1015|");
  CHECK_STR(errors("<html><title>502 Bad Gateway</title>{\"code\":\"x\"}</html>", 502), "502|html|502 Bad Gateway|");
  CHECK_STR(errors("{\"id\":\"1\",\"sta", 200), "|text|the answer is no JSON, or only the start of it|");
  CHECK_STR(errors("data: {\"error\":{\"code\":\"a\"}}\n\ndata: oh\n\ndata: [DONE]\n", 400), "a|||; ||oh|");
  CHECK_STR(errors("data: {\"id\":\"1\",\"status\":\"running\"}\n\ndata: [DONE]\n", 200), "");
  CHECK_STR(errors_of("bytes of a file", 200, RT_DOWNLOAD), "");
  CHECK(found.is_text);
  CHECK_STR(errors_of("gone", 404, RT_DOWNLOAD), "|text|gone|");
  CHECK_STR(errors("", 500), "");
  CHECK(!found.is_text && !found.is_json);
  CHECK_STR(errors(" \t\n", 500), "");
  CHECK_STR(errors("\"only words\"", 400), "|text|only words|");
  CHECK_STR(errors("\"\"", 400), "");
  CHECK(found.is_text);
}

/* A refusal that long is no JSON, an answer is. */
static void test_long_bodies(void) {
  static char body[300 * 1024];
  memset(body, ' ', sizeof body - 1);
  memcpy(body, "{\"error\":\"x\"", 12);
  body[sizeof body - 2] = '}';
  CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found) && found.is_text && found.count == 1);
  CHECK(rt_find_errors(reader, slice(body), 200, 0, NOW, &found) && found.is_json && found.count == 1);
}

static void test_keys(void) {
  static const char *const spellings[] = {"error_code", "errorCode", "ErrorCode", "errorcode", "error-code", "ERROR_CODE"};
  char body[100];
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
    snprintf(body, sizeof body, "{\"%s\":\"x\"}", spellings[i]);
    CHECK_STR(errors(body, 400), "x|||");
  }
  CHECK_STR(errors("{\"m\\u0065ssage\":\"escaped\",\"c\\u006fde\":\"e\"}", 400), "e||escaped|");
  CHECK_STR(errors("{\"msg\":\"second\",\"message\":\"first\",\"text\":\"third\"}", 400), "||first|");
  /* of one key the last value, of several spellings of one the first */
  CHECK_STR(errors("{\"message\":\"a\",\"code\":\"x\",\"message\":\"b\",\"code\":null}", 400), "||b|");
  CHECK_STR(errors("{\"error_code\":\"a\",\"errorCode\":\"b\"}", 400), "a|||");
  CHECK_STR(errors("{\"cause\":\"c\",\"detail\":\"d\",\"errors\":\"e\",\"error\":\"f\"}", 400), "||f|; ||e|; ||d|; ||c|");
  CHECK_STR(errors("{\"code\":12345678901234567890,\"message\":\"m\"}", 400), "12345678901234567890||m|");
  CHECK_STR(errors("{\"code\":1.50,\"message\":\"m\"}", 400), "1.5||m|");
}

static void test_owners(void) {
  errors("{\"data\":[{\"taskUUID\":\"a\"}],\"errors\":[{\"code\":\"x\",\"taskUUID\":\"b\",\"details\":{\"code\":\"y\"}},{\"code\":\"z\"}]}", 200);
  CHECK(found.count == 3 && is(found.owner[0], "b") && is(found.owner[1], "b") && is(found.owner[2], NULL));
  errors("{\"task_id\":7,\"error\":{\"message\":\"m\",\"job_id\":\"inner\"},\"detail\":\"d\"}", 400);
  CHECK(found.count == 2 && is(found.owner[0], "inner") && is(found.owner[1], "7") && is(found.task_id, "7"));
  errors("{\"task_id\":\"t\",\"message\":\"{\\\"code\\\":\\\"in\\\"}\",\"candidates\":[{\"finish_reason\":\"SAFETY\",\"task_id\":\"c\"}]}", 400);
  CHECK(found.count > 2 && is(found.owner[0], "t") && is(found.owner[1], "t") && is(found.owner[found.count - 1], "c"));
  errors("data: {\"error\":\"a\",\"task_id\":\"one\"}\n\ndata: {\"error\":\"b\"}\n", 400);
  CHECK(found.count == 2 && is(found.owner[0], "one") && is(found.owner[1], NULL));
  errors("{\"task_id\":{},\"message\":\"m\"}", 400);
  CHECK(found.count == 1 && is(found.owner[0], NULL));
}

/* The keys it was found under, and the table that says it. */
static void test_places(void) {
  errors("{\"error\":{\"code\":\"x\",\"details\":[{\"code\":\"y\"},\"z\"]},\"detail\":\"d\"}", 400);
  CHECK(found.count == 4 && is(found.list[0].from, "error") && is(found.list[1].from, "error.details") && is(found.list[2].from, "error.details"));
  CHECK(is(found.list[3].from, "detail") && found.table[3] == found.root);
  rt_json *json = rt_reader_json(reader);
  CHECK(found.table[0] == rt_json_at(json, found.root)->first && found.table[2] == found.table[0]);
  CHECK(rt_slice_is(rt_json_text(json, rt_json_at(json, found.table[1])->first), "y"));
  errors("{\"message\":\"m\",\"code\":1}", 400);
  CHECK(is(found.list[0].from, NULL) && found.table[0] == found.root);
  /* JSON inside of a text goes on from there; its values are gone */
  errors("{\"errors\":[{\"message\":\"m\",\"responseContent\":\"{\\\"error\\\":{\\\"code\\\":\\\"in\\\"}}\"}]}", 400);
  CHECK(found.count == 3 && is(found.list[1].from, "errors.responseContent") && is(found.list[2].from, "errors.responseContent.error"));
  CHECK(found.table[2] == found.table[0] && found.table[2] != RT_JSON_NONE);
  errors("{\"errors\":{\"prompt\":[\"is required\"]}}", 400);
  CHECK(is(found.list[0].from, "errors.prompt"));
  errors("{\"candidates\":[{},{\"finishReason\":\"SAFETY\"}]}", 200);
  CHECK(is(found.list[0].from, "candidates") && found.table[0] != found.root && found.table[0] != RT_JSON_NONE);
  errors("{\"detail\":\"no such thing\"}", 200);
  CHECK(is(found.list[0].from, "detail") && found.table[0] == found.root);
  errors("data: {\"error\":{\"code\":\"a\"}}\n\ndata: oh\n", 400);
  CHECK(is(found.list[0].from, "error") && is(found.list[1].from, NULL) && found.table[0] == RT_JSON_NONE && found.table[1] == RT_JSON_NONE);
  errors("<html>words</html>", 500);
  CHECK(is(found.list[0].from, NULL) && found.table[0] == RT_JSON_NONE);
}

static void test_what_stands_beside(void) {
  errors("{\"error\":{\"message\":\"m\",\"requestId\":\"r1\"},\"trace_id\":\"r0\"}", 400);
  CHECK(is(found.request_id, "r0"));
  CHECK(found.retry_after < 0);
  errors("{\"error\":{\"message\":\"m\",\"details\":[{\"retryDelay\":\"30s\"},{\"retry_after_ms\":\"45000\"}]}}", 429);
  CHECK(found.retry_after == 45);
  errors("{\"message\":\"m\",\"retry_after\":{\"seconds\":9}}", 429);
  CHECK(found.retry_after == 9);
  errors("{\"message\":\"m\",\"reset_at\":1750000060}", 429);
  CHECK(found.retry_after == 60);
  CHECK(found.advised < 0 && found.midnight < 0);
  errors("{\"error\":{\"message\":\"m\",\"fallback_suggestion\":\"wait 30-60 seconds\",\"reset_timezone\":\"UTC\"}}", 429);
  CHECK(found.retry_after < 0 && found.advised == 30 && found.midnight == 32000);
  errors("{\"error\":{\"message\":\"m\",\"fallback_suggestion\":[\"wait 5 s\"],\"details\":{\"reset_timezone\":\"Moon\"}}}", 429);
  CHECK(found.advised < 0 && found.midnight < 0);
  errors("{\"error\":\"the model is loading\",\"estimated_time\":20.5}", 503);
  CHECK(found.retry_after == 20.5);
  errors("{\"id\":\"x\",\"status\":\"failed\",\"error\":{\"message\":\"m\"},\"task_info\":{\"estimated_time\":100},\"estimated_time\":9}", 200);
  CHECK(found.retry_after < 0);
  errors("{\"message\":\"m\",\"retry_after\":-1,\"reset_at\":\"soon\",\"retry_after_ms\":true}", 429);
  CHECK(found.retry_after < 0);
}

/* Bodies come from outside: all that is looked at is bounded. */
static void test_bounds(void) {
  static char body[1 << 20];
  char *at = body + sprintf(body, "{\"errors\":[");
  for (int i = 0; i < 40000; i++) at += sprintf(at, "{\"code\":\"x\"},");
  strcpy(at, "1]}");
  CHECK(rt_find_errors(reader, slice(body), 200, 0, NOW, &found) && found.count == RT_MOST_FINDINGS);
  at = body + sprintf(body, "{\"errors\":[");
  for (int i = 0; i < 20; i++) at += sprintf(at, "\"{'code': %d\",", i);
  strcpy(at, "1]}");
  CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found) && found.count == RT_MOST_FINDINGS);
  at = body;
  for (int i = 0; i < 500; i++) at += sprintf(at, "{\"error\":");
  at += sprintf(at, "\"deep\"");
  memset(at, '}', 500);
  at[500] = '\0';
  CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found) && found.is_json && found.count == 0);
  at = body + sprintf(body, "{");
  for (int i = 0; i < 3000; i++) at += sprintf(at, "\"%s\":\"%d\",", i % 2 ? "message" : "MESSAGE", i);
  strcpy(at, "\"x\":1}");
  CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found) && found.count == 1);
  at = body;
  for (int i = 0; i < 20000; i++) at += sprintf(at, "data: {\"status\":\"running\",\"progress\":%d}\n", i);
  CHECK(rt_find_errors(reader, slice(body), 400, 0, NOW, &found) && found.count == RT_MOST_FINDINGS);
}

/* More events than values are kept: each one makes room for the next. */
static void test_long_streams(void) {
  static char body[1 << 16];
  char *at = body;
  for (int i = 0; i < 500; i++) at += sprintf(at, "data: {\"status\":\"running\",\"steps\":[1,2,3,4,5,6,7,8,9,10,11,12]}\n");
  sprintf(at, "data: {\"error\":{\"code\":\"last\"}}\n");
  CHECK_STR(errors(body, 200), "last|||");
}

#ifdef RT_FAIL_ALLOC
/* Whichever allocation fails, it is told, and nothing is kept. */
static void test_short_memory(void) {
  static const char body[] = "{\"error\":{\"message\":\"\\u00e9 {\\\\\\\"code\\\\\\\":1}\",\"type\":\"a\",\"code\":\"b\","
                             "\"reason\":\"c\",\"loc\":[\"x\",1.5],"
                             "\"m\\u0065ta\":{}},\"finish_reason\":\"\\u0041\"}";
  static const char page[] = "<html>words</html>";
  for (int round = 0; round < 2; round++) {
    bool done = false;
    for (long n = 1; !done && n < 100; n++) {
      long live = rt_memory_live();
      rt_memory_fail_at(n);
      rt_reader *fresh = rt_reader_new();
      done = fresh && rt_find_errors(fresh, slice(round ? page : body), 400, 0, NOW, &found);
      long counted = rt_memory_count();
      rt_memory_fail_at(0);
      CHECK(done == (counted < n));
      rt_reader_free(fresh);
      CHECK(rt_memory_live() == live);
    }
    CHECK(done);
  }
}
#else
static void test_short_memory(void) {}
#endif

int main(void) {
  reader = rt_reader_new();
  if (!reader) return 1;
  test_shapes();
  test_states();
  test_names_of_states();
  test_names_have_room();
  test_shapes_that_were_met();
  test_words_around_json();
  test_what_lies_beside_the_words();
  test_what_may_not_be_shown();
  test_endings();
  test_nested_texts();
  test_texts_within_texts();
  test_texts();
  test_long_bodies();
  test_keys();
  test_owners();
  test_places();
  test_what_stands_beside();
  test_bounds();
  test_long_streams();
  test_short_memory();
  rt_reader_free(reader);
  return unit_report();
}
