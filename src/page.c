#include "page.h"

#include <stdint.h>
#include <string.h>

#include "ascii.h"

#define CODE_KEPT 64         /* bytes of a code; longer words are none */
#define HEADING_KEPT 600     /* bytes of a title or a heading */
#define UNCLOSED_READ 399    /* behind a tag that is never closed */
#define ALL_WORDS_READ 16384 /* of a page without a title */
#define LINES_READ 512

static char folded(char byte) {
  return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

static bool is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* Whether `name`, in lower case, stands at `at`, in any. */
static bool stands_at(const char *at, const char *end, const char *name) {
  for (; *name; at++, name++)
    if (at == end || folded(*at) != *name) return false;
  return true;
}

static const char *find_byte(const char *at, const char *end, char byte) {
  return at < end ? memchr(at, byte, (size_t)(end - at)) : NULL;
}

static rt_slice between(const char *at, const char *end) {
  rt_slice out = {at, (size_t)(end - at)};
  return out;
}

/* ---- plain words ---------------------------------------------------------------------------------------------------------------- */

/* The words of a piece of a page, byte by byte: a tag counts as a blank, blanks between words as one space. */
typedef struct words {
  const char *at, *end;
  bool begun;
} words;

/* Behind the tag that begins at `at`; NULL where what begins there is none. */
static const char *skip_tag(const char *at, const char *end) {
  do at++;
  while (at < end && *at != '<' && *at != '>');
  return at < end && *at == '>' ? at + 1 : NULL;
}

/* The next byte, or -1. */
static int next_byte(words *from) {
  bool blank = false;
  while (from->at < from->end) {
    const char *behind = is_blank(*from->at) ? from->at + 1 : *from->at == '<' ? skip_tag(from->at, from->end) : NULL;
    if (behind) {
      from->at = behind;
      blank = true;
      continue;
    }
    if (blank && from->begun) return ' ';
    from->begun = true;
    return (unsigned char)*from->at++;
  }
  return -1;
}

static words words_of(rt_slice piece) {
  words out = {piece.data, piece.data + piece.length, false};
  return out;
}

static bool has_words(rt_slice piece) {
  words all = words_of(piece);
  return piece.data && next_byte(&all) >= 0;
}

static bool same_words(rt_slice a, rt_slice b) {
  words one = words_of(a), other = words_of(b);
  for (;;) {
    int byte = next_byte(&one);
    if (byte != next_byte(&other)) return false;
    if (byte < 0) return true;
  }
}

/* ---- what is written ------------------------------------------------------------------------------------------------------------ */

#define ENTITY_LENGTH 5 /* of the longest, without its semicolon */

typedef struct writer {
  char *out;
  size_t room, length;
  bool begun;
  char held[ENTITY_LENGTH]; /* what may become an entity */
  size_t held_count;
} writer;

static void put_plain(writer *to, char byte) {
  if (to->length < to->room) to->out[to->length++] = byte;
}

static void put_held(writer *to) {
  for (size_t i = 0; i < to->held_count; i++) put_plain(to, to->held[i]);
  to->held_count = 0;
}

/* The character an entity stands for, '\0' where it is not known. */
static char character_of(const char *entity, size_t length) {
  static const struct {
    char name[ENTITY_LENGTH + 1], stands_for;
  } known[] = {{"&amp", '&'}, {"&lt", '<'}, {"&gt", '>'}, {"&quot", '"'}, {"&nbsp", ' '}, {"&#39", '\''}, {"&#x27", '\''}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strlen(known[i].name) == length && memcmp(known[i].name, entity, length) == 0) return known[i].stands_for;
  return '\0';
}

static void put(writer *to, char byte) {
  if (to->held_count) {
    char character = byte == ';' ? character_of(to->held, to->held_count) : '\0';
    if (character) {
      to->held_count = 0;
      put_plain(to, character);
      return;
    }
    bool of_name = is_digit(byte) || (folded(byte) >= 'a' && folded(byte) <= 'z') || byte == '#';
    if (of_name && to->held_count < ENTITY_LENGTH) {
      to->held[to->held_count++] = byte;
      return;
    }
    put_held(to);
  }
  if (byte == '&')
    to->held[to->held_count++] = byte;
  else
    put_plain(to, byte);
}

static void put_text(writer *to, const char *text) {
  while (*text) put(to, *text++);
}

/* One more of the things a page says. */
static void begin_piece(writer *to) {
  if (to->begun) put_text(to, " - ");
  to->begun = true;
}

static void put_words(writer *to, rt_slice piece, size_t most) {
  words from = words_of(piece);
  begin_piece(to);
  while (most-- > 0 && to->length < to->room) {
    int byte = next_byte(&from);
    if (byte < 0) return;
    put(to, (char)byte);
  }
}

/* ---- elements ------------------------------------------------------------------------------------------------------------------- */

enum { TITLE, HEADING, SECOND_HEADING, CODE, MESSAGE, DETAILS, ELEMENTS };
static const char *const names[ELEMENTS] = {"title", "h1", "h2", "code", "message", "details"};

/* Where the first tag of each name begins, behind its name; NULL where there is none. */
static void find_elements(const char *at, const char *end, const char *found[ELEMENTS]) {
  int missing = ELEMENTS;
  while (missing > 0 && (at = find_byte(at, end, '<'))) {
    at++;
    char first = at < end ? folded(*at) : '\0';
    if (first != 't' && first != 'h' && first != 'c' && first != 'm' && first != 'd') continue;
    for (int i = 0; i < ELEMENTS; i++) {
      const char *behind = at + strlen(names[i]);
      if (found[i] || !stands_at(at, end, names[i]) || behind == end || (!is_blank(*behind) && *behind != '>')) continue;
      found[i] = behind;
      missing--;
    }
  }
}

/* From behind the name in an element's first tag: what stands between that tag and the last; {NULL, 0} where there are no words. */
static rt_slice inside_of(const char *behind, const char *end, const char *name) {
  rt_slice none = {NULL, 0};
  const char *from = behind ? find_byte(behind, end, '>') : NULL;
  if (!from) return none;
  const char *close = ++from;
  while ((close = find_byte(close, end, '<')) && !(close + 1 < end && close[1] == '/' && stands_at(close + 2, end, name))) close++;
  if (!close) close = end - from > UNCLOSED_READ ? from + UNCLOSED_READ : end;
  rt_slice inside = between(from, close);
  return has_words(inside) ? inside : none;
}

/* ---- numbers of errors ---------------------------------------------------------------------------------------------------------- */

/* The next "error" in any letter case. The last of five bytes says how far one may go on where it is not there. */
static const char *find_error(const char *at, const char *end) {
  while (end - at >= 5) {
    char last = folded(at[4]);
    if (last == 'r' && stands_at(at, end, "error")) return at;
    at += last == 'r' ? 2 : last == 'o' ? 1 : last == 'e' ? 4 : 5;
  }
  return NULL;
}

static rt_slice digits_at(const char *at, const char *end) {
  const char *from = at;
  while (at < end && is_digit(*at)) at++;
  return between(from, at);
}

/* The number an error page of Cloudflare's names: "errorcode_1020", "error code: 1020", a class "cf-error-code"; the first form counts most. */
static rt_slice error_number(const char *start, const char *end) {
  const char *barren = start; /* what was read up to there holds no number that a form before it leads to */
  rt_slice said = {NULL, 0}, marked = {NULL, 0};
  for (const char *at = find_error(start, end); at; at = find_error(at + 5, end)) {
    if (stands_at(at + 5, end, "code_")) {
      rt_slice digits = digits_at(at + 10, end);
      if (digits.length) return digits;
    } else if (!said.data && at >= barren && stands_at(at + 5, end, " code")) {
      barren = at + 10;
      while (barren < end && !is_digit(*barren) && *barren != '<') barren++;
      rt_slice digits = digits_at(barren, end);
      if (digits.length == 3 || digits.length == 4) said = digits;
    } else if (!marked.data && at - start >= 3 && stands_at(at - 3, end, "cf-error-code\">")) {
      rt_slice digits = digits_at(at + 12, end);
      if (digits.length) marked = digits;
    }
  }
  return said.data ? said : marked;
}

/* ---- pages ---------------------------------------------------------------------------------------------------------------------- */

/* The title and headings, each once. */
static void put_headings(writer *to, const rt_slice pieces[ELEMENTS]) {
  for (int i = TITLE; i <= SECOND_HEADING; i++) {
    bool seen = false;
    for (int k = TITLE; k < i && !seen; k++) seen = pieces[k].data && pieces[i].data && same_words(pieces[k], pieces[i]);
    if (pieces[i].data && !seen) put_words(to, pieces[i], HEADING_KEPT);
  }
}

/* One word, such as "AccessDenied"; a number alone is as likely the status. */
static rt_slice code_in(rt_slice piece) {
  rt_slice none = {NULL, 0};
  bool letters = false;
  while (piece.length > 0 && is_blank(*piece.data)) piece.data++, piece.length--;
  while (piece.length > 0 && is_blank(piece.data[piece.length - 1])) piece.length--;
  if (piece.length > CODE_KEPT || !rt_is_name(piece)) return none;
  for (size_t i = 0; i < piece.length; i++) letters = letters || rt_is_letter(piece.data[i]);
  return letters ? piece : none;
}

bool rt_page_words(rt_slice page, char *out, size_t room, size_t *length, rt_slice *code) {
  const char *end = page.data + page.length, *found[ELEMENTS] = {NULL};
  rt_slice pieces[ELEMENTS];
  writer to = {out, room < RT_PAGE_KEPT ? room : RT_PAGE_KEPT, 0, false, {0}, 0};
  *length = 0;
  *code = (rt_slice){NULL, 0};
  if (!page.length) return false;
  find_elements(page.data, end, found);
  for (int i = 0; i < ELEMENTS; i++) pieces[i] = inside_of(found[i], end, names[i]);
  /* S3 and others answer in XML; a page for people may have a <code> or <details> too */
  if (pieces[CODE].data && pieces[MESSAGE].data) *code = code_in(pieces[CODE]);
  if (pieces[CODE].data) put_words(&to, pieces[CODE], SIZE_MAX);
  if (pieces[MESSAGE].data) put_words(&to, pieces[MESSAGE], SIZE_MAX);
  if (code->data && pieces[DETAILS].data) put_words(&to, pieces[DETAILS], SIZE_MAX);
  if (!to.begun) put_headings(&to, pieces);
  if (page.length > ALL_WORDS_READ) page.length = ALL_WORDS_READ;
  if (!to.begun && has_words(page)) put_words(&to, page, SIZE_MAX);
  rt_slice number = error_number(page.data, end);
  if (number.data) {
    begin_piece(&to);
    put_text(&to, "error code: ");
    for (size_t i = 0; i < number.length && to.length < to.room; i++) put(&to, number.data[i]);
  }
  put_held(&to);
  *length = to.length;
  return to.begun;
}

/* ---- streams -------------------------------------------------------------------------------------------------------------------- */

static bool begins(rt_slice text, const char *with) {
  size_t length = strlen(with);
  return text.length >= length && memcmp(text.data, with, length) == 0;
}

bool rt_is_stream(rt_slice text) {
  if (!text.length) return false;
  if (begins(text, "data:") || begins(text, "event:")) return true;
  if (*text.data != ':' && !begins(text, "id:")) return false;
  const char *end = text.data + text.length, *line = find_byte(text.data, end, '\n');
  if (!line || *text.data == ':') return line != NULL;
  return line + 1 < end && (line[1] == 'e' || line[1] == 'd');
}

bool rt_next_event(rt_slice text, size_t *at, size_t *lines, rt_slice *data) {
  const char *end = text.data + text.length;
  if (*at == 0 && !rt_is_stream(text)) return false;
  while (*at < text.length && *lines < LINES_READ) {
    const char *from = text.data + *at, *stop = find_byte(from, end, '\n');
    if (!stop) stop = end;
    *at = (size_t)(stop - text.data) + 1;
    ++*lines;
    if (!begins(between(from, stop), "data:")) continue;
    from += 5;
    if (from < stop && is_blank(*from)) from++;
    const char *carriage = find_byte(from, stop, '\r');
    *data = between(from, carriage ? carriage : stop);
    return true;
  }
  return false;
}
