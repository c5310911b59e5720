#include "words.h"

#include "ascii.h"
#include "signs.h"

/* What matters stands near the beginning of a text; nobody waits for the rest of a hostile one. */
#define WORDS_READ 2000
#define MOST_MARKS 8
#define AFTER_A_MARK 80

static const rt_slice none = {NULL, 0};

/* What stands at the very beginning of a text. */
typedef rt_slice (*reading)(rt_slice rest);

static rt_slice between(rt_slice text, size_t first, size_t end) {
  rt_slice piece = {text.data + first, end - first};
  return piece;
}

/* Behind the next `mark`; NULL where there is none. */
static const char *behind(rt_slice text, const char *mark) {
  size_t length = strlen(mark);
  const char *found = text.length ? memmem(text.data, text.length, mark, length) : NULL;
  return found ? found + length : NULL;
}

/* What `read` finds behind the first of the places where `mark` stands that it finds something behind. */
static rt_slice after(rt_slice said, const char *mark, reading read) {
  for (int tries = 0; tries < MOST_MARKS; tries++) {
    const char *stop = behind(said, mark);
    if (!stop) break;
    said = rt_rest_of(said, (size_t)(stop - said.data));
    rt_slice found = read(rt_start_of(said, AFTER_A_MARK));
    if (found.data) return found;
  }
  return none;
}

static size_t past_one(rt_slice text, size_t at, char byte) {
  return at < text.length && text.data[at] == byte ? at + 1 : at;
}

static bool stands_at(rt_slice text, size_t at, const char *words) {
  size_t length = strlen(words);
  return at <= text.length && text.length - at >= length && memcmp(text.data + at, words, length) == 0;
}

/* ---- codes ---- */

/* 4xx or 5xx, and no longer number */
static bool status_at(rt_slice text, size_t at) {
  if (at > text.length || text.length - at < 3) return false;
  const char *digits = text.data + at;
  if ((digits[0] != '4' && digits[0] != '5') || !rt_is_digit(digits[1]) || !rt_is_digit(digits[2])) return false;
  return text.length - at == 3 || !rt_is_digit(digits[3]);
}

/* "402 - Credits insufficient", "[429] ..." */
static rt_slice leading_status(rt_slice said) {
  size_t at = 0;
  said = rt_start_of(said, 100);
  while (at < said.length && !rt_is_alphanumeric(said.data[at])) at++;
  return status_at(said, at) ? between(said, at, at + 3) : none;
}

/* "An error occurred (ValidationException) when" */
static rt_slice in_brackets(rt_slice rest) {
  size_t at = 2;
  if (!stands_at(rest, 0, " (")) return none;
  while (at < rest.length && rt_is_alphanumeric(rest.data[at])) at++;
  return at > 2 && at < rest.length && rest.data[at] == ')' ? between(rest, 2, at) : none;
}

/* The name that ends with "Exception", from its first capital letter on. */
static rt_slice exception_in(rt_slice said) {
  const char *stop = behind(said, "Exception");
  if (!stop) return none;
  const char *first = stop - strlen("Exception"), *earliest = first - said.data > 60 ? first - 60 : said.data;
  while (first > earliest && rt_is_alphanumeric(first[-1])) first--;
  while (!rt_is_capital(*first)) first++;
  rt_slice name = {first, (size_t)(stop - first)};
  return name;
}

/* "StatusCode.PERMISSION_DENIED" */
static rt_slice capitals_behind_a_dot(rt_slice rest) {
  size_t at = 1;
  if (!stands_at(rest, 0, ".")) return none;
  while (at < rest.length && (rt_is_capital(rest.data[at]) || rest.data[at] == '_')) at++;
  return at > 1 ? between(rest, 1, at) : none;
}

static size_t past_quote_of_code(rt_slice text, size_t at) {
  return at < text.length && (text.data[at] == '\'' || text.data[at] == '"') ? at + 1 : at;
}

