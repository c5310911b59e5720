#include "matcher.h"

#include <string.h>

#include "memory.h"

/* Texts of errors seldom lead far into the tree: the nodes next to the root have a row with every step, the others a short list of
 * children. */
#define DENSE_NODES 512

typedef struct node {
  uint32_t first; /* children are numbered one after the other */
  uint32_t count;
  uint32_t fail;   /* the longest other suffix of this node's text that is in the tree */
  uint32_t output; /* chain of the ids that end here, 0: none */
} node;

/* the tree while literals are added: children as a list */
typedef struct sprout {
  uint32_t child, sibling, output, last_output;
  unsigned char label;
} sprout;

typedef struct output {
  uint32_t id, next;
} output;

struct rt_matcher {
  const unsigned char *fold;
  sprout *sprouts;
  size_t sprout_count, sprout_capacity;
  output *outputs; /* the first is unused: 0 ends a chain */
  size_t output_count, output_capacity;
  node *nodes;           /* numbered breadth first, the root is 0 */
  uint32_t *emits;       /* by node: the first one along the fail links, it included, at whose text a literal ends; 0: none */
  unsigned char *labels; /* by node: the class of the byte that leads there */
  uint32_t *steps;       /* a row of `classes` for each of the first `dense` nodes */
  uint32_t count, dense, classes;
  unsigned char class_of[256]; /* 0: the byte is in no literal */
};

/* room for one more; the first place stays unused */
static bool grow(void **list, size_t *capacity, size_t count, size_t size) {
  if (count < *capacity) return true;
  size_t wanted = *capacity ? *capacity * 2 : 64;
  if (wanted > UINT32_MAX) return false;
  void *bigger = rt_realloc(*list, wanted * size);
  if (!bigger) return false;
  *list = bigger;
  *capacity = wanted;
  return true;
}

rt_matcher *rt_matcher_new(const unsigned char fold[256]) {
  rt_matcher *matcher = rt_calloc(1, sizeof *matcher);
  if (!matcher) return NULL;
  matcher->fold = fold;
  matcher->sprout_capacity = matcher->output_capacity = 64;
  matcher->sprouts = rt_calloc(64, sizeof *matcher->sprouts);
  matcher->outputs = rt_calloc(64, sizeof *matcher->outputs);
  matcher->sprout_count = matcher->output_count = 1;
  if (matcher->sprouts && matcher->outputs) return matcher;
  rt_matcher_free(matcher);
  return NULL;
}

void rt_matcher_free(rt_matcher *matcher) {
  if (!matcher) return;
  rt_free(matcher->sprouts);
  rt_free(matcher->outputs);
  rt_free(matcher->nodes);
  rt_free(matcher->labels);
  rt_free(matcher->emits);
  rt_free(matcher->steps);
  rt_free(matcher);
}

/* the child of `parent` under that label, made where there is none; 0 when memory is short */
static uint32_t child_of(rt_matcher *matcher, uint32_t parent, unsigned char label) {
  uint32_t child = matcher->sprouts[parent].child;
  while (child && matcher->sprouts[child].label != label) child = matcher->sprouts[child].sibling;
  if (child) return child;
  if (!grow((void **)&matcher->sprouts, &matcher->sprout_capacity, matcher->sprout_count, sizeof *matcher->sprouts)) return 0;
  child = (uint32_t)matcher->sprout_count++;
  sprout fresh = {0, matcher->sprouts[parent].child, 0, 0, label};
  matcher->sprouts[child] = fresh;
  matcher->sprouts[parent].child = child;
  return child;
}

static unsigned char class_of_byte(rt_matcher *matcher, char byte) {
  unsigned char folded = matcher->fold[(unsigned char)byte];
  if (!matcher->class_of[folded]) matcher->class_of[folded] = (unsigned char)(++matcher->classes);
  return matcher->class_of[folded];
}

bool rt_matcher_add(rt_matcher *matcher, rt_slice literal, uint32_t id) {
  uint32_t at = 0;
  if (literal.length == 0) return true;
  for (size_t i = 0; i < literal.length; i++) {
    at = child_of(matcher, at, class_of_byte(matcher, literal.data[i]));
    if (!at) return false;
  }
  if (!grow((void **)&matcher->outputs, &matcher->output_capacity, matcher->output_count, sizeof *matcher->outputs)) return false;
  output fresh = {id, 0};
  uint32_t place = (uint32_t)matcher->output_count++;
  matcher->outputs[place] = fresh;
  sprout *leaf = &matcher->sprouts[at];
  if (leaf->output)
    matcher->outputs[leaf->last_output].next = place;
  else
    leaf->output = place;
  leaf->last_output = place;
  return true;
}

/* the child of node `at` under that label, 0: none */
static uint32_t find_child(const rt_matcher *matcher, uint32_t at, unsigned char label) {
  const node *parent = &matcher->nodes[at];
  for (uint32_t i = parent->first; i < parent->first + parent->count; i++)
    if (matcher->labels[i] == label) return i;
  return 0;
}

