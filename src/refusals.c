#include "refusals.h"

#include <string.h>

#include "memory.h"

/* Two generations: the newer one is filled up to half of the cap, then becomes the older one and the oldest refusals are let go
   together. So the memory is bounded, a look-up is two probes, and nothing younger than half the cap is ever forgotten. */
typedef struct entry {
  unsigned provider; /* from 1; 0: empty; DEAD: removed, the probe goes on */
  rt_fingerprint content;
} entry;

#define DEAD 0xffffffffu

typedef struct generation {
  entry *entries;
  size_t size, used; /* size is a power of two */
} generation;

struct rt_refusals {
  generation newer, older;
  size_t most; /* of one generation */
};

rt_refusals *rt_refusals_new(size_t most) {
  rt_refusals *set = rt_calloc(1, sizeof *set);
  if (set) set->most = most / 2 + 1;
  return set;
}

void rt_refusals_free(rt_refusals *set) {
  if (!set) return;
  rt_free(set->newer.entries);
  rt_free(set->older.entries);
  rt_free(set);
}

/* The slot that holds the pair, or the empty one where the search ended. SHA-256 is its own hash. */
static entry *find(const generation *in, unsigned provider, const rt_fingerprint *content) {
  size_t start;
  memcpy(&start, content->bytes, sizeof start);
  start += provider * 2654435761u;
  for (size_t i = 0;; i++) {
    entry *at = &in->entries[(start + i) & (in->size - 1)];
    if (at->provider == 0) return at;
    if (at->provider == provider && memcmp(&at->content, content, sizeof *content) == 0) return at;
  }
}

static bool holds(const generation *in, unsigned provider, const rt_fingerprint *content) {
  return in->size && find(in, provider, content)->provider == provider;
}

static bool grow(generation *table) {
  generation bigger = {NULL, table->size ? table->size * 2 : 64, 0};
  bigger.entries = rt_calloc(bigger.size, sizeof *bigger.entries);
  if (!bigger.entries) return false;
  for (size_t i = 0; i < table->size; i++) {
    const entry *old = &table->entries[i];
    if (old->provider == 0 || old->provider == DEAD) continue;
    *find(&bigger, old->provider, &old->content) = *old;
    bigger.used++;
  }
  rt_free(table->entries);
  *table = bigger;
  return true;
}

bool rt_refusals_has(const rt_refusals *set, unsigned provider, const rt_fingerprint *content) {
  return holds(&set->newer, provider, content) || holds(&set->older, provider, content);
}

bool rt_refusals_add(rt_refusals *set, unsigned provider, const rt_fingerprint *content) {
  generation *newer = &set->newer;
  if (holds(newer, provider, content)) return true;
  if (newer->used >= set->most) {
    rt_free(set->older.entries);
    set->older = *newer;
    memset(newer, 0, sizeof *newer);
  }
  if ((newer->used + 1) * 2 > newer->size && !grow(newer)) return false;
  entry *at = find(newer, provider, content);
  at->provider = provider;
  at->content = *content;
  newer->used++;
  return true;
}

bool rt_refusals_remove(rt_refusals *set, unsigned provider, const rt_fingerprint *content) {
  bool removed = false;
  generation *both[2] = {&set->newer, &set->older};
  for (int i = 0; i < 2; i++) {
    if (!holds(both[i], provider, content)) continue;
    find(both[i], provider, content)->provider = DEAD;
    removed = true;
  }
  return removed;
}
