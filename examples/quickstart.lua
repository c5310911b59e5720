--- The main job: a video from a picture, with a policy for what can go wrong on the way.
--
--   lua5.4 examples/quickstart.lua [FILE]
--
-- With RETAKE_SIMULATOR=URL (see tools/demo.sh) it asks a simulator, and waits pass at once; otherwise Runway itself, with the key in
-- RUNWAYML_API_SECRET: that costs about 25 credits for the first model, and no more than 100 in all.
local retake = require "retake"
local policy = retake.policy

local here = arg and arg[0]:match "^(.*)/[^/]*$" or "."
local picture, output = here .. "/boat.jpg", arg and arg[1] or "boat.mp4"
local simulator = os.getenv "RETAKE_SIMULATOR"

-- 1. The policy: what to do about which failure. The gate behind it sees to it that nothing is paid twice or asked too soon.
local function soften(prompt) return (prompt:gsub("a famous actor", "a tin soldier")) end

local my_policy = policy.chain {
  policy.on("content.input", function(_, job) return policy.revise { prompt = soften(job.request.prompt) } end),
  policy.on("generation.failed", policy.fallback { "runway/gen4.5" }),
  policy.on({ "provider", "limit", "network" }, policy.backoff { tries = 4, base = 2, cap = 60 }),
}

-- 2. What happens, one line each, with the seconds since the start.
local started

local function say(event, form, ...)
  started = started or event.at
  print(("%7.1f s  " .. form):format(event.at - started, ...))
end

local listeners = {
  submitting = function(event) say(event, "attempt %d goes to %s", event.attempt, event.model) end,
  submitted = function(event) say(event, "accepted as task %s", event.task_id) end,
  progress = function(event) say(event, "%s%s", event.status, event.progress and (" %d %%"):format(event.progress * 100) or "") end,
  fault = function(event) say(event, "failed: %s", tostring(event.fault)) end,
  decision = function(event) say(event, "policy: %s%s", event.decision, event.model and " to " .. event.model or "") end,
  gate = function(event)
    say(event, "gate: %s%s (%s)", event.decision, event.delay and (" in %.0f s"):format(event.delay) or " refused", event.rule)
  end,
  saved = function(event) say(event, "saved %s, %d bytes", event.path, event.size) end,
}

-- 3. The picture, before it costs anything.
local report = retake.inspect(picture, { model = "runway/gen4_turbo", field = "image" })
print("inspecting " .. picture)
for _, step in ipairs(report.steps) do print(("  %-4s %s: %s"):format(step.outcome, step.check, step.detail)) end
if not report.ok then error(report.faults[1]:explain()) end

-- 4. The job.
local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = my_policy, max_credits = simulator and 200 or 100,
  on_event = function(event)
    local listener = listeners[event.event]
    if listener then listener(event) end
  end,
}
local job = client:start {
  model = "runway/gen4_turbo", prompt = "a paper boat, steered by a famous actor, sails down a rain-swept gutter", image = picture,
  ratio = "1280:720", duration = 5, save = output,
}
local result, fault = job:await()

-- 5. What it came to.
print ""
print(require("retake.ledger").format(job.attempts))
print ""
if not result then
  print(fault:explain())
  os.exit(1)
end
local saved = retake.inspect(result.files[1])
print(("%s is %s, %d bytes, by its own header"):format(result.files[1], saved.media_type, saved.size))
if saved.kind ~= "video" then os.exit(1) end
