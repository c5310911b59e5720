#include "roles.h"

/* ---- names ---------------------------------------------------------------------------------------------------------------------- */

typedef struct meaning {
  uint8_t is;
  const char *names; /* by rank, blanks between */
} meaning;

static const meaning roles[] = {
    {RT_SLOT_CODE,
     "code error_code err_code errno failure_code fail_code task_status_code status_code error_no error_id result_code ret_code "
     "error_key return_code biz_code sub_code failure_reason_code job_error_code"},
    {RT_SLOT_TYPE, "__type type error_type err_type exception_type exception_name name kind error_name category_name error_category failure_category"},
    {RT_SLOT_MESSAGE,
     "message msg error_message err_msg error_msg errmsg status_msg status_message task_status_msg fail_reason failure_reason "
     "failure_message failure_detail failure_details fail_msg failed_reason error_description error_detail_message detailed_message task_status_message "
     "error_info detail_message user_message display_message finish_message block_reason_message status_detail description "
     "ret_msg return_msg result_msg text localized_message failure fail_message rejection_reason error_reason reason_message "
     "error_text desc job_error_msg job_status_msg"},
    {RT_SLOT_TITLE, "title"},
    {RT_SLOT_REASON, "reason sub_status quota_id quota_limit moderation_reason reason_code status_reason response_status_code"},
    {RT_SLOT_STATE, "status state task_status job_status generation_status status_text task_state success_flag"},
    {RT_SLOT_FIELD, "param parameter field loc path property field_name parameter_name param_name argument target pointer"},
    {RT_SLOT_RETRY, "retry_after retry_after_seconds retry_in retry_delay wait_seconds retry_after_sec retry_after_secs "
                    "seconds_until_reset reset_in reset_after wait_time"},
    {RT_SLOT_RETRY_MS, "retry_after_ms retry_after_milliseconds retry_delay_ms retry_in_ms reset_after_ms"},
    {RT_SLOT_RESET, "reset_at reset_time resets_at rate_limit_reset retry_at next_reset_time quota_reset_time retry_after_time"},
    {RT_SLOT_ESTIMATE, "estimated_time"},
    {RT_SLOT_RESET_ZONE, "reset_timezone reset_time_zone"},
    {RT_SLOT_ADVICE, "fallback_suggestion suggestion suggested_action"},
    {RT_SLOT_REQUEST_ID, "request_id req_id x_request_id log_id trace_id correlation_id support_id"},
    {RT_SLOT_TASK_ID, "task_id task_uuid job_id generation_id prediction_id"},
    {RT_SLOT_SUCCESS, "success ok succeeded is_success is_ok successful"},
    {RT_SLOT_STAGE, "moderation_stage moderation_source"},
    {RT_SLOT_FINISH, "finish_reason finish_reasons stop_reason"},
    {RT_SLOT_BLOCKED, "block_reason"},
    {RT_SLOT_FILTERED,
     "rai_media_filtered_reasons rai_filtered_reason rai_filtered_reasons filtered_reasons rai_error_reason safety_violations"},
    {RT_SLOT_MADE, "generated_samples generated_videos generated_images videos images video_url image_url"},
    {RT_SLOT_ERROR,
     "error errors err inner_error error_detail error_details exception fault issues violations field_violations union_errors "
     "validation_errors error_data error_response error_object task_error invalid_params node_errors upstream_error "
     "provider_error original_error error_messages"},
    {RT_SLOT_DETAIL,
     "detail details cause metadata raw body errors_list response_body upstream_body moderation_details reasons additional_info "
     "extra extensions context source flagged_categories categories response_content messages causes raw_message raw_error "
     "raw_error_message raw_response original_message upstream_message provider_message"},
    {RT_SLOT_INSIDE,
     "data result output response resp base_resp response_metadata prompt_feedback candidates choices predictions artifacts "
     "generate_video_response header meta task task_result results payload generation job tasks task_info video_result "
     "extra_info prediction sd_generation_job generations_by_pk variations_by_pk task_data video_generation video"},
    {RT_SLOT_SAFE, "is_image_safe is_safe respect_moderation"},
    {RT_SLOT_UNSAFE, "has_nsfw has_nsfw_concepts has_nsfw_content nsfw_content_detected nsfw_detected is_nsfw"}};

