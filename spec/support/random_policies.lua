--- Policies made at random: sensible ones, and every kind of wrong one that a script can hold.
--
--   local policy, name = require("spec.support.random_policies").new(chance)

local core = require "retake.core"
local retake = require "retake"

local policy = retake.policy

local M = {}

M.models = { "runway/gen4.5", "runway/veo3.1_fast", "runway/gen4_turbo", "evolink/veo-3.1-fast-generate-preview", "evolink/kling-v3-text-to-video",
  "runware/klingai:5@3" }

local classes, families = {}, { "limit", "provider", "network", "content", "account", "generation", "task", "submit", "request", "model" }
for place, info in ipairs(core.classes()) do classes[place] = info.class end

local words = { "softly", "at dawn", "in fog", "far away", "seen from above" }

local function delay(chance) return chance:pick { 0, 0, 0, 0.01, 0.5, 1, 3, 10, 120, 5000, 1e9 } end

-- Changes of a request: some reach the provider, some do not, some are no changes at all.
local function changes(chance)
  return chance:pick {
    { prompt = function(prompt) return prompt .. " " .. chance:pick(words) end },
    { prompt = function(prompt) return prompt end },
    { prompt = function(prompt) return "  " .. prompt:upper() .. " " end },
    { seed = function() return chance:whole(0, 1000) end },
    { negative_prompt = chance:pick(words) },
    { negative_prompt = function() return chance:pick(words) .. chance:whole(1, 99) end },
    { duration = chance:pick { 4, 5, 8, 10, -1, 7.5 } },
    { ratio = chance:pick { "1280:720", "720:1280", "nonsense" } },
    { save = function() return os.tmpname .. "x" end }, -- throws
    { extra = { note = chance:pick(words) } },
    { count = chance:pick { 1, 2, 0 } },
    { prompt = function() error "no idea" end },
    { prompt = function() return 5 end },
    { prompt = function() return coroutine.yield() end },
  }
end

local function target(chance)
  local model = chance:pick(M.models)
  if chance:yes(0.05) then model = chance:pick { "nobody/x", "runway/none", "evolink/none", "runware/none" } end
  return model
end

local function targets(chance)
  local list = {}
  for place = 1, chance:whole(1, 4) do
    list[place] = chance:yes(0.7) and target(chance) or { model = target(chance), duration = chance:pick { 5, 8 },
      prompt = chance:yes(0.5) and function(prompt) return prompt .. " " .. chance:pick(words) end or nil }
  end
  return list
end

local function nonsense(chance)
  local broken = policy.retry(1)
  broken[chance:pick { "delay", "kind", "changes", "model" }] = chance:pick { "soon", -5, 0 / 0, math.huge, false, {} }
  local elsewhere = policy.fallback(target(chance))
  elsewhere.model = chance:pick { 5, "", "runway", "nobody/", {}, false }
  local revised = policy.revise { seed = 1 }
  revised.changes = chance:pick { {}, 5, { seed = {} }, { model = "evolink/x" }, false }
  return chance:pick { 42, "retry", true, {}, { kind = "retry", delay = 0 }, print, broken, elsewhere, revised, setmetatable({}, { __index = error }) }
end

-- What a policy may do with its time.
local function waits(chance, job)
  local client = job.client
  local what = chance:whole(1, 8)
  if what == 1 then client:sleep(1e9)
  elseif what == 2 then while true do client:sleep(100) end
  elseif what == 3 then job:await()
  elseif what == 4 then coroutine.yield()
  elseif what == 5 then pcall(coroutine.yield, 5)
  elseif what == 6 then client:sleep(0 / 0)
  else client:sleep(chance:number() * 50) end
end

local function own_hand(chance, job)
  local what = chance:whole(1, 5)
  if what == 1 then job:cancel()
  elseif what == 2 then
    job.request.prompt = "another"
    for _, row in ipairs(job.attempts) do row.note = "seen" end
  elseif what == 3 then job.client:set_health(chance:pick { "runway", "evolink/none" }, chance:pick { "open", "closed", "auto" })
  elseif what == 4 then
    local other = job.client:start { model = target(chance), prompt = "one of its own", deadline = 60 }
    if chance:yes(0.5) then other:await() end
  else job:cancel() job:await() end
end

local makers = {}

function makers.nothing() return function() end end

