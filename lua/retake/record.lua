--- Records from outside: a file, a database, another program. What is damaged is said before anything is built on it.
local cjson = require "cjson"
local core = require "retake.core"
local request_of = require "retake.request"

local M = {}

local states = { prepare = true, submit = true, submitting = true, recover = true, poll = true, download = true, decide = true, cancel = true,
  succeeded = true, failed = true }

local kinds = { id = "string", state = "string", request = "table", created_at = "number", deadline_at = "number", max_attempts = "number",
  tries = "number", attempts = "table" }

local optional = { task = "table", outputs = "table", fault = "table", uploads = "table", history = "table", tried = "table", identity = "table",
  uncertain = "table", recovery = "table", content = "string", hash = "string", wire = "string", due_at = "number", max_credits = "number",
  submissions = "number", failed_at = "number", files = "table",
  asked = "table", former = "table", changes = "table", decided = "number", policy = "table", barriers = "table",
  last = "table" }

-- What a state builds on.
local needs = { submit = { "content" }, submitting = { "content" }, recover = { "content", "identity", "uncertain" },
  poll = { "task" }, download = { "outputs" }, decide = { "fault" }, failed = { "fault" }, succeeded = { "outputs" } }

-- A copy without the nulls that JSON and databases put where nothing is.
local function without_nulls(value, depth)
  if type(value) ~= "table" or depth > 20 then return value end
  local copy = {}
  for key, item in pairs(value) do
    if item ~= cjson.null then copy[key] = without_nulls(item, depth + 1) end
  end
  return copy
end

local function problem_with_kinds(record)
  for key, kind in pairs(kinds) do
    if type(record[key]) ~= kind then return key .. " is not a " .. kind end
  end
  for key, kind in pairs(optional) do
    if record[key] ~= nil and type(record[key]) ~= kind then return key .. " is not a " .. kind end
  end
  if not states[record.state] then return "there is no state " .. record.state end
  for _, key in ipairs(needs[record.state] or {}) do
    if record[key] == nil then return ("the state %s needs %s"):format(record.state, key) end
  end
end

-- A task's id goes into a path of the provider's API.
local function problem_with_task(task)
  if type(task.id) ~= "string" or #task.id > 200 or not task.id:find "^[%w_.:-]+$" or task.id:find("..", 1, true) then return "task.id is none" end
  if type(task.submitted_at) ~= "number" or type(task.failures) ~= "number" then return "the task's times are missing" end
end

local function is_barrier(value)
  return type(value) == "table" and type(value.provider) == "string" and type(value.model) == "string" and type(value.failed_at) == "number"
    and pcall(core.fault, { class = value.class })
end

local function problem_with_lists(record)
  for place, row in ipairs(record.attempts) do
    if type(row) ~= "table" or type(row.provider) ~= "string" or type(row.model) ~= "string" or type(row.started_at) ~= "number" then
      return ("attempts[%d] is no row of a ledger"):format(place)
    end
  end
  for place, output in ipairs(record.outputs or {}) do
    if type(output) ~= "string" then return ("outputs[%d] is no URL"):format(place) end
  end
  for _, entry in pairs(record.history or {}) do
    if type(entry) ~= "table" or type(entry.class) ~= "string" or type(entry.resends) ~= "table" then return "its history is damaged" end
  end
  if record.last and not is_barrier(record.last) then return "its last failure is damaged" end
  for _, barrier in ipairs(record.barriers or {}) do
    if not is_barrier(barrier) then return "its barriers are damaged" end
  end
  for _, name in ipairs { "fault", "uncertain" } do
    if record[name] and not pcall(core.fault, record[name]) then return name .. " is none" end
  end
end

--- A record that can be built on.
---@param given any
---@return table|nil record a copy, string|nil problem what is wrong with it
function M.check(given)
  if type(given) ~= "table" or given.version ~= 1 then return nil, "it has no version that is known here" end
  local record = without_nulls(given, 0)
  local problem = problem_with_kinds(record) or record.task and problem_with_task(record.task) or problem_with_lists(record)
  if problem then return nil, problem end
  local plain, trouble = pcall(request_of.normalise, record.request, 0)
  if not plain then return nil, "its request is none: " .. tostring(trouble) end
  return record
end

return M
