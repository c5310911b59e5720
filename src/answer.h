/* answer.h: what the headers of an answer say of a failure: an id to ask the provider about, a time to wait, a name of the error. */
#ifndef RT_ANSWER_H
#define RT_ANSWER_H

#include "classify.h"

/* The last header of that name (lower case); {NULL, 0} where there is none. */
rt_slice rt_header_of(const rt_call *call, rt_slice name);

rt_slice rt_request_id_of(const rt_rulebook *book, const rt_call *call);
rt_slice rt_error_type_of(const rt_call *call);

/* Retry-After and its kin. Seconds; negative: none. */
double rt_named_wait(const rt_call *call);
/* Until a limit that is used up is reset. */
double rt_reset_wait(const rt_call *call);

#endif
