--- What a provider can do to a job, and what has to become of it: the scenarios of the scorecard, data only (scorecard.lua runs them).
--
--   name, script    the script of the stand-in that the job's own provider is; every other provider is one that does well
--   request         fields that differ; policy: standard's options (tries = 3 and `others` as fallback by default); fallback = false: none
--   options, settings   of the client, and of the job's own provider
--   wants           served = "provider/model", or ended = a class; submissions and paid at all providers, a number or { least, most };
--                   wait = seconds between the first failure and the next try; seconds = of the whole job, on its clock; file = true: the output
--                   is on disk, whole, or false: nothing of it is there
--   play            the name of a function of scorecard.lua, for what is more than one job

local RUNWAY, EVOLINK, RUNWARE = "runway/gen4.5", "evolink/veo-3.1-fast-generate-preview", "runware/klingai:5@3"
-- what they are asked for where the job is at home
local AT_EVOLINK = { model = EVOLINK, ratio = "16:9", duration = 8 }
local AT_RUNWARE = { model = RUNWARE }

local DONE = { states = { "SUCCEEDED" } }
local function always(fault)
  fault.times = "always"
  return { faults = { fault }, tasks = { DONE } }
end
local function once(fault) return { faults = { fault }, tasks = { DONE } } end
local function limited(fields)
  local fault = { on = "submit", status = 429, body = { error = "Too Many Requests" } }
  for key, value in pairs(fields or {}) do fault[key] = value end
  return fault
end

-- What Runway gives no names to cannot be sent again safely: where the outcome is unknown the right end is to stop, and say so.
local NEVER_AGAIN = { ended = "submit.unknown", submissions = 1 }
local function paid_and_lost() return { ended = "submit.unknown", submissions = 1, paid = 1 } end

