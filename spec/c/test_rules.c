#include "../../src/rules.h"
#include "../../src/memory.h"
#include "unit.h"

static rt_slice slice(const char *text) {
  rt_slice out = {text, text ? strlen(text) : 0};
  return out;
}

static bool pattern(const char *want, const char *code) {
  return rt_pattern_matches(slice(want), slice(code));
}

static bool fragment(const char *want, const char *text) {
  return rt_fragment_matches(slice(want), slice(text));
}

static void test_patterns(void) {
  CHECK(pattern("a.b", "A.B"));
  CHECK(!pattern("a.b", "a.bc"));
  CHECK(!pattern("a.b", "a.b.c"));
  CHECK(!pattern("a.b", "a"));
  CHECK(pattern("a.*", "a") && pattern("a.*", "a.b") && pattern("a.*", "a.b.c"));
  CHECK(!pattern("a.*", "ab"));
  CHECK(pattern("*.safety.*", "SAFETY") && pattern("*.safety.*", "INPUT.SAFETY.TEXT") && pattern("*.safety.*", "x.y.safety"));
  CHECK(!pattern("*.safety.*", "INPUT.UNSAFETY.TEXT"));
  CHECK(pattern("a.*.z", "a.z") && pattern("a.*.z", "a.b.c.z") && !pattern("a.*.z", "a.b.c"));
  CHECK(pattern("*.b.*.b", "b.b") && pattern("*.b.*.b", "a.b.b.c.b") && !pattern("*.b.*.b", "a.b.c"));
  CHECK(pattern("*", "") && pattern("*", "x.y"));
  CHECK(!pattern("a", "") && !pattern("a..b", "a.b") && pattern("a..b", "a..b"));
  CHECK(!rt_pattern_matches(slice("*"), slice(NULL)));
}

static void test_patterns_inside_a_segment(void) {
  CHECK(pattern("*notfound", "taskNotFound") && pattern("*notfound", "NotFound") && !pattern("*notfound", "notFounder"));
  CHECK(pattern("invalid*", "invalidWidth") && pattern("invalid*", "INVALID") && !pattern("invalid*", "provider.invalidWidth"));
  CHECK(pattern("*ratelimit*", "inferenceRateLimitExceeded") && !pattern("*ratelimit*", "rateLimi"));
  CHECK(pattern("a*b*c", "abc") && pattern("a*b*c", "aXbXbXc") && !pattern("a*b*c", "acb"));
  CHECK(pattern("rate_limit", "Rate-Limit") && pattern("rate*", "RATE LIMIT") && !pattern("rate_limit", "rateLimit"));
  CHECK(!pattern("a*c", "a.c") && !pattern("a*", "a.b") && pattern("a*.b", "axx.b") && pattern("*.x*.z", "a.b.xy.z"));
  CHECK(pattern("**", "") && pattern("**", "abc") && !pattern("**", "a.b") && !pattern("a*", ""));
  CHECK(pattern("*.a*b", "x.ab.acb") && !pattern("*.a*b", "x.ab.acbd"));
}

static void test_fragments(void) {
  CHECK(fragment("credits", "Not enough CREDITS."));
  CHECK(fragment("enough", "enough"));
  CHECK(!fragment("enough", "enoug"));
  CHECK(fragment("asset*exceeds", "Asset size exceeds 16.0MB") && !fragment("exceeds*asset", "Asset size exceeds"));
  CHECK(fragment("a*a", "aa") && !fragment("a*a", "a"));
  CHECK(fragment("x*", "x") && fragment("*x", "x"));
  CHECK(!rt_fragment_matches(slice("x"), slice(NULL)));
}

static void test_long_input_is_linear(void) {
  static char text[1 << 20];
  memset(text, 'a', sizeof text - 1);
  CHECK(!fragment("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", text));
  CHECK(!pattern("a*a*a*a*a*b", text)); /* a recursive glob would not come back from this */
  for (size_t i = 1; i < sizeof text - 1; i += 2) text[i] = '.';
  CHECK(!pattern("*.a.*.a.*.a.*.b", text));
}

