--- The support bundle: what a provider's support asks for, gathered from a job's record: the model, the kind of inputs, whether the failure comes
-- each time or now and then, ids, times, and the messages as they came. The prompt, the inputs themselves and the key are left out.
local accounting = require "retake.accounting"
local consistency = require "retake.consistency"
local former_of = require "retake.former"
local json = require "retake.json_line"
local plain = require "retake.plain_words"
local redact = require "retake.redact"
local request_kind = require "retake.request_kind"
local request_of = require "retake.request"

local M = {}

local Bundle = {}
Bundle.__index = Bundle

---- gathering -------------------------------------------------------------------------------------------------------------------

-- Words of the prompt may stand in what was changed of it.
local function changes_of(row, clean)
  if not row.changes then return nil end
  local texts = {}
  for i, change in ipairs(row.changes) do texts[i] = clean(change) end
  return texts
end

local function row_of(row, place, clean)
  local function cleaned(text) return text and clean(text) or nil end
  return {
    attempt = place, model = row.provider .. "/" .. row.model, operation = row.operation, outcome = row.class or row.ended_at and "succeeded"
      or "under way", code = row.code and cleaned(row.code), message = cleaned(row.message), task_id = row.task_id, request_id = row.request_id,
    started_at = plain.moment(row.started_at), ended_at = row.ended_at and plain.moment(row.ended_at) or nil,
    seconds = row.ended_at and math.floor((row.ended_at - row.started_at) * 1000 + 0.5) / 1000 or nil, sent = row.sent ~= false,
    effect = row.effect, billed = row.billed, credits = row.credits, estimate = row.estimate, decision = row.decision, flag = row.flag,
    changes = changes_of(row, clean), skipped = row.skipped,
  }
end

