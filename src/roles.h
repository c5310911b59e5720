/* roles.h: what the keys of an answer mean, and what its words for states, endings and codes do. Bytes are compared by hand: no locale. */
#ifndef RT_ROLES_H
#define RT_ROLES_H

#include <stdint.h>

#include "slice.h"

/* The first ones are the roles of what is inside of a table, in the order in which it is read. */
typedef enum rt_slot {
  RT_SLOT_ERROR,  /* errors, whatever else the table says */
  RT_SLOT_DETAIL, /* errors only inside of errors; texts of a failure */
  RT_SLOT_MESSAGE,
  RT_SLOT_CODE,
  RT_SLOT_STATE,
  RT_SLOT_INSIDE, /* what holds answers of all kinds */
  RT_SLOT_TYPE,
  RT_SLOT_TITLE,
  RT_SLOT_REASON,
  RT_SLOT_FIELD,
  RT_SLOT_RETRY,
  RT_SLOT_RETRY_MS,
  RT_SLOT_RESET,
  RT_SLOT_ESTIMATE,
  RT_SLOT_RESET_ZONE,
  RT_SLOT_ADVICE,
  RT_SLOT_REQUEST_ID,
  RT_SLOT_TASK_ID,
  RT_SLOT_SUCCESS,
  RT_SLOT_STAGE,
  RT_SLOT_FINISH,
  RT_SLOT_BLOCKED,
  RT_SLOT_FILTERED,
  RT_SLOT_MADE,
  RT_SLOT_SAFE, /* whether what was made may be shown */
  RT_SLOT_UNSAFE, /* the other way round: a flag, or one for each */
  RT_SLOT_COUNT
} rt_slot;

/* Words for the state of a task. */
typedef enum rt_state_word {
  RT_STATE_OTHER,
  RT_STATE_FAILED,
  RT_STATE_NAMED, /* says why it failed, too: such a word is kept as a code */
  RT_STATE_CANCELLED,
  RT_STATE_LOST, /* "task_status": "UNKNOWN": nobody knows the task */
  RT_STATE_WELL
} rt_state_word;

#define RT_LONGEST_NAME 24
#define RT_MOST_NAMES 384
#define RT_NAME_BUCKETS 1024

typedef struct rt_name {
  char text[RT_LONGEST_NAME]; /* in small letters, without signs */
  uint8_t length;
  uint8_t meaning; /* rt_slot or rt_state_word */
  uint8_t rank;    /* the lower rank counts where several keys have the same role */
} rt_name;

/* Names by what is left of them without signs and letter case; the first place is not used. */
typedef struct rt_names {
  rt_name list[RT_MOST_NAMES];
  uint16_t buckets[RT_NAME_BUCKETS];
  unsigned count;
} rt_names;

/* There is nothing to free. */
void rt_names_of_keys(rt_names *names);
void rt_names_of_states(rt_names *names);

/* "error_code": error_code, errorCode, ErrorCode, errorcode, error-code, ERROR_CODE. The place of its name in the list, all spellings
   having the same one; 0: the key means nothing. */
unsigned rt_key_place(const rt_names *keys, rt_slice key);
/* "In Progress", "IN_PROGRESS", "inProgress" */
rt_state_word rt_state_of(const rt_names *states, rt_slice word);

bool rt_text_holds(rt_slice text, const char *part);
bool rt_text_is(rt_slice text, const char *small); /* whatever the letter case of the text */
bool rt_is_fine_code(rt_slice code);               /* "0", "200", "success": a code of no error */
bool rt_says_success(rt_slice message);            /* "success", "ok", "...成功" */
bool rt_is_fine_ending(rt_slice reason);           /* "stop", "end_turn": the answer ended as it should */
bool rt_is_no_field(rt_slice key);                 /* never the name of a parameter: "documentation", "timestamp" */

#endif