static void test_first_match_decides(void) {
  rt_finding findings[2] = {{slice("INTERNAL"), slice(NULL), slice("odd"), slice(NULL), slice(NULL), 0},
                            {slice("13"), slice(NULL), slice("Internal error"), slice(NULL), slice(NULL), 0}};
  rt_evidence evidence = {RT_POLL, 200, slice(NULL), findings, 2};
  rt_verdict verdict;
  rt_rules *rules = rt_rules_new();
  rt_rules_begin(rules, RT_CONTENT_INPUT);
  rt_rules_condition(rules, RT_IF_CODE, "INTERNAL", 8);
  rt_rules_condition(rules, RT_IF_MESSAGE, "internal error", 14); /* both have to hold for the same finding */
  rt_rules_begin(rules, RT_LIMIT_RATE);
  rt_rules_condition(rules, RT_IF_CODE, "13", 2);
  rt_rules_operation(rules, RT_SUBMIT);
  rt_rules_begin(rules, RT_PROVIDER_INTERNAL);
  rt_rules_condition(rules, RT_IF_CODE, "13", 2);
  rt_rules_condition(rules, RT_IF_CODE, "14", 2);
  rt_rules_floor(rules, 30);
  rt_rules_begin(rules, RT_UNKNOWN);
  CHECK(!rt_rules_match(rules, &evidence, &verdict)); /* not finished */
  CHECK(rt_rules_finish(rules));
  CHECK(rt_rules_match(rules, &evidence, &verdict));
  CHECK(verdict.cls == RT_PROVIDER_INTERNAL && verdict.finding == 1 && verdict.floor == 30 && verdict.rule == 2);
  evidence.count = 0;
  CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_UNKNOWN && verdict.finding == 0);
  rt_rules_free(rules);
}

static void test_what_goes_before_a_rule(void) {
  rt_finding finding = {slice("vague"), slice(NULL), slice(NULL), slice(NULL), slice(NULL), 0};
  rt_evidence evidence = {RT_POLL, 200, slice(NULL), &finding, 1};
  rt_verdict verdict;
  rt_rules *rules = rt_rules_new();
  rt_rules_begin(rules, RT_GENERATION_FAILED);
  rt_rules_condition(rules, RT_IF_CODE, "vague", 5);
  CHECK(rt_rules_unless(rules, "content", 7) && rt_rules_unless(rules, "asset.timeout", 13));
  CHECK(!rt_rules_unless(rules, "conten", 6) && !rt_rules_unless(rules, "", 0));
  rt_rules_begin(rules, RT_UNKNOWN);
  CHECK(rt_rules_finish(rules) && rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_GENERATION_FAILED);
  CHECK(verdict.unless == (UINT64_C(1) << RT_CONTENT_INPUT | UINT64_C(1) << RT_CONTENT_OUTPUT | UINT64_C(1) << RT_ASSET_TIMEOUT));
  evidence.count = 0;
  CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_UNKNOWN && verdict.unless == 0);
  rt_rules_free(rules);
}

static void test_status_and_transport(void) {
  rt_evidence evidence = {0, 503, slice(NULL), NULL, 0};
  rt_verdict verdict;
  rt_rules *rules = rt_rules_new();
  rt_rules_begin(rules, RT_NETWORK_TIMEOUT);
  rt_rules_condition(rules, RT_IF_TRANSPORT, "timeout", 7);
  rt_rules_begin(rules, RT_PROVIDER_UNAVAILABLE);
  rt_rules_status(rules, 502, 504);
  rt_rules_status(rules, 429, 429);
  CHECK(rt_rules_finish(rules));
  CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_PROVIDER_UNAVAILABLE);
  evidence.status = 500;
  CHECK(!rt_rules_match(rules, &evidence, &verdict));
  evidence.transport = slice("timeout");
  CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_NETWORK_TIMEOUT);
  rt_rules_free(rules);
}

/* Every way of building a set answers false, and never leaks, when the n-th allocation fails. */
static void test_short_memory(void) {
#ifdef RT_FAIL_ALLOC
  for (long n = 1; n < 400; n++) {
    rt_memory_fail_at(n);
    rt_rules *rules = rt_rules_new();
    bool good = rules != NULL;
    for (int i = 0; good && i < 40; i++)
      good = rt_rules_begin(rules, RT_UNKNOWN) && rt_rules_condition(rules, RT_IF_CODE, "a.b", 3) && rt_rules_status(rules, 400, 499) &&
             rt_rules_category(rules, "adult") && rt_rules_hint(rules, "x") && rt_rules_field(rules, "y") &&
             rt_rules_condition(rules, RT_IF_MESSAGE, "a*b", 3);
    good = good && rt_rules_finish(rules);
    rt_rules_free(rules);
    CHECK(n > 100 || !good);
  }
  rt_memory_fail_at(0);
#endif
}

/* What a set finds in one pass is what its patterns find one by one. */
static bool alone(rt_condition kind, const char *value, const char *text) {
  rt_finding finding = {slice(kind == RT_IF_CODE ? text : NULL), slice(kind == RT_IF_TYPE ? text : NULL),
                        slice(kind == RT_IF_MESSAGE ? text : NULL), slice(kind == RT_IF_ABOUT ? text : NULL),
                        slice(kind == RT_IF_FROM ? text : NULL), 0};
  rt_evidence evidence = {0, 0, slice(NULL), &finding, 1};
  rt_verdict verdict;
  rt_rules *rules = rt_rules_new();
  rt_rules_begin(rules, RT_UNKNOWN);
  rt_rules_condition(rules, kind, value, strlen(value));
  rt_rules_finish(rules);
  bool found = rt_rules_match(rules, &evidence, &verdict);
  CHECK(rt_rules_match(rules, &evidence, &verdict) == found); /* nothing is left over from the first look */
  rt_rules_free(rules);
  return found;
}