function makers.retry(chance)
  local seconds = delay(chance)
  return function() return policy.retry(seconds) end
end

function makers.retry_now() return function() return policy.retry(0) end end

function makers.decision(chance)
  return policy.chain { chance:pick { policy.retry(delay(chance)), policy.resume(delay(chance)), policy.give_up "enough", policy.fallback(target(chance)),
    policy.revise(changes(chance), delay(chance)) } }
end

function makers.revise(chance)
  local how, seconds = changes(chance), delay(chance)
  return function() return policy.revise(how, seconds) end
end

-- Round and round, wherever the job has been.
function makers.loop(chance)
  local list, at = targets(chance), 0
  for place, entry in ipairs(list) do list[place] = type(entry) == "table" and entry.model or entry end
  return function()
    at = at % #list + 1
    return policy.fallback(list[at])
  end
end

function makers.resume(chance)
  local seconds = delay(chance)
  return function() return policy.resume(seconds) end
end

function makers.throw(chance)
  local what = chance:pick { "a bug", { "a table" }, false, 5 }
  return function() error(what) end
end

function makers.nonsense(chance)
  local what = nonsense(chance)
  return function() return what end
end

function makers.wait(chance)
  local inner = M.new(chance, 1)
  return function(fault, job)
    waits(chance, job)
    return inner(fault, job)
  end
end

function makers.own_hand(chance)
  local inner = M.new(chance, 1)
  return function(fault, job)
    own_hand(chance, job)
    return inner(fault, job)
  end
end

function makers.standard(chance)
  return policy.standard { tries = chance:whole(0, 12), base = chance:number() * 3, cap = chance:pick { 0, 5, 60 },
    fallback = chance:yes(0.8) and targets(chance) or nil }
end

function makers.backoff(chance)
  return policy.backoff { tries = chance:whole(0, 20), base = chance:pick { 0, 0.1, 2 }, cap = chance:pick { 0, 1, 60 },
    within = chance:yes(0.3) and chance:whole(1, 100) or nil }
end

function makers.fallback(chance) return policy.fallback(targets(chance)) end

function makers.on(chance, depth)
  local what = chance:yes(0.5) and chance:pick(families) or chance:yes(0.5) and { chance:pick(classes), chance:pick(classes) }
    or function(fault) return fault.retry == chance:pick { "wait", "change", "never" } end
  return policy.on(what, M.new(chance, depth + 1))
end

function makers.chain(chance, depth)
  local list = {}
  for place = 1, chance:whole(1, 5) do list[place] = M.new(chance, depth + 1) end
  return policy.chain(list)
end

function makers.limit(chance, depth)
  return policy.limit({ tries = chance:whole(0, 10), seconds = chance:pick { 1, 100, 1e4 } }, M.new(chance, depth + 1))
end

function makers.only_if_fast(chance, depth) return policy.only_if_fast(chance:number() * 20, M.new(chance, depth + 1)) end

function makers.ask(chance, depth)
  local inner, took = M.new(chance, depth + 1), chance:number() * 100
  return policy.ask(function(fault, job, answer)
    job.client:spawn(function()
      job.client:sleep(took)
      if answer and type(answer) == "function" then answer(inner(fault, job)) end
    end)
  end, { timeout = chance:pick { 1, 50, 1e9 } })
end

-- Any of them, and a new one each time.
function makers.mixed(chance)
  local list = {}
  for place = 1, 4 do list[place] = M.new(chance, 1) end
  return function(fault, job) return chance:pick(list)(fault, job) end
end

local names, deep = {}, { on = true, chain = true, limit = true, only_if_fast = true, ask = true, wait = true, own_hand = true, mixed = true }
for name in pairs(makers) do names[#names + 1] = name end
table.sort(names)
-- those that go on for long come more often than those that end at once
for _, name in ipairs { "retry_now", "retry_now", "retry", "loop", "loop", "standard", "standard", "standard", "chain", "chain", "fallback", "revise",
  "backoff", "mixed", "standard", "standard", "standard", "retry_now", "loop", "chain", "backoff", "fallback" } do names[#names + 1] = name end

--- A policy.
---@param chance table
---@param depth integer|nil of the policies around it
---@return function policy, string name
function M.new(chance, depth)
  depth = depth or 0
  local name
  repeat name = chance:pick(names) until depth < 3 or not deep[name]
  return makers[name](chance, depth), name
end

return M