static const meaning states[] = {
    {RT_STATE_FAILED,
     "failed failure fail error errored faulted crashed dead failedwitherror fatal unsuccessful taskfailed generationfailed "
     "processfailed jobfailed invalid"},
    {RT_STATE_NAMED,
     "requestmoderated contentmoderated moderated moderationfailed moderationblocked rejected denied blocked nsfw timeout "
     "timedout expired tasknotfound notfound insufficientcredits insufficientbalance flagged contentfiltered filtered sensitive "
     "throttledout contentpolicyviolation banned"},
    {RT_STATE_CANCELLED, "cancelled canceled cancelledbyuser usercancelled aborted revoked terminated"},
    {RT_STATE_WELL,
     "success succeeded succeed successful completed complete done ok finished finish ready generated pending queued queueing "
     "running processing inprogress inqueue started starting submitted created throttled waiting generating preparing "
     "initializing accepted uploading active scheduled dispatched progress doing partialsuccess"}};

/* What is compared of a name; 0 where it is longer than any. */
static size_t squeeze(rt_slice name, bool drops_blanks, char out[RT_LONGEST_NAME], uint32_t *hash) {
  size_t length = 0;
  uint32_t mixed = 2166136261u;
  for (size_t i = 0; i < name.length; i++) {
    char byte = rt_lower(name.data[i]);
    if (byte == '_' || byte == '-' || (drops_blanks && (byte == ' ' || (byte >= '\t' && byte <= '\r')))) continue;
    if (length == RT_LONGEST_NAME) return 0;
    out[length++] = byte;
    mixed = (mixed ^ (unsigned char)byte) * 16777619u;
  }
  *hash = mixed ^ mixed >> 15;
  return length;
}

/* Its place, or that of the free bucket where it belongs in `bucket`. */
static unsigned find_name(const rt_names *names, const char *text, size_t length, uint32_t hash, uint32_t *bucket) {
  uint32_t at = hash % RT_NAME_BUCKETS;
  for (; names->buckets[at]; at = (at + 1) % RT_NAME_BUCKETS) {
    const rt_name *name = &names->list[names->buckets[at]];
    if (name->length == length && memcmp(name->text, text, length) == 0) return names->buckets[at];
  }
  *bucket = at;
  return 0;
}

static void add_name(rt_names *names, rt_slice spelling, uint8_t means, uint8_t rank) {
  rt_name name = {{0}, 0, means, rank};
  uint32_t hash, bucket;
  name.length = (uint8_t)squeeze(spelling, false, name.text, &hash);
  if (names->count == RT_MOST_NAMES) return; /* a unit test counts them */
  if (find_name(names, name.text, name.length, hash, &bucket)) return; /* "errmsg" is "err_msg": the first one counts */
  names->buckets[bucket] = (uint16_t)names->count;
  names->list[names->count++] = name;
}

static void fill(rt_names *names, const meaning *meanings, size_t count) {
  memset(names, 0, sizeof *names);
  names->count = 1;
  for (size_t i = 0; i < count; i++) {
    uint8_t rank = 0;
    for (const char *at = meanings[i].names; *at; at += *at == ' ') {
      rt_slice spelling = {at, strcspn(at, " ")};
      add_name(names, spelling, meanings[i].is, ++rank);
      at += spelling.length;
    }
  }
}

void rt_names_of_keys(rt_names *names) {
  fill(names, roles, sizeof roles / sizeof *roles);
}

void rt_names_of_states(rt_names *names) {
  fill(names, states, sizeof states / sizeof *states);
}

unsigned rt_key_place(const rt_names *keys, rt_slice key) {
  char text[RT_LONGEST_NAME];
  uint32_t hash, bucket;
  if (key.length > 2 * RT_LONGEST_NAME) return 0; /* a long key costs no more than a short one */
  size_t length = squeeze(key, false, text, &hash);
  return length ? find_name(keys, text, length, hash, &bucket) : 0;
}

/* "TASK_STATUS_FAILED": what is said of a state behind what it is the state of. */
static rt_slice without_kind(rt_slice word) {
  static const char *const kinds[] = {"TASK_", "JOB_", "STATUS_", "STATE_"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    size_t length = strlen(kinds[i]);
    if (word.length <= length || memcmp(word.data, kinds[i], length) != 0) continue;
    word.data += length;
    word.length -= length;
  }
  return word;
}

