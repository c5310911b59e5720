--- Scripts for the simulator and requests for jobs, made at random: what providers in trouble do, and what people ask of them.

local random_policies = require "spec.support.random_policies"

local M = {}

-- Answers that refuse a submission, or lose it. None of them says "refused" of what was accepted: against that there is no protection.
local submits = {
  { status = 503 }, { status = 500 }, { status = 502 }, { status = 504 }, { status = 429, body = { error = "Too Many Requests" } },
  { status = 429, body = { error = "Too Many Requests" }, retry_after = "7" }, { status = 429, retry_after = "0" },
  { status = 429, retry_after = "86400" }, { status = 503, retry_after = "junk" }, { status = 503, retry_after = "40" },
  { status = 400, body = { error = "Validation of body failed", issues = { { code = "custom", path = { "duration" }, message = "Invalid" } } } },
  { status = 401 }, { status = 402 }, { status = 403 }, { status = 404, body = { error = "Model not found" } }, { status = 413 },
  { status = 418, body = "zq17" }, { action = "html" }, { action = "reset" }, { action = "close" }, { action = "silence" }, { action = "garbage" },
  { action = "cut" }, { action = "stall" }, { action = "bad_json" }, { action = "wrong_length" },
  { status = 500, after_accept = true }, { status = 502, after_accept = true }, { action = "reset", after_accept = true },
  { action = "silence", after_accept = true }, { action = "html", after_accept = true }, { status = 200, body = {}, after_accept = true },
  { status = 200, body = "", after_accept = true }, { status = 429, body = { error = "You have reached your daily task limit for this model." } },
}

local polls = {
  { status = 500 }, { status = 503 }, { status = 429, retry_after = "20" }, { action = "reset" }, { action = "html" }, { action = "bad_json" },
  { action = "silence" }, { action = "cut" }, { status = 200, body = "" }, { status = 200, body = "{}" }, { status = 401 },
  { status = 404, body = { error = "Could not find Task" }, name = "missing" },
}

-- How tasks end; the providers' words for the same differ, and what is none of theirs is unknown to them.
local ends = {
  "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED",
  { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "It failed." }, { "FAILED", code = "INTERNAL", failure = "An error occurred." },
  { "FAILED", code = "13", failure = "13 INTERNAL: x" }, { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Flagged by moderation." },
  { "FAILED", code = "SAFETY.OUTPUT.VIDEO", failure = "The output was withheld by moderation.", refund = false },
  { "FAILED", code = "ASSET.INVALID", failure = "Invalid asset dimensions." }, { "FAILED", code = "zq17", failure = "zq17" },
  { "FAILED", code = "resource_exhausted", failure = "The model is overloaded." }, { "FAILED", code = "timeout", failure = "The generation timed out." },
  { "FAILED", code = "content_policy_violation", failure = "Content policy violation." }, { "CANCELLED" },
  { "FAILED", code = "invalidProviderContent", failure = "Invalid content detected.", refund = false },
  { "FAILED", code = "service_error", failure = "Service error.", refund = false },
}

local function copied(base)
  local copy = {}
  for key, value in pairs(base) do copy[key] = value end
  return copy
end

local function fault_of(chance, on, base)
  local fault = copied(base)
  fault.on, fault.nth, fault.times = on, chance:whole(1, 15), chance:pick { 1, 2, 2, 5, 5, 40, on == "poll" and 3 or "always" }
  if chance:yes(0.6) then fault.match = { model = chance:pick(random_policies.models):match "/(.*)$" } end
  return fault
end

local function life(chance)
  local states = {}
  for place = 1, chance:whole(0, 3) do states[place] = chance:pick { "PENDING", "RUNNING", "THROTTLED" } end
  states[#states + 1] = chance:pick(ends)
  return { states = states, match = chance:yes(0.3) and { model = chance:pick(random_policies.models):match "/(.*)$" } or nil,
    times = chance:whole(1, 20) }
end

--- A script.
---@param chance table
---@return table script
function M.script(chance)
  local script = { faults = {}, tasks = {}, balance = chance:pick { 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 3000, 100 }, blocked = {},
    concurrency = chance:yes(0.15) and chance:whole(1, 10) or nil, daily = chance:yes(0.1) and chance:whole(5, 50) or nil }
  for _ = 1, chance:whole(0, 5) do table.insert(script.faults, fault_of(chance, "submit", chance:pick(submits))) end
  for _ = 1, chance:whole(0, 3) do table.insert(script.faults, fault_of(chance, "poll", chance:pick(polls))) end
  if chance:yes(0.2) then table.insert(script.faults, fault_of(chance, "cancel", chance:pick { { action = "silence" }, { status = 500 } })) end
  if chance:yes(0.1) then
    table.insert(script.faults, { on = "poll", nth = chance:whole(1, 60), times = "always", status = 404, body = { error = "Could not find Task" },
      name = "missing" })
  end
  if chance:yes(0.1) then table.insert(script.faults, fault_of(chance, "organization", { status = 503 })) end
  for _ = 1, chance:whole(1, 8) do table.insert(script.tasks, life(chance)) end
  for _ = 1, chance:whole(0, 3) do
    table.insert(script.blocked, { "number " .. chance:whole(1, 20), how = chance:pick { "task", "refusal" }, refund = chance:pick { true, false } })
  end
  return script
end

--- Options of a client, without policy and providers' addresses.
---@param chance table
---@return table options
function M.options(chance)
  local options = { reroute_refused = chance:yes(0.15), accept_double_charge = chance:yes(0.1), circuit = chance:pick { false, false, {}, { in_a_row = 2, open = 20 } },
    refusals = chance:pick { false, {}, { run = 2, pause = 30 } }, concurrency = chance:pick { 4, 16, 64 }, providers = {} }
  if chance:yes(0.2) then options.providers.runway = { concurrency = chance:whole(1, 10), queue = chance:pick { 3, 1000 } } end
  if chance:yes(0.1) then options.providers.evolink = { model_concurrency = { ["kling-v3-text-to-video"] = chance:whole(1, 3) } } end
  return options
end

--- A request with its limits. Prompts are few, so that jobs meet content that others' were refused for.
---@param chance table
---@return table request
function M.request(chance)
  local model = chance:pick(random_policies.models)
  return { model = model, prompt = "a paper boat, number " .. chance:whole(1, 20) .. (chance:yes(0.3) and " of " .. chance:whole(1, 1000) or ""),
    ratio = chance:yes(0.97) and "1280:720" or nil, duration = model:find "evolink/veo" and 8 or model:find "veo" and 8 or 5,
    image = model:find "gen4_turbo" and "https://example.com/boat.png" or nil, seed = not model:find "veo" and chance:yes(0.3) and chance:whole(1, 1000) or nil,
    deadline = chance:pick { 5, 30, 300, 900, 900, 3600 }, max_attempts = chance:pick { 1, 2, 5, 12, 40 },
    max_credits = chance:yes(0.2) and chance:pick { 0, 30, 100, 500 } or nil }
end

return M
