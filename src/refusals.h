/* refusals.h: a bounded set of fingerprints of refused content, per provider. */
#ifndef RT_REFUSALS_H
#define RT_REFUSALS_H

#include "gate.h"

typedef struct rt_refusals rt_refusals;

rt_refusals *rt_refusals_new(size_t most);
void rt_refusals_free(rt_refusals *set);
bool rt_refusals_add(rt_refusals *set, unsigned provider, const rt_fingerprint *content); /* false: out of memory */
bool rt_refusals_has(const rt_refusals *set, unsigned provider, const rt_fingerprint *content);
bool rt_refusals_remove(rt_refusals *set, unsigned provider, const rt_fingerprint *content);

#endif