/* "code: 'rate_limit'", "Code=1033." */
static rt_slice behind_a_sign(rt_slice rest) {
  size_t at = rt_past_blanks(rest, 0);
  if (at == rest.length || (rest.data[at] != '=' && rest.data[at] != ':')) return none;
  size_t first = past_quote_of_code(rest, rt_past_blanks(rest, at + 1)), end = first;
  for (at = first; at < rest.length; at++) {
    char byte = rest.data[at];
    if (rt_is_alphanumeric(byte))
      end = at + 1; /* a full stop at the end is the sentence's */
    else if (byte != '_' && byte != '.' && byte != '-')
      break;
  }
  return end > first ? between(rest, first, end) : none;
}

/* "error code 1033" */
static rt_slice number_behind_blanks(rt_slice rest) {
  size_t first = rt_past_blanks(rest, 0);
  if (first == 0) return none;
  first = past_quote_of_code(rest, first);
  if (first == rest.length || !rt_is_digit(rest.data[first])) return none;
  size_t at = first + 1;
  while (at < rest.length && (rt_is_alphanumeric(rest.data[at]) || rest.data[at] == '_' || rest.data[at] == '-')) at++;
  return between(rest, first, at);
}

/* "HTTP/1.1 503", "HTTP 429" */
static rt_slice status_behind_version(rt_slice rest) {
  for (size_t at = 0; at < rest.length; at++) {
    if (status_at(rest, at)) return between(rest, at, at + 3);
    char byte = rest.data[at];
    if (!rt_is_blank(byte) && !rt_is_digit(byte) && byte != '/' && byte != '.') break;
  }
  return none;
}

/* "error: 429", "status code 503" */
static rt_slice status_behind_blanks(rt_slice rest) {
  size_t colon = past_one(rest, 0, ':'), at = rt_past_blanks(rest, colon);
  return at > colon && status_at(rest, at) ? between(rest, at, at + 3) : none;
}

enum { HAS_ERROR = 1, HAS_CODE = 2, HAS_HTTP = 4, HAS_EXCEPTION = 8 };
static const rt_sign code_signs[] = {{"rror", 0}, {"ode", 0}, {"HTTP", 0}, {"Exception", 1}};
static const uint32_t code_pairs[256] = {
    ['r'] = RT_FIRST(HAS_ERROR) | RT_SECOND(HAS_ERROR), /* rr */
    ['o'] = RT_FIRST(HAS_CODE),
    ['d'] = RT_SECOND(HAS_CODE),
    ['H'] = RT_FIRST(HAS_HTTP),
    ['T'] = RT_SECOND(HAS_HTTP),
    ['x'] = RT_FIRST(HAS_EXCEPTION),
    ['c'] = RT_SECOND(HAS_EXCEPTION),
};

static const struct {
  unsigned needs;
  const char *mark;
  reading read;
} code_marks[] = {{HAS_CODE, "StatusCode", capitals_behind_a_dot},
                  {HAS_CODE, "ode", behind_a_sign},
                  {HAS_ERROR | HAS_CODE, "rror code", number_behind_blanks},
                  {HAS_ERROR | HAS_CODE, "rror Code", number_behind_blanks},
                  {HAS_HTTP, "HTTP", status_behind_version},
                  {HAS_ERROR, "rror", status_behind_blanks},
                  {HAS_CODE, "tatus code", status_behind_blanks}};

/* "IMAGE_SAFETY", "ImageDownloadFailure": a text that is nothing but a name. A word of a sentence has neither. */
static rt_slice whole_name(rt_slice message) {
  bool joined = false;
  if (message.length < 8 || message.length > 64 || !rt_is_name(message)) return none;
  for (size_t i = 0; i < message.length; i++) {
    char byte = message.data[i];
    if (byte == '-') return none;
    joined = joined || byte == '_' || (i > 0 && rt_is_capital(byte) && rt_is_small(message.data[i - 1]));
  }
  return joined ? message : none;
}

rt_slice rt_words_code(rt_slice message) {
  rt_slice said = rt_start_of(message, WORDS_READ), found = leading_status(said);
  if (found.data) return found;
  unsigned signs = rt_signs_in(said, code_pairs, code_signs);
  if (signs & HAS_ERROR) found = after(said, "rror occurred", in_brackets);
  if (!found.data && signs & HAS_EXCEPTION) found = exception_in(said);
  for (size_t i = 0; signs && !found.data && i < sizeof code_marks / sizeof *code_marks; i++)
    if ((code_marks[i].needs & ~signs) == 0) found = after(said, code_marks[i].mark, code_marks[i].read);
  return found.data ? found : whole_name(message);
}