local function ids_of(attempts)
  local ids, seen = { tasks = {}, requests = {} }, {}
  local function add(list, id)
    if not id or seen[id] then return end
    seen[id] = true
    list[#list + 1] = id
  end
  for _, row in ipairs(attempts) do
    add(ids.tasks, row.task_id)
    add(ids.requests, row.request_id)
  end
  return ids
end

local fault_fields = { "class", "code", "field", "category", "status", "retry_after", "effect", "billed", "credits", "task_id", "request_id",
  "provider", "model", "operation" }

local function failure_of(record, clean)
  local fault = record.fault
  if not fault or record.state == "succeeded" then return nil end
  local failure = { message = fault.message and clean(fault.message) or nil, meaning = plain.failure(fault.class) }
  for _, name in ipairs(fault_fields) do failure[name] = fault[name] end
  return failure
end

local function input_of(request, options)
  if not request then return nil end
  local kind, operation = request_kind.of(request)
  local parameters, extra = request_kind.parameters(request)
  local input = { type = kind, operation = operation, assets = request_kind.inputs(request), parameters = parameters, extra = extra,
    prompt_bytes = request.prompt and #request.prompt or nil, prompt = options.prompt and request.prompt or nil,
    negative_prompt = options.prompt and request.negative_prompt or nil }
  if options.sources then
    request_of.each_asset(request, function(_, source, place)
      for _, asset in ipairs(input.assets) do
        if asset.field == place and asset.form ~= "data URI" then asset.source = source end
      end
    end)
  end
  return input
end

local function model_of(record)
  local first = record.attempts[1]
  return first and first.provider .. "/" .. first.model or record.request and record.request.model or nil
end

local function costs_of(attempts)
  local costs = {}
  for i, entry in ipairs(accounting.by_provider(attempts)) do
    costs[i] = { provider = entry.provider, credits = entry.credits, billed = entry.billed, free = entry.free, unknown = #entry.unknown,
      estimate = #entry.unknown > 0 and entry.estimate or nil }
  end
  return costs
end

--- Gathers it.
---@param record { attempts: table[], request: table|nil, fault: table|nil } a job's record, or its ledger alone
---@param options { prompt: boolean|nil, sources: boolean|nil, keys: string[]|nil, account: table|nil, health: table|nil, now: number|nil }|nil
---  prompt: with the prompt; sources: with the URLs and paths of the inputs; keys: what must not be seen; account: fingerprints of keys, by
---  provider; health: how these models did for other jobs; now: the time
---@return table bundle plain data, with bundle:markdown() and bundle:json()
function M.of(record, options)
  options = options or {}
  local clean = redact.of(record, options)
  local attempts = {}
  for place, row in ipairs(record.attempts) do attempts[place] = row_of(row, place, clean) end
  return setmetatable({
    form = "retake support bundle 1", made_at = options.now and plain.moment(options.now) or nil, job = record.id, state = record.state,
    created_at = record.created_at and plain.moment(record.created_at) or nil,
    finished_at = record.finished_at and plain.moment(record.finished_at) or nil, model = model_of(record),
    input = input_of(former_of.asked(record), options),
    failure = failure_of(record, clean), models = consistency.by_model(record.attempts), health = options.health, ids = ids_of(record.attempts),
    cost = accounting.words(record.attempts), costs = costs_of(record.attempts), attempts = attempts, account = options.account,
  }, Bundle)
end

---- writing ---------------------------------------------------------------------------------------------------------------------

--- As JSON.
---@return string text one object, without a final newline
function Bundle:json()
  local fields = {}
  for name, value in pairs(self) do fields[name] = value end
  return json.encode(fields)
end

local function inline(text)
  return (tostring(text):gsub("%s+", " "))
end

-- A provider's words stay what they are: in a fence longer than any in them.
local function fenced(text)
  local longest = 2
  for run in text:gmatch "`+" do longest = math.max(longest, #run) end
  local fence = ("`"):rep(longest + 1)
  return ("%s\n%s\n%s"):format(fence, text, fence)
end

local function asset_words(asset)
  local parts = { ("%s: %s, as a %s"):format(asset.field, asset.kind, asset.form) }
  if asset.media_type then parts[#parts + 1] = asset.media_type end
  if asset.ending then parts[#parts + 1] = "." .. asset.ending end
  if asset.bytes then parts[#parts + 1] = ("%d bytes"):format(asset.bytes) end
  if asset.source then parts[#parts + 1] = inline(asset.source) end
  return table.concat(parts, ", ")
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function parameter_words(parameters)
  local names = sorted_keys(parameters)
  for i, name in ipairs(names) do
    local value = parameters[name]
    names[i] = ("%s %s"):format(name, type(value) == "number" and ("%.14g"):format(value) or tostring(value))
  end
  return table.concat(names, ", ")
end

local function add_input(self, add)
  local input = self.input
  if not input then return end
  add("- **Input type**: %s%s", input.type, input.operation and " (" .. input.operation .. ")" or "")
  for _, asset in ipairs(input.assets) do add("  - %s", asset_words(asset)) end
  if input.prompt then
    add("- **Prompt**:\n\n%s\n", fenced(input.prompt))
    if input.negative_prompt then add("- **Negative prompt**:\n\n%s\n", fenced(input.negative_prompt)) end
  elseif input.prompt_bytes then add("  - a prompt of %s (left out)", plain.count(input.prompt_bytes, "byte")) end
  if next(input.parameters) then add("- **Parameters**: %s", parameter_words(input.parameters)) end
  if #input.extra > 0 then add("- **Further fields**: %s", table.concat(input.extra, ", ")) end
end

local function add_failure(self, add)
  local failure = self.failure
  if not failure then return end
  local code = failure.code and (", code `%s`"):format(inline(failure.code)) or ""
  add("- **Error**: %s (`%s`%s)%s", failure.meaning, failure.class, code,
    failure.status and failure.status >= 400 and (", HTTP %d"):format(failure.status) or "")
end

local function add_counts(self, add)
  for _, entry in ipairs(self.models) do add("- **Consistent or intermittent**: %s at %s", consistency.words(entry), entry.model) end
  for _, name in ipairs(sorted_keys(self.health or {})) do
    local entry = self.health[name]
    add("- **All jobs of this client at %s**: %d succeeded, %d failed by the provider's, the model's or the network's fault", name, entry.succeeded,
      entry.failed)
  end
end

local function cell(value)
  return value == nil and "" or (inline(value):gsub("|", "\\|"))
end

local function add_attempts(self, add)
  add("\n## Attempts\n\nTimes are UTC.\n")
  add "| # | model | sent | from | to | outcome | code | billed | credits | task | request |\n|---|---|---|---|---|---|---|---|---|---|---|"
  for _, row in ipairs(self.attempts) do
    local credits = row.credits and ("%g"):format(row.credits) or row.billed == "no" and "0" or "unknown"
    add("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |", row.attempt, cell(row.model), row.sent and "yes" or "no", row.started_at,
      cell(row.ended_at), cell(row.outcome), cell(row.code), cell(row.billed), credits, cell(row.task_id), cell(row.request_id))
  end
  local before
  for _, row in ipairs(self.attempts) do
    local changes = row.changes and #row.changes > 0 and inline(table.concat(row.changes, "; ")) or nil
    if changes and changes ~= before then add("\nFrom attempt %d on the request differs from what was asked for: %s.", row.attempt, changes) end
    before = changes
  end
end

local function add_messages(self, add)
  local list, by_text = {}, {}
  local function message(text, whose)
    local entry = by_text[text]
    if not entry then
      entry = { text = text, whose = {} }
      by_text[text], list[#list + 1] = entry, entry
    end
    entry.whose[#entry.whose + 1] = whose
  end
  for _, row in ipairs(self.attempts) do
    if row.message then message(row.message, "attempt " .. row.attempt) end
  end
  local failure = self.failure
  if failure and failure.message and not by_text[failure.message] then message(failure.message, "the job") end
  if #list > 0 then add "\n## Messages, as they came\n" end
  for _, entry in ipairs(list) do
    add("%s:\n\n%s\n", (table.concat(entry.whose, ", "):gsub("^%l", string.upper)), fenced(entry.text))
  end
end

local function add_ids(self, add)
  for _, kind in ipairs { "tasks", "requests" } do
    if #self.ids[kind] > 0 then add("- **%s**: `%s`", kind == "tasks" and "Task ids" or "Request ids", table.concat(self.ids[kind], "`, `")) end
  end
  if self.job then add("- **Job**: `%s`%s", self.job, self.state and ", " .. self.state or "") end
  for name, fingerprint in pairs(self.account or {}) do add("- **Fingerprint of the key of %s**: `%s`", name, fingerprint) end
  if self.created_at then add("- **Time**: %s to %s (UTC)", self.created_at, self.finished_at or self.made_at or "now") end
end

--- As Markdown.
---@return string text several lines, without a final newline
function Bundle:markdown()
  local lines = { "# Support request: " .. (self.model or "no model"), "" }
  local function add(form, ...) lines[#lines + 1] = select("#", ...) > 0 and form:format(...) or form end
  add("- **Model**: %s", self.model or "unknown")
  add_input(self, add)
  add_failure(self, add)
  add_counts(self, add)
  add_ids(self, add)
  add("- **Cost**: %s", self.cost)
  add_attempts(self, add)
  add_messages(self, add)
  return (table.concat(lines, "\n"):gsub("%s+$", ""))
end

Bundle.__tostring = Bundle.markdown

return M