static void test_sets_agree_with_patterns(void) {
  const char *codes[] = {"a", "A.b", "a.b.c", "*", "**", "a.*", "*.b", "a*", "*a*", "a*c", "a.*.c", "*.*", "..", "a..b", "ab*.*c", "*b*.c*", "abab"};
  const char *texts[] = {"", "*", "a", "b", "aa", "a*a", "a*b*a", "ab*ba", "*a", "a*", "**", "rate-limit", "Rate_Limit x", "aba*ab", "b*ab", "abab*aba",
                         "<a", "a>", "<a>", "<a*b>", "ab a ba", "<", ">", "<>", "a-b", "<b> a", "b>*<a"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
      CHECK(alone(RT_IF_CODE, codes[i], codes[k]) == pattern(codes[i], codes[k]));
      CHECK(alone(RT_IF_TYPE, codes[i], codes[k]) == pattern(codes[i], codes[k]));
      CHECK(alone(RT_IF_FROM, codes[i], codes[k]) == pattern(codes[i], codes[k]));
      CHECK(alone(RT_IF_ABOUT, codes[i], codes[k]) == pattern(codes[i], codes[k]));
    }
  }
  for (size_t i = 1; i < sizeof texts / sizeof *texts; i++) /* an empty fragment cannot be added from Lua */
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) CHECK(alone(RT_IF_MESSAGE, texts[i], texts[k]) == fragment(texts[i], texts[k]));
  CHECK(!alone(RT_IF_MESSAGE, "*", NULL) && !alone(RT_IF_CODE, "*", NULL));
}

/* The stamps of findings wrap around after four thousand million of them; a rule needs both its conditions from the same one. */
static void test_findings_do_not_mix(void) {
  rt_finding findings[3] = {{slice("a"), slice(NULL), slice("x"), slice(NULL), slice(NULL), 0},
                            {slice("b"), slice(NULL), slice("y"), slice(NULL), slice(NULL), 0},
                            {slice("a"), slice(NULL), slice("xy"), slice(NULL), slice(NULL), 0}};
  rt_evidence evidence = {0, 0, slice(NULL), findings, 2};
  rt_verdict verdict;
  rt_rules *rules = rt_rules_new();
  rt_rules_begin(rules, RT_UNKNOWN);
  rt_rules_condition(rules, RT_IF_CODE, "a", 1);
  rt_rules_condition(rules, RT_IF_MESSAGE, "y", 1);
  rt_rules_begin(rules, RT_LIMIT_RATE);
  rt_rules_condition(rules, RT_IF_MESSAGE, "x*y", 3);
  CHECK(rt_rules_finish(rules) && !rt_rules_match(rules, &evidence, &verdict));
  evidence.count = 3;
  CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_UNKNOWN && verdict.finding == 2);
  rt_rules_free(rules);
}

/* A text that lists what can happen is not about all of that. */
static void test_advice(void) {
  rt_finding finding = {slice(NULL), slice(NULL), slice("The generation failed. Possible causes: nudity, a minor, an asset."), slice(NULL), slice(NULL), 0};
  rt_evidence evidence = {0, 0, slice(NULL), &finding, 1};
  rt_verdict verdict;
  for (int advised = 0; advised < 2; advised++) {
    rt_rules *rules = rt_rules_new();
    if (advised) CHECK(rt_rules_advice(rules, "possible cause", 14));
    rt_rules_begin(rules, RT_CONTENT_INPUT);
    rt_rules_condition(rules, RT_IF_MESSAGE, "nudity", 6);
    rt_rules_begin(rules, RT_GENERATION_FAILED);
    rt_rules_condition(rules, RT_IF_MESSAGE, "possible cause", 14); /* shares its text with the advice */
    rt_rules_condition(rules, RT_IF_MESSAGE, "generation failed", 17);
    CHECK(rt_rules_finish(rules) && rt_rules_match(rules, &evidence, &verdict));
    CHECK(verdict.cls == (advised ? RT_GENERATION_FAILED : RT_CONTENT_INPUT));
    if (advised) { /* all of the text is advice: then it is read as it is */
      rt_finding bare = {slice(NULL), slice(NULL), slice("Possible causes: nudity"), slice(NULL), slice(NULL), 0};
      evidence.findings = &bare;
      CHECK(rt_rules_match(rules, &evidence, &verdict) && verdict.cls == RT_CONTENT_INPUT);
      evidence.findings = &finding;
    }
    rt_rules_free(rules);
  }
}

int main(void) {
  test_advice();
  test_sets_agree_with_patterns();
  test_findings_do_not_mix();
  test_patterns();
  test_patterns_inside_a_segment();
  test_fragments();
  test_long_input_is_linear();
  test_first_match_decides();
  test_what_goes_before_a_rule();
  test_status_and_transport();
  test_short_memory();
  return unit_report();
}
