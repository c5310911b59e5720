/* quotes.h: a provider may quote the service behind it inside of an error of its own. What the quote says decides, but the error is the
   provider's: its code, its words, and then what it quotes. */
#ifndef RT_QUOTES_H
#define RT_QUOTES_H

#include "classify.h"

/* The place of the provider's own error that the finding at that place is quoted in; the place itself where it is no quote. */
size_t rt_error_around(const rt_rulebook *book, const rt_findings *findings, size_t place);

/* What that error says, with what it quotes; no data where it says nothing. `place` is below the count of findings. */
rt_slice rt_with_quote(const rt_rulebook *book, rt_json *json, const rt_findings *findings, size_t place);

#endif
