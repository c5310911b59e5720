--- The script of a simulation: which task lives how, and which fault comes when. A Lua file that returns a table, or the same as JSON.
--
--   balance      credits at the start (default 100000)
--   tasks        lives, in the order of accepted submissions; the last one stays for all that follow:
--                { states = { "THROTTLED", { "RUNNING", 0.4 }, { "FAILED", code =, failure =, refund =, credits = } }, times = n,
--                  match = { model =, prompt = } }  -- one with `match` serves every submission it fits, out of order
--                further state fields: id (another task's), count or output (links), fields (merged into the body), seconds
--   faults       { { on =, match =, nth =, times =, after_accept =, status =, headers =, body =, action =, ... } }, see faults.lua
--                `on` is an operation or a list: submit poll cancel upload storage download organization other, "*" for all. A fault counts
--                the requests that fit it and that no fault before it struck; it strikes from the nth (1) on, `times` times (1, or "always").
--                With `after_accept` it counts only what was handled and accepted, and only the answer suffers.
--   blocked      prompts moderation refuses: "fragment" or { "fragment", how = "task"|"refusal", code =, failure =, refund =, status = }
--   output       { reads = n, seconds = s, dead_urls = n }: links die after n reads or s seconds; the first n sets are dead at once
--   assets       { ["fragment of a URL"] = "the sentence fetching it leads to" }
--   daily        submissions a day allowed, a number or per model; concurrency: tasks that run at once, more are THROTTLED
--   advance      "poll" (default: each read of a task shows its next state) or "clock" (a state lasts `seconds`, default 1)
--   max_body     bytes of a whole request, more is a 413 (default: what the simulator reads at most, 48 MiB)
--   shape        EvoLink's errors are written in: "A" (default) to "G", see evolink_answers.lua; a fault may name its own, with code, message
--                and type; estimated_time: seconds its tasks say they will take; a life with `at_once` shows in the submission's answer
--   media_polls  how often Runware is asked about an uploaded file before it has it (default 0); its shapes and states: runware.lua
--   keep_bodies    the log holds the bodies of submissions too (never headers: no key)
--   cancel_refund  whether a cancelled task's credits come back (default true)

local json = require "retake.simulator.json"

local M = {}
M.__index = M

local KEYS = {
  balance = "number", tasks = "table", faults = "table", blocked = "table", output = "table", assets = "table", daily = true,
  concurrency = "number", advance = "string", seconds = "number", cancel_refund = "boolean", keep_bodies = "boolean", max_body = "number",
  shape = "string", estimated_time = "number", files = "number",
  media_polls = "number",
}
local TASK_KEYS = { states = "table", times = "number", match = "table", at_once = "boolean" }
local FAULT_KEYS = {
  on = true, match = "table", nth = "number", times = true, after_accept = "boolean", status = "number", headers = "table", body = true,
  action = "string", delay = "number", retry_after = true, retry_after_date = "number", bytes = "number", chunk = "number",
  pause = "number", seconds = "number", length = true, how = "string", name = "string",
  shape = "string", code = true, message = "string", type = "string",
}
local OPERATIONS = {
  submit = true, poll = true, cancel = true, upload = true, storage = true, download = true, organization = true, other = true, ["*"] = true,
}
-- true: the fault spoils the genuine answer, so the request is handled first.
local ACTIONS = {
  reset = false, silence = false, close = false, garbage = false, html = false, stall = true, slow = true, cut = true, wrong_length = true,
  bad_json = true, close_after = true,
}

local function check_keys(value, allowed, where)
  for key, item in pairs(value) do
    local wanted = allowed[key]
    if not wanted then return nil, where .. " has an unknown key: " .. tostring(key) end
    if wanted ~= true and type(item) ~= wanted then return nil, where .. "." .. key .. " must be a " .. wanted end
  end
  return true
end

local function check_operations(fault, where)
  local list = type(fault.on) == "table" and fault.on or { fault.on }
  if #list == 0 then return nil, where .. " needs `on`, the operation it strikes" end
  for _, operation in ipairs(list) do
    if not OPERATIONS[operation] then return nil, where .. " is on an unknown operation: " .. tostring(operation) end
  end
  return true
end

local function check_fault(fault, where)
  if type(fault) ~= "table" then return nil, where .. " must be a table" end
  local ok, reason = check_keys(fault, FAULT_KEYS, where)
  if ok then ok, reason = check_operations(fault, where) end
  if not ok then return nil, reason end
  if fault.action and ACTIONS[fault.action] == nil then return nil, where .. " has an unknown action: " .. fault.action end
  if fault.times ~= nil and type(fault.times) ~= "number" and fault.times ~= "always" then
    return nil, where .. '.times must be a number or "always"'
  end
  return true
end

local function check_task(task, where)
  if type(task) ~= "table" then return nil, where .. " must be a table" end
  local ok, reason = check_keys(task, TASK_KEYS, where)
  if not ok then return nil, reason end
  if not task.states or #task.states == 0 then return nil, where .. " needs `states`" end
  for i, state in ipairs(task.states) do
    local name = type(state) == "table" and (state.state or state[1]) or state
    if type(name) ~= "string" then return nil, where .. ".states[" .. i .. "] needs a name" end
  end
  return true
end

local function check_all(list, check, where)
  for i, item in ipairs(list or {}) do
    local ok, reason = check(item, where .. "[" .. i .. "]")
    if not ok then return nil, reason end
  end
  return true
end

--- Makes a script of a table.
---@param source table?  nil: all goes well
---@return table? script
---@return string? reason
function M.new(source)
  source = source or {}
  if type(source) ~= "table" then return nil, "the script must be a table" end
  local ok, reason = check_keys(source, KEYS, "the script")
  if ok then ok, reason = check_all(source.faults, check_fault, "faults") end
  if ok then ok, reason = check_all(source.tasks, check_task, "tasks") end
  if not ok then return nil, reason end
  local self = setmetatable({
    balance = source.balance or 100000, output = source.output or {}, assets = source.assets or {}, blocked = source.blocked or {},
    daily = source.daily, concurrency = source.concurrency, advance = source.advance or "poll", seconds = source.seconds or 1,
    cancel_refund = source.cancel_refund ~= false, keep_bodies = source.keep_bodies,
    max_body = source.max_body or math.huge, faults = {}, lives = {}, matched = {}, served = 0,
    shape = source.shape, estimated_time = source.estimated_time, files = source.files,
    media_polls = source.media_polls,
  }, M)
  for i, fault in ipairs(source.faults or {}) do self.faults[i] = { plan = fault, met = 0 } end
  for _, task in ipairs(source.tasks or {}) do
    local lives = task.match and self.matched or self.lives
    for _ = 1, task.match and 1 or task.times or 1 do lives[#lives + 1] = task end
  end
  return self
end

--- Compiles Lua text that may only build a table: it sees no globals.
local function compile(text)
  if text:find("^\27") then return nil, "precompiled Lua is not taken" end
  if _VERSION == "Lua 5.1" then
    local chunk, reason = rawget(_G, "loadstring")(text, "=script")
    return chunk and rawget(_G, "setfenv")(chunk, {}), reason
  end
  return load(text, "=script", "t", {})
end

--- Reads a script that came as text.
---@param text string
---@param is_json boolean?  found out by itself when nil
---@return table? script
---@return string? reason
function M.parse(text, is_json)
  if is_json == nil then is_json = text:find("^%s*{") ~= nil end
  if is_json then
    local source, reason = json.decode(text)
    if source == nil then return nil, reason end
    return M.new(source)
  end
  local chunk, reason = compile(text)
  if not chunk then return nil, reason end
  local ok, source = pcall(chunk)
  if not ok then return nil, tostring(source) end
  return M.new(source)
end

---@param path string  a .json or a Lua file; the latter is run with all of Lua at hand
---@return table? script
---@return string? reason
function M.load(path)
  if path:find("%.json$") then
    local file, reason = io.open(path, "rb")
    if not file then return nil, reason end
    local text = file:read "*a"
    file:close()
    return M.parse(text, true)
  end
  local chunk, reason = loadfile(path)
  if not chunk then return nil, reason end
  local ok, source = pcall(chunk)
  if not ok then return nil, tostring(source) end
  return M.new(source)
end

local function matches(match, context)
  if not match then return true end
  if match.model and match.model ~= context.model then return false end
  if match.prompt and not (context.prompt or ""):find(match.prompt, 1, true) then return false end
  if match.path and not (context.path or ""):find(match.path, 1, true) then return false end
  if match.task and match.task ~= context.task then return false end
  return true
end

local function strikes(plan, operation)
  for _, name in ipairs(type(plan.on) == "table" and plan.on or { plan.on }) do
    if name == operation or name == "*" then return true end
  end
  return false
end

--- Whether a fault waits until the request has been handled: because it says so, or because it spoils the genuine answer.
local function is_late(plan)
  if plan.after_accept then return true end
  if plan.status or plan.body ~= nil or plan.shape then return false end
  return not plan.action or ACTIONS[plan.action]
end

--- The fault due for a request, if any. Each fault counts the requests that fit it, and strikes from the nth on, `times` times.
---@param context table  { operation =, model =, prompt =, path =, task = ordinal }
---@param late boolean  after the request was handled
---@param accepted boolean?  ... and accepted
---@return table? plan
function M:fault(context, late, accepted)
  for _, fault in ipairs(self.faults) do
    local plan = fault.plan
    if is_late(plan) == late and (accepted or not plan.after_accept) and strikes(plan, context.operation) and matches(plan.match, context) then
      fault.met = fault.met + 1
      local first = plan.nth or 1
      local last = plan.times == "always" and math.huge or first + (plan.times or 1) - 1
      if fault.met >= first and fault.met <= last then return plan end
    end
  end
end

local DEFAULT_LIFE = { states = { "PENDING", { "RUNNING", 0.3 }, { "RUNNING", 0.8 }, "SUCCEEDED" } }

--- The life of the task that a submission just made.
---@param context table
---@return table life
function M:life(context)
  for _, task in ipairs(self.matched) do
    if matches(task.match, context) then return task end
  end
  self.served = self.served + 1
  return self.lives[math.min(self.served, #self.lives)] or DEFAULT_LIFE
end

--- What moderation has against a prompt.
---@param prompt string
---@return table? refusal  { how =, code =, failure =, refund =, status = }
function M:refusal(prompt)
  for _, entry in ipairs(self.blocked) do
    local fragment = type(entry) == "table" and (entry.fragment or entry[1]) or entry
    if prompt:lower():find(fragment:lower(), 1, true) then return type(entry) == "table" and entry or {} end
  end
end

return M