/* ---- ids of requests ---- */

/* " id: 2024...", "_id=..."; at least six letters and digits, else it is a word */
static rt_slice id_at_start(rt_slice rest) {
  size_t at = 0;
  if (at < rest.length && (rest.data[at] == ' ' || rest.data[at] == '_' || rest.data[at] == '-')) at++;
  if (rest.length - at < 2 || rt_lower(rest.data[at]) != 'i' || rt_lower(rest.data[at + 1]) != 'd') return none;
  at = rt_past_blanks(rest, at + 2);
  if (at < rest.length && (rest.data[at] == ':' || rest.data[at] == '=')) at++;
  size_t first = past_quote_of_code(rest, rt_past_blanks(rest, at));
  if (first == rest.length || !rt_is_alphanumeric(rest.data[first])) return none;
  for (at = first + 1; at < rest.length; at++) {
    char byte = rest.data[at];
    if (!rt_is_alphanumeric(byte) && byte != '_' && byte != '-' && byte != '=') break;
  }
  return at - first >= 6 ? between(rest, first, at) : none;
}

rt_slice rt_words_request_id(rt_slice message) {
  rt_slice said = rt_start_of(message, WORDS_READ);
  for (int tries = 0; tries < MOST_MARKS; tries++) {
    const char *stop = behind(said, "equest");
    if (!stop) stop = behind(said, "EQUEST");
    if (!stop) break;
    said = rt_rest_of(said, (size_t)(stop - said.data));
    rt_slice id = id_at_start(rt_start_of(said, 120));
    if (id.data) return id;
  }
  return none;
}

/* ---- parameters ---- */

static bool is_quote(char byte) {
  return byte == '\'' || byte == '"' || byte == '`';
}

/* "image_urls[0].url" */
static bool is_of_name(char byte) {
  return rt_is_alphanumeric(byte) || byte == '_' || byte == '.' || byte == '[' || byte == ']';
}

static size_t past_name(rt_slice text, size_t at, bool hyphens) {
  while (at < text.length && (is_of_name(text.data[at]) || (hyphens && text.data[at] == '-'))) at++;
  return at;
}

/* Letters, digits and low lines. */
static size_t past_word(rt_slice text, size_t at) {
  while (at < text.length && (rt_is_alphanumeric(text.data[at]) || text.data[at] == '_')) at++;
  return at;
}

/* The name between quotes that begins at `at`. */
static rt_slice quoted_at(rt_slice text, size_t at) {
  if (at >= text.length || !is_quote(text.data[at])) return none;
  size_t end = past_name(text, at + 1, true);
  return end > at + 1 && end < text.length && is_quote(text.data[end]) ? between(text, at + 1, end) : none;
}

/* The name that begins at `at` or behind a quote there. */
static rt_slice name_at(rt_slice text, size_t at, bool hyphens) {
  if (at < text.length && is_quote(text.data[at])) at++;
  size_t end = past_name(text, at, hyphens);
  return end > at ? between(text, at, end) : none;
}

/* Past ": " or " "; 0 where there is no blank. */
static size_t past_colon_and_blanks(rt_slice rest, size_t at) {
  size_t colon = past_one(rest, at, ':'), end = rt_past_blanks(rest, colon);
  return end > colon ? end : 0;
}

/* "arameter 'width'", "arameters: 'width' and 'height'" */
static rt_slice quoted_behind_plural(rt_slice rest) {
  size_t at = past_colon_and_blanks(rest, past_one(rest, 0, 's'));
  return at ? quoted_at(rest, at) : none;
}

static rt_slice quoted_behind_blanks(rt_slice rest) {
  size_t at = rt_past_blanks(rest, 0);
  return at ? quoted_at(rest, at) : none;
}