local scenarios = {
  -- too many requests
  { name = "429, Retry-After in seconds", script = once(limited { retry_after = "2" }),
    wants = { served = RUNWAY, submissions = 2, wait = { 2, 2.5 } } },
  { name = "429, Retry-After-Ms", script = once(limited { headers = { ["Retry-After-Ms"] = "2500" } }),
    wants = { served = RUNWAY, submissions = 2, wait = { 2.5, 3 } } },
  { name = "429, Retry-After as a date", script = once(limited { retry_after_date = 6 }),
    wants = { served = RUNWAY, submissions = 2, wait = { 4.9, 6.5 } } },
  { name = "429, Retry-After in the past", script = once(limited { retry_after_date = -3600 }),
    wants = { served = RUNWAY, submissions = 2, wait = { 0, 3 } } },
  { name = "429, Retry-After of a billion, no fallback", script = always(limited { retry_after = "1000000000" }), fallback = false,
    wants = { ended = "local.deadline", submissions = 1, seconds = { 0, 3 } } },
  { name = "429, Retry-After of a billion, fallback", script = always(limited { retry_after = "1000000000" }),
    wants = { served = EVOLINK, submissions = 2, seconds = { 0, 30 } } },
  { name = "429, Retry-After of junk", script = once(limited { retry_after = "soon; -1, 0x10" }),
    wants = { served = RUNWAY, submissions = 2, wait = { 1, 5 } } },
  { name = "429 once, no hint", script = once(limited()), wants = { served = RUNWAY, submissions = 2, wait = { 1, 5 } } },
  { name = "429 for ever, no fallback", script = always(limited()), fallback = false,
    wants = { ended = "limit.rate", submissions = { 2, 4 }, paid = 0 } },
  { name = "429 for ever, fallback", script = always(limited()), wants = { served = EVOLINK, submissions = { 3, 5 } } },
  -- a single 500
  { name = "one 500 before acceptance (Runway)", script = once { on = "submit", status = 500 }, wants = NEVER_AGAIN },
  { name = "one 500 before acceptance (EvoLink)", script = once { on = "submit", status = 500 }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "one 500 before acceptance (Runware)", script = once { on = "submit", status = 500 }, request = AT_RUNWARE,
    wants = { served = RUNWARE, submissions = 2 } },
  { name = "one 500 after acceptance (Runway)", script = once { on = "submit", after_accept = true, status = 500 }, wants = paid_and_lost() },
  { name = "one 500 after acceptance (EvoLink)", script = once { on = "submit", after_accept = true, status = 500 }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "one 500 after acceptance (Runware)", script = once { on = "submit", after_accept = true, status = 500 }, request = AT_RUNWARE,
    wants = { served = RUNWARE, submissions = 1 } },
  -- unavailable
  { name = "503 once", script = once { on = "submit", status = 503 }, wants = { served = RUNWAY, submissions = 2, wait = { 2, 5 } } },
  { name = "503 for ever, fallback", script = always { on = "submit", status = 503 }, wants = { served = EVOLINK, submissions = { 2, 5 } } },
  { name = "503 for ever, no fallback", script = always { on = "submit", status = 503 }, fallback = false,
    wants = { ended = "provider.unavailable", submissions = { 2, 4 }, paid = 0 } },
  -- connections
  { name = "connection refused, fallback", settings = { base_url = "http://127.0.0.1:1" }, wants = { served = EVOLINK, submissions = 1 } },
  { name = "reset before acceptance (Runway)", script = once { on = "submit", action = "reset" }, wants = NEVER_AGAIN },
  { name = "reset before acceptance (EvoLink)", script = once { on = "submit", action = "reset" }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "reset after acceptance (Runway)", script = once { on = "submit", after_accept = true, action = "reset" }, wants = paid_and_lost() },
  { name = "reset after acceptance (EvoLink)", script = once { on = "submit", after_accept = true, action = "reset" }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "reset after acceptance (Runware)", script = once { on = "submit", after_accept = true, action = "reset" }, request = AT_RUNWARE,
    wants = { served = RUNWARE, submissions = 1 } },
  -- silence
  { name = "silence before a connection, fallback", settings = { base_url = "silent", timeout = { connect = 0.2 } },
    wants = { served = EVOLINK, submissions = 1 } },
  { name = "silence after the request (Runway)", script = once { on = "submit", action = "silence" }, wants = NEVER_AGAIN },
  { name = "silence after the request (EvoLink)", script = once { on = "submit", action = "silence" }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "silence, and a second charge is allowed", script = always { on = "submit", action = "silence" },
    options = { accept_double_charge = true }, policy = "elsewhere", wants = { served = EVOLINK, submissions = 2 } },
  { name = "accepted, then silence (Runway)", script = once { on = "submit", after_accept = true, action = "silence" }, wants = paid_and_lost() },
  -- downloads
  { name = "download cut once", script = once { on = "download", action = "cut" }, wants = { served = RUNWAY, submissions = 1, file = true } },
  { name = "download reset midway", script = once { on = "download", action = "cut", how = "reset" },
    wants = { served = RUNWAY, submissions = 1, file = true } },
  { name = "download of a wrong length", script = once { on = "download", action = "wrong_length" },
    wants = { served = RUNWAY, submissions = 1, file = true } },
  { name = "download stalls once", script = once { on = "download", action = "stall" }, wants = { served = RUNWAY, submissions = 1, file = true } },
  { name = "download cut for ever", script = always { on = "download", action = "cut" },
    wants = { ended = "network.interrupted", submissions = 1, paid = 1, file = false } },
  { name = "download stalls for ever", script = always { on = "download", action = "stall" },
    wants = { ended = "network.timeout", submissions = 1, paid = 1, file = false } },
  { name = "links that run out at once", script = { output = { dead_urls = 1 }, tasks = { DONE } },
    wants = { served = RUNWAY, submissions = 1, file = true } },
  -- malformed answers to submissions
  { name = "an HTML page for an answer (Runway)", script = once { on = "submit", action = "html" }, wants = NEVER_AGAIN },
  { name = "an HTML page for an answer (EvoLink)", script = once { on = "submit", action = "html" }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "accepted, and bad JSON says so (Runway)", script = once { on = "submit", action = "bad_json" }, wants = paid_and_lost() },
  { name = "accepted, and bad JSON says so (EvoLink)", script = once { on = "submit", action = "bad_json" }, request = AT_EVOLINK,
    wants = { served = EVOLINK, submissions = 2 } },
  { name = "accepted, and nothing says so (Runway)", script = once { on = "submit", after_accept = true, status = 200, body = "" },
    wants = paid_and_lost() },
  { name = "accepted, and nothing says so (Runware)", script = once { on = "submit", after_accept = true, status = 200, body = "" },
    request = AT_RUNWARE, wants = { served = RUNWARE, submissions = 1 } },
  -- what no retry helps
  { name = "a bad request", script = always { on = "submit", status = 400, body = { error = "Validation of body failed",
    issues = { { code = "custom", path = { "duration" }, message = "Invalid duration" } } } }, wants = { ended = "request.invalid", submissions = 1 } },
  { name = "a wrong key", script = always { on = "submit", status = 401 }, fallback = false,
    wants = { ended = "account.unauthorized", submissions = 1 } },
  { name = "content refused at once", script = { blocked = { { "boat", how = "refusal" } } }, play = "refused_twice",
    wants = { ended = "content.input", submissions = 1 } },
  { name = "content refused by the task", script = { blocked = { "boat" } }, play = "refused_twice",
    wants = { ended = "content.input", submissions = 1, paid = 1 } },
  -- polls
  { name = "polls answered 500 four times", script = once { on = "poll", status = 500, times = 4 }, wants = { served = RUNWAY, submissions = 1 } },
  { name = "polls reset four times", script = once { on = "poll", action = "reset", times = 4 }, wants = { served = RUNWAY, submissions = 1 } },
  { name = "a poll answered 404 once", script = once { on = "poll", status = 404, body = { error = "Could not find Task" } },
    wants = { served = RUNWAY, submissions = 1 } },
  { name = "a running task's poll answered 404 once", script = { tasks = { { states = { "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } },
    faults = { { on = "poll", nth = 3, status = 404, body = { error = "Could not find Task" } } } }, wants = { served = RUNWAY, submissions = 1 } },
  { name = "polls answered with HTML", script = once { on = "poll", action = "html", times = 3 }, wants = { served = RUNWAY, submissions = 1 } },
  { name = "polls answered with bad JSON", script = once { on = "poll", action = "bad_json", times = 2 },
    wants = { served = RUNWAY, submissions = 1 } },
  { name = "polls limited, with a hint", script = once { on = "poll", status = 429, retry_after = "30" },
    wants = { served = RUNWAY, submissions = 1, seconds = { 35, 60 } } },
  -- more than one job
  { name = "flapping: down for 60 s", play = "down_for_a_minute", wants = { most_opening = 5, most_probes = 3, back_within = 5 } },
  { name = "flapping: 10 s up, 10 s down, 60 s long", play = "up_and_down", wants = { most_opening = 15, most_probes = 6, back_within = 15 } },
  { name = "accounting: failed free, failed charged, served", play = "accounts", wants = {} },
}

return { scenarios = scenarios, others = { EVOLINK, RUNWARE, RUNWAY }, done = DONE }