/* "CREATE_TASK_FAILED", "SENSITIVE_WORD_ERROR": what failed stands before that it did. */
static bool is_named_failure(rt_slice word) {
  static const char *const ends[] = {"_FAILED", "_ERROR", "_EXCEPTION"};
  static const char *const never[] = {"NO", "PARTIAL", "WITHOUT"};
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    if (word.length >= strlen(never[i]) && memcmp(word.data, never[i], strlen(never[i])) == 0) return false;
  for (size_t i = 0; i < word.length; i++)
    if (word.data[i] != '_' && (word.data[i] < 'A' || word.data[i] > 'Z')) return false;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t length = strlen(ends[i]);
    if (word.length > length && memcmp(word.data + word.length - length, ends[i], length) == 0) return true;
  }
  return false;
}

rt_state_word rt_state_of(const rt_names *states_known, rt_slice word) {
  char text[RT_LONGEST_NAME];
  uint32_t hash, bucket;
  if (word.length > 40) return RT_STATE_OTHER;
  rt_slice said = without_kind(word);
  size_t length = squeeze(said, true, text, &hash);
  unsigned place = length ? find_name(states_known, text, length, hash, &bucket) : 0;
  if (place) return (rt_state_word)states_known->list[place].meaning;
  return is_named_failure(said) ? RT_STATE_NAMED : RT_STATE_OTHER;
}

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

bool rt_text_holds(rt_slice text, const char *part) {
  return text.length > 0 && memmem(text.data, text.length, part, strlen(part)) != NULL;
}

static bool begins(rt_slice text, const char *small, size_t length) {
  if (text.length < length) return false;
  for (size_t i = 0; i < length; i++)
    if (rt_lower(text.data[i]) != small[i]) return false;
  return true;
}

bool rt_text_is(rt_slice text, const char *small) {
  size_t length = strlen(small);
  return text.length == length && begins(text, small, length);
}

#define WORD(text)                                                                                                                         \
  { text, sizeof text - 1 }

/* Whatever the letter case of the text. */
static bool is_among(rt_slice text, const rt_slice *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (words[i].length == text.length && begins(text, words[i].data, text.length)) return true;
  return false;
}

bool rt_is_fine_code(rt_slice code) {
  static const rt_slice fine[] = {WORD("0"),       WORD("200"),     WORD("201"),      WORD("202"),      WORD("204"),
                                  WORD("00000"),   WORD("0000"),    WORD("ok"),       WORD("true"),     WORD("none"),
                                  WORD("success"), WORD("succeed"), WORD("no_error"), WORD("succeeded")};
  return code.length <= sizeof "succeeded" - 1 && is_among(code, fine, sizeof fine / sizeof *fine);
}

bool rt_says_success(rt_slice message) {
  static const char chinese[] = "成功";
  const size_t size = sizeof chinese - 1;
  if (message.length >= 40) return false;
  return begins(message, "succe", 5) || rt_text_is(message, "ok") ||
         (message.length >= size && memcmp(message.data + message.length - size, chinese, size) == 0);
}

bool rt_is_fine_ending(rt_slice reason) {
  static const rt_slice fine[] = {WORD("stop"),      WORD("success"),       WORD("succeeded"),     WORD("max_tokens"),
                                  WORD("length"),    WORD("end_turn"),      WORD("tool_calls"),    WORD("eos"),
                                  WORD("eos_token"), WORD("complete"),      WORD("completed"),     WORD("finish_reason_unspecified"),
                                  WORD("null"),      WORD("none"),          WORD("stop_sequence"), WORD("block_reason_unspecified"),
                                  WORD("tool_use"),  WORD("function_call"), WORD("true"),          WORD("normal")};
  return is_among(reason, fine, sizeof fine / sizeof *fine);
}

bool rt_is_no_field(rt_slice key) {
  static const rt_slice never[] = {WORD("documentation"), WORD("docs"),  WORD("url"),   WORD("doc_url"), WORD("help"),    WORD("link"),
                                   WORD("timestamp"),     WORD("stack"), WORD("trace"), WORD("domain"),  WORD("service"), WORD("consumer"),
                                   WORD("@type"),         WORD("input"), WORD("ctx"),   WORD("object")};
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    if (never[i].length == key.length && memcmp(never[i].data, key.data, key.length) == 0) return true;
  return false;
}