static rt_slice name_behind_value_for(rt_slice rest) {
  size_t at = past_colon_and_blanks(rest, 0);
  return at ? name_at(rest, at, true) : none;
}

static rt_slice name_behind_blanks(rt_slice rest) {
  size_t at = past_colon_and_blanks(rest, 0);
  return at ? name_at(rest, at, false) : none;
}

static rt_slice name_behind_plural(rt_slice rest) {
  return name_behind_blanks(rt_rest_of(rest, past_one(rest, 0, 's')));
}

/* "#/input/width: must be a number" */
static rt_slice path_before_colon(rt_slice rest) {
  size_t at = 0;
  while (at < rest.length && (rt_is_alphanumeric(rest.data[at]) || rest.data[at] == '_' || rest.data[at] == '/')) at++;
  return at && at < rest.length && rest.data[at] == ':' ? between(rest, 0, at) : none;
}

/* "nvalid width parameter" */
static rt_slice word_before_parameter(rt_slice rest) {
  size_t at = past_word(rest, 0);
  return at && stands_at(rest, at, " parameter") ? between(rest, 0, at) : none;
}

/* Chinese has no blanks between words. */
static rt_slice name_behind_chinese(rt_slice rest) {
  size_t first = rest.length && is_quote(rest.data[0]) ? 1 : 0, at = first;
  if (first == rest.length || !rt_is_letter(rest.data[first])) return none;
  while (at < rest.length && is_of_name(rest.data[at]) && rest.data[at] != '[' && rest.data[at] != ']') at++;
  return between(rest, first, at);
}

/* "'width' is too large", "width must be", "width: not a number", "* input.width: missing" */
static rt_slice name_at_start(rt_slice said) {
  if (said.length == 0) return none;
  if (is_quote(said.data[0])) {
    rt_slice name = quoted_at(said, 0);
    return name.data && stands_at(said, name.length + 2, " ") ? name : none;
  }
  if (stands_at(said, 0, "* ")) {
    size_t dot = past_word(said, 2), first = dot + 1;
    if (dot == 2 || !stands_at(said, dot, ".")) return none;
    size_t end = past_name(said, first, false);
    return end > first && stands_at(said, end, ":") ? between(said, first, end) : none;
  }
  if (!rt_is_letter(said.data[0])) return none;
  size_t end = past_name(said, 0, false);
  bool told = stands_at(said, end, " is required") || stands_at(said, end, " must ") || stands_at(said, end, " should ") ||
              (rt_is_small(said.data[0]) && stands_at(said, end, ":") && rt_past_blanks(said, end + 1) > end + 1);
  return told ? between(said, 0, end) : none;
}

static bool is_parameter(rt_slice name) {
  static const char *const others[] = {"the",  "a",     "an",        "it",     "this",   "that", "error", "request", "value", "message",
                                       "is",   "body",  "api",       "detail", "key",    "you",  "input", "one",     "http",  "https",
                                       "json", "field", "parameter", "code",   "status", "for",  "of",    "in",      "urls",  "assets"};
  if (!name.data || name.length < 2) return false;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (rt_slices_alike(name, rt_slice_of(others[i]))) return false;
  for (size_t i = 0; i < name.length; i++)
    if (!rt_is_digit(name.data[i])) return true;
  return false;
}

enum {
  HAS_PARAMETER = 1,
  HAS_INVALID = 2,
  HAS_MISSING = 4,
  HAS_FIELD = 8,
  HAS_PATH = 16,
  HAS_CHINESE = 32,
  HAS_QUOTED = 64,
  HAS_USE = 128
};
static const rt_sign parameter_signs[] = {{"arameter", 2}, {"nvalid ", 0}, {"issing required ", 1}, {"field", 0}, {"#/", 0},
                                          {"参数", 2},     {"", 0},        {"nsupported use of", 3}};
