/* reader.h: what the search for errors knows while it reads one body; shared by the units that make it up: findings.c (whole bodies),
   walk.c (tables inside of tables), saying.c (what one table says itself). */
#ifndef RT_READER_H
#define RT_READER_H

#include "findings.h"
#include "roles.h"

/* Bodies come from outside: how many tables are read, items of a list looked at, and how deep it goes, in tables and in JSON inside
 * strings. */
#define RT_MOST_TABLES 128
#define RT_MOST_ITEMS 32
#define RT_MOST_KIDS 16
#define RT_MOST_TOLD 256
#define RT_MOST_ENDINGS 8
#define RT_LONGEST_PATH 128
#define RT_DEEPEST_TABLE 12
#define RT_DEEPEST_TEXT 4
/* A text that holds JSON is tried only up to this size. */
#define RT_NESTED_READ (64 * 1024)

/* Something inside of a table that may hold errors. */
typedef struct rt_kid {
  uint32_t value;
  uint8_t slot, rank;
  bool is_error; /* of RT_SLOT_ERROR: it tells of one */
} rt_kid;

/* A member of a table whose key has a role. */
typedef struct rt_told_member {
  uint32_t value;
  uint16_t place; /* of its name among the keys */
} rt_told_member;

/* What a table says. Texts without data: it does not say that. */
typedef struct rt_saying {
  rt_slice code, message, type;
  rt_slice state; /* where it is a text, which may be empty */
  rt_state_word word;
  uint32_t values[RT_SLOT_COUNT]; /* the best one for each role, RT_JSON_NONE: none */
  uint8_t ranks[RT_SLOT_COUNT];
  rt_kid *kids;
  size_t kid_count;
  bool has_error;
} rt_saying;

/* How an answer ended, which counts only where nothing was made. */
typedef struct rt_ending {
  rt_finding finding;
  rt_slice owner;
  uint32_t table;
} rt_ending;

struct rt_reader {
  rt_json *json;
  double now;
  unsigned tables_read, text_level;
  bool refused, tells_of_task, is_well, finished_well;
  rt_slice owner;             /* the task that is told of where the reading is */
  rt_slice field;             /* the parameter that the tables around it name by a list of steps */
  uint32_t table;             /* where that is in the body itself, not in JSON inside of its texts */
  char path[RT_LONGEST_PATH]; /* the keys that lead there */
  size_t path_length;
  rt_ending endings[RT_MOST_ENDINGS];
  size_t ending_count;
  char *spare; /* room that was asked for and not needed */
  size_t spare_size;
  rt_kid kids[RT_DEEPEST_TABLE + 1][RT_MOST_KIDS];
  rt_told_member told[RT_MOST_TOLD]; /* of the table that is looked at, with the last one of each name */
  uint8_t told_of[RT_MOST_NAMES];
  rt_findings event; /* of one event of a stream */
  rt_names keys, states;
};

static inline bool rt_is_space(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static inline rt_slice rt_no_text(void) {
  rt_slice none = {NULL, 0};
  return none;
}

static inline const rt_json_value *rt_value(const rt_reader *reader, uint32_t value) {
  return rt_json_at(reader->json, value);
}

/* ---- saying.c: what one table says itself ---- */

/* A text that is not empty, or a number as text; else none, also for RT_JSON_NONE. */
rt_slice rt_text_of(rt_reader *reader, uint32_t value);
/* The member of exactly that name, the last one of several; RT_JSON_NONE: there is none. */
uint32_t rt_member(rt_reader *reader, uint32_t table, const char *name);
rt_slice rt_key_of(rt_reader *reader, uint32_t value); /* without escapes */
bool rt_key_is(rt_reader *reader, uint32_t value, const char *name);
bool rt_is_numeric(rt_slice text);
bool rt_is_true(rt_reader *reader, uint32_t value);

/* Reads a table's members by their roles; the kids are put where those of tables at that depth are. */
void rt_say(rt_reader *reader, uint32_t table, unsigned depth, rt_saying *saying);
/* The error a table itself makes: its own code, type, message, field. The state tells of one only where `has_state`. */
rt_finding rt_own_finding(rt_reader *reader, const rt_saying *saying, rt_slice message, bool has_state);
/* The path of a parameter: "image_urls[0]", from a list of steps; FastAPI's begins with where the parameter stood. */
rt_slice rt_path_of(rt_reader *reader, uint32_t value);
/* A path that starts from the end of another one: "image" and "[0].uri" are "image[0].uri". */
rt_slice rt_path_below(rt_reader *reader, rt_slice around, rt_slice field);
/* Seconds to wait that a table names in its fields, the longest; negative: none. */
double rt_wait_said(rt_reader *reader, const rt_saying *saying);

/* ---- walk.c: tables inside of tables ---- */

/* From here on the reading is below that key as well, if there is room for it; what `path_length` was, to be set again. */
size_t rt_go_below(rt_reader *reader, rt_slice key);
/* The keys that lead to where the reading is: "errors.responseContent". */
rt_slice rt_path_here(rt_reader *reader);
/* Adds a finding as it is, of where the reading is. */
void rt_append_finding(rt_reader *reader, rt_findings *findings, rt_finding finding);
/* Adds a finding, and what its message holds. */
void rt_add_finding(rt_reader *reader, rt_findings *findings, rt_finding finding, unsigned depth);
/* `origin`: the member it stands under, RT_JSON_NONE: none. `erring`: all that is in it is about an error. */
void rt_read_table(rt_reader *reader, rt_findings *findings, uint32_t table, unsigned depth, bool erring, uint32_t origin);
void rt_read_child(rt_reader *reader, rt_findings *findings, uint32_t value, unsigned depth, bool erring, uint32_t origin);

#endif
