/* number.h: numbers in decimal, from text and to text, whatever the locale. */
#ifndef RT_NUMBER_H
#define RT_NUMBER_H

#include "fault.h"

/* Blanks around it are allowed, as Lua's tonumber has it without hexadecimal; false where it is no number. May be infinite: "1e999". */
bool rt_number(rt_slice text, double *out);

/* As "%.14g" prints it in the C locale; NUL-terminated, its length is the answer. */
#define RT_NUMBER_ROOM 32
size_t rt_number_text(double number, char out[RT_NUMBER_ROOM]);

#endif
