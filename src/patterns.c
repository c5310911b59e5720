#include "patterns.h"

#include <string.h>

/* clang-format off */
const unsigned char rt_fold_code[256] = {
    0,   1,   2,   3,   4,   5,   6,   7,   8,   9,  10,  11,  12,  13,  14,  15,
   16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,  29,  30,  31,
   95,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  95,  46,  47,
   48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  62,  63,
   64,  97,  98,  99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
  112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122,  91,  92,  93,  94,  95,
   96,  97,  98,  99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
  112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
  128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
  144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
  160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175,
  176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
  192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207,
  208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
  224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
  240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
};
const unsigned char rt_fold_text[256] = {
    0,   1,   2,   3,   4,   5,   6,   7,   8,  32,  32,  32,  32,  32,  14,  15,
   16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,  29,  30,  31,
   32,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  32,  46,  47,
   48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  62,  63,
   64,  97,  98,  99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
  112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122,  91,  92,  93,  94,  32,
   96,  97,  98,  99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
  112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
  128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
  144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
  160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175,
  176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
  192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207,
  208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
  224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
  240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
};
/* clang-format on */

static rt_slice next_segment(rt_slice *rest) {
  rt_slice segment = *rest;
  const char *dot = memchr(rest->data, '.', rest->length);
  if (dot) {
    segment.length = (size_t)(dot - rest->data);
    rest->data = dot + 1;
    rest->length -= segment.length + 1;
  } else {
    rest->data = NULL;
    rest->length = 0;
  }
  return segment;
}

static bool same_folded(const char *part, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (rt_fold_text[(unsigned char)part[i]] != rt_fold_text[(unsigned char)text[i]]) return false;
  return true;
}

/* Glob inside one segment: here `*` stands for any run of characters. */
static bool segment_matches(rt_slice want, rt_slice have) {
  size_t w = 0, h = 0, star = want.length, mark = 0;
  while (h < have.length) {
    if (w < want.length && want.data[w] == '*') {
      star = w++;
      mark = h;
    } else if (w < want.length && rt_fold_code[(unsigned char)want.data[w]] == rt_fold_code[(unsigned char)have.data[h]]) {
      w++;
      h++;
    } else if (star < want.length) {
      w = star + 1;
      h = ++mark;
    } else
      return false;
  }
  while (w < want.length && want.data[w] == '*') w++;
  return w == want.length;
}

/* Glob over segments, by remembering only the last `*`: no recursion, so no pattern can blow up. */
bool rt_pattern_matches(rt_slice pattern, rt_slice code) {
  rt_slice star_pattern = {NULL, 0}, star_code = {NULL, 0};
  bool starred = false;
  if (!code.data) return false;
  if (code.length > RT_CODE_SEARCHED) code.length = RT_CODE_SEARCHED;
  while (code.data) {
    rt_slice pattern_rest = pattern, code_rest = code;
    rt_slice want = {NULL, 0};
    if (pattern.data) want = next_segment(&pattern_rest);
    if (want.data && want.length == 1 && *want.data == '*') {
      starred = true;
      star_pattern = pattern_rest;
      star_code = code;
      pattern = pattern_rest;
      if (!pattern.data) return true;
      continue;
    }
    rt_slice have = next_segment(&code_rest);
    if (want.data && segment_matches(want, have)) {
      pattern = pattern_rest;
      code = code_rest;
    } else if (starred) {
      next_segment(&star_code);
      pattern = star_pattern;
      code = star_code;
    } else
      return false;
  }
  while (pattern.data) {
    rt_slice want = next_segment(&pattern);
    if (want.length != 1 || *want.data != '*') return false;
  }
  return true;
}

static bool is_of_word(char byte) {
  byte = rt_lower(byte);
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool rt_word_begins(rt_slice text, size_t start) {
  return start == 0 || !is_of_word(text.data[start - 1]);
}

bool rt_word_ends(rt_slice text, size_t end) {
  return end >= text.length || !is_of_word(text.data[end]);
}

bool rt_take_mark(rt_slice *part, char mark) {
  if (part->length < 2) return false;
  if (mark == '<' ? part->data[0] != '<' : part->data[part->length - 1] != '>') return false;
  if (mark == '<') part->data++;
  part->length--;
  return true;
}

/* Where `part` first ends in the text, if it begins at or after `from`; more than the text's length when nowhere. */
static size_t find_folded(rt_slice part, rt_slice text, size_t from) {
  bool begins_word = rt_take_mark(&part, '<'), ends_word = rt_take_mark(&part, '>');
  unsigned char first = part.length ? rt_fold_text[(unsigned char)part.data[0]] : 0;
  for (size_t i = from; i + part.length <= text.length; i++) {
    if (part.length == 0) return i;
    if (rt_fold_text[(unsigned char)text.data[i]] != first || !same_folded(part.data, text.data + i, part.length)) continue;
    if ((!begins_word || rt_word_begins(text, i)) && (!ends_word || rt_word_ends(text, i + part.length))) return i + part.length;
  }
  return text.length + 1;
}

bool rt_fragment_matches(rt_slice fragment, rt_slice text) {
  size_t from = 0;
  if (!text.data) return false;
  if (text.length > RT_MESSAGE_SEARCHED) text.length = RT_MESSAGE_SEARCHED;
  while (true) {
    const char *star = fragment.length ? memchr(fragment.data, '*', fragment.length) : NULL;
    rt_slice part = {fragment.data, star ? (size_t)(star - fragment.data) : fragment.length};
    from = find_folded(part, text, from);
    if (from > text.length) return false;
    if (!star) return true;
    fragment.length -= part.length + 1;
    fragment.data = star + 1;
  }
}