static const uint32_t parameter_pairs[256] = {
    ['a'] = RT_FIRST(HAS_PARAMETER),
    ['m'] = RT_SECOND(HAS_PARAMETER),
    ['n'] = RT_FIRST(HAS_INVALID),
    ['v'] = RT_SECOND(HAS_INVALID),
    ['s'] = RT_FIRST(HAS_MISSING) | RT_SECOND(HAS_MISSING), /* ss */
    ['f'] = RT_FIRST(HAS_FIELD),
    ['i'] = RT_SECOND(HAS_FIELD),
    ['#'] = RT_FIRST(HAS_PATH),
    ['/'] = RT_SECOND(HAS_PATH),
    [0x82] = RT_FIRST(HAS_CHINESE),
    [0xE6] = RT_SECOND(HAS_CHINESE),
    ['\''] = RT_FIRST(HAS_QUOTED),
    ['`'] = RT_FIRST(HAS_QUOTED),
    ['"'] = RT_FIRST(HAS_QUOTED),
    [' '] = RT_SECOND(HAS_QUOTED),
    ['p'] = RT_FIRST(HAS_USE) | RT_SECOND(HAS_USE), /* pp */
};

static const struct {
  unsigned needs;
  const char *mark;
  reading read;
} mentions[] = {{HAS_PARAMETER, "arameter", quoted_behind_plural},
                {HAS_INVALID, "nvalid value for", name_behind_value_for},
                {HAS_MISSING | HAS_PARAMETER, "issing required parameter", name_behind_plural},
                {HAS_INVALID | HAS_PARAMETER, "nvalid parameter", name_behind_blanks},
                {HAS_MISSING | HAS_FIELD, "issing required field", name_behind_blanks},
                {HAS_FIELD, "issing field", name_behind_blanks},
                {HAS_FIELD, "field", quoted_behind_blanks},
                {HAS_USE, "nsupported use of", quoted_behind_blanks},
                {HAS_PATH, "#/", path_before_colon},
                {HAS_INVALID | HAS_PARAMETER, "nvalid ", word_before_parameter},
                {HAS_CHINESE, "参数", name_behind_chinese}};

/* "The value of 'width' is too large" */
static rt_slice quoted_before_is(rt_slice said) {
  static const char *const marks[] = {"' is ", "` is ", "\" is "};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *stop = behind(said, marks[i]);
    if (!stop) continue;
    const char *end = stop - strlen(marks[i]), *first = end, *earliest = end - said.data > 60 ? end - 60 : said.data;
    while (first > earliest && (is_of_name(first[-1]) || first[-1] == '-')) first--;
    rt_slice name = {first, (size_t)(end - first)};
    if (first > earliest && is_quote(first[-1]) && is_parameter(name)) return name;
  }
  return none;
}

/* "Invalid parameters: duration must be ...": what stands behind such a heading; empty where there is none. */
static rt_slice behind_heading(rt_slice said) {
  static const char *const headings[] = {"invalid parameters: ", "invalid parameter: ", "invalid request: ", "parameter error: ",
                                         "validation error: ",   "validation failed: ", "bad request: "};
  for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
    rt_slice heading = rt_slice_of(headings[i]);
    if (rt_slices_alike(rt_start_of(said, heading.length), heading)) return rt_rest_of(said, heading.length);
  }
  return rt_start_of(said, 0);
}

static rt_slice parameter_in(rt_slice said) {
  rt_slice name = name_at_start(said), rest = behind_heading(said);
  if (!name.data && rest.length > 0) name = name_at_start(rest);
  if (is_parameter(name)) return name;
  unsigned signs = rt_signs_in(said, parameter_pairs, parameter_signs);
  for (size_t i = 0; signs && i < sizeof mentions / sizeof *mentions; i++) {
    if (mentions[i].needs & ~signs) continue;
    name = after(said, mentions[i].mark, mentions[i].read);
    if (is_parameter(name)) return name;
  }
  return signs & HAS_QUOTED ? quoted_before_is(said) : none;
}

size_t rt_words_field(rt_slice message, char *out, size_t room) {
  rt_slice name = parameter_in(rt_start_of(message, RT_WORDS_FIELD));
  if (!name.data) return 0;
  if (name.data[name.length - 1] == '.' || name.data[name.length - 1] == '/') name.length--;
  if (name.length > room) return 0;
  for (size_t i = 0; i < name.length; i++) out[i] = name.data[i] == '/' ? '.' : name.data[i];
  return name.length;
}
