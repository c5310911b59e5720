-- What the stand-in provider does during examples/quickstart.lua (see lua/retake/simulator/script.lua for all it can do).
return {
  tasks = {
    -- moderation at gen4.5 looks at the prompt: only another one helps
    { match = { model = "gen4.5", prompt = "famous actor" }, states = { "PENDING", { "RUNNING", 0.2 },
      { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "The text prompt was flagged by our content moderation system: public figure." } } },
    -- all other tasks, in the order they are accepted
    { states = { "THROTTLED", "THROTTLED", { "RUNNING", 0.15 }, { "RUNNING", 0.6 },
      { "FAILED", code = "INTERNAL", failure = 'Generation failed: {"code":13,"message":"Internal error. Please try again later."}' } } },
    { states = { "PENDING", { "RUNNING", 0.5 }, { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "An unexpected error occurred." } } },
    { states = { "PENDING", { "RUNNING", 0.1 }, { "RUNNING", 0.7 }, "SUCCEEDED" } },
  },
}