/* A row holds where each of its steps leads as the place of that node's row, or past all rows by its distance from the last of them; the
   highest bit says that some literal ends there. */
#define ENDS_HERE ((uint32_t)1 << 31)

static uint32_t place_of(const rt_matcher *matcher, uint32_t n) {
  uint32_t place = n < matcher->dense ? n * matcher->classes : matcher->dense * matcher->classes + (n - matcher->dense);
  return matcher->emits[n] ? place | ENDS_HERE : place;
}

static uint32_t node_at(const rt_matcher *matcher, uint32_t place) {
  uint32_t rows = matcher->dense * matcher->classes;
  return place < rows ? place / matcher->classes : place - rows + matcher->dense;
}

/* From node `at` by a byte of that class: the place it leads to. */
static uint32_t step(const rt_matcher *matcher, uint32_t at, unsigned char label) {
  while (at >= matcher->dense) {
    uint32_t child = find_child(matcher, at, label);
    if (child) return place_of(matcher, child);
    at = matcher->nodes[at].fail;
  }
  return matcher->steps[at * matcher->classes + label];
}

/* Numbers the sprouts breadth first. `order[n]` is the sprout that became node n. */
static void number_nodes(rt_matcher *matcher, uint32_t *order) {
  uint32_t count = 1;
  order[0] = 0;
  for (uint32_t n = 0; n < count; n++) {
    const sprout *from = &matcher->sprouts[order[n]];
    matcher->nodes[n].first = count;
    matcher->nodes[n].output = from->output;
    for (uint32_t child = from->child; child; child = matcher->sprouts[child].sibling) {
      matcher->labels[count] = matcher->sprouts[child].label;
      order[count++] = child;
    }
    matcher->nodes[n].count = count - matcher->nodes[n].first;
  }
}

/* The fail links and rows: those of a node need only those of nodes nearer to the root, which stand before it. */
static void link_nodes(rt_matcher *matcher) {
  for (uint32_t n = 0; n < matcher->count; n++) {
    node *parent = &matcher->nodes[n];
    for (uint32_t child = parent->first; child < parent->first + parent->count; child++) {
      node *made = &matcher->nodes[child];
      made->fail = n ? node_at(matcher, step(matcher, parent->fail, matcher->labels[child]) & ~ENDS_HERE) : 0;
      matcher->emits[child] = made->output ? child : matcher->emits[made->fail];
    }
    if (n >= matcher->dense) continue;
    uint32_t *row = matcher->steps + n * matcher->classes;
    if (n) memcpy(row, matcher->steps + parent->fail * matcher->classes, matcher->classes * sizeof *row);
    for (uint32_t i = 0; i < parent->count; i++) row[matcher->labels[parent->first + i]] = place_of(matcher, parent->first + i);
  }
}

bool rt_matcher_finish(rt_matcher *matcher) {
  uint32_t count = (uint32_t)matcher->sprout_count;
  uint32_t *order = rt_malloc(count * sizeof *order);
  matcher->count = count;
  matcher->dense = count < DENSE_NODES ? count : DENSE_NODES;
  matcher->classes++; /* and the class of all other bytes */
  matcher->nodes = rt_calloc(count, sizeof *matcher->nodes);
  matcher->labels = rt_calloc(count, 1);
  matcher->emits = rt_calloc(count, sizeof *matcher->emits);
  matcher->steps = rt_calloc((size_t)matcher->dense * matcher->classes, sizeof *matcher->steps);
  bool done = order && matcher->nodes && matcher->emits && matcher->labels && matcher->steps;
  if (done) {
    number_nodes(matcher, order);
    link_nodes(matcher);
    /* from here on texts are not folded first: their bytes have the classes of what they count as */
    for (int byte = 0; byte < 256; byte++) {
      if (matcher->fold[byte] != byte) matcher->class_of[byte] = matcher->class_of[matcher->fold[byte]];
    }
    rt_free(matcher->sprouts);
    matcher->sprouts = NULL;
  }
  rt_free(order);
  return done;
}

/* all literals that end where the node at `place` does */
static void report(const rt_matcher *matcher, uint32_t place, size_t end, rt_matcher_hit hit, void *context) {
  uint32_t ends = matcher->emits[node_at(matcher, place)];
  for (; ends; ends = matcher->emits[matcher->nodes[ends].fail]) {
    uint32_t out = matcher->nodes[ends].output;
    while (out && hit(context, matcher->outputs[out].id, end)) out = matcher->outputs[out].next;
  }
}

void rt_matcher_scan(const rt_matcher *matcher, rt_slice text, rt_matcher_hit hit, void *context) {
  const uint32_t rows = matcher->dense * matcher->classes, *steps = matcher->steps;
  uint32_t at = 0;
  for (size_t i = 0; i < text.length; i++) {
    unsigned char label = matcher->class_of[(unsigned char)text.data[i]];
    at = at < rows ? steps[at + label] : step(matcher, at - rows + matcher->dense, label);
    if (at & ENDS_HERE) report(matcher, at &= ~ENDS_HERE, i + 1, hit, context);
  }
}
