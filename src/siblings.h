/* siblings.h: an answer may tell of several tasks at once; what it says of the others is nothing against ours. */
#ifndef RT_SIBLINGS_H
#define RT_SIBLINGS_H

#include "classify.h"

/* Leaves out the findings that belong to other tasks than the call's, and of a submission's answer those of tasks that it calls taken as
   well: what went wrong with one of their results is told again by the task itself. */
void rt_leave_siblings_out(const rt_rulebook *book, const rt_call *call, rt_json *json, rt_findings *findings);

/* How the task stands that the call is about, after the others were left out: an error that names it ends it, so does one that names none
   and does not speak of the call alone; but not while another part of the same task is well. A submission's answer ends nothing: the task
   under that name may be there all the same. */
rt_told_state rt_state_among_siblings(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings);

#endif
