--- From an answer, or the lack of one, to a fault.
local core = require "retake.core"
local evidence_of = require "retake.evidence"
local evidence_words = require "retake.evidence_words"
local provider = require "retake.provider"
local generic = require "retake.provider.generic"

local M = {}

local find, lower, match = string.find, string.lower, string.match

-- All headers by lower-case name, from lines ("Name: value") or from a table in any letter case.
local function by_name(headers)
  local map = {}
  for key, value in pairs(headers) do
    if type(key) == "number" and type(value) == "string" then
      local name, said = match(value, "^([^:]+):%s*(.*)$")
      if name then map[lower(name)] = string.sub(said, 1, find(said, "%S%s*$") or 0) end
    elseif type(key) == "string" then
      if type(value) == "table" then value = value[#value] end
      if type(value) == "string" or type(value) == "number" then map[lower(key)] = tostring(value) end
    end
  end
  return map
end

local nothing = {}

local function header_map(headers)
  return type(headers) == "table" and next(headers) ~= nil and by_name(headers) or nothing
end

--- A header's value by lower-case name, from lines ("Name: value") or from a table in any letter case.
---@param headers table|nil
---@param name string lower case
---@return string|nil value the last one where there are several
function M.header(headers, name)
  return header_map(headers)[name]
end

local function named_wait(map)
  local milliseconds = tonumber(map["retry-after-ms"])
  if milliseconds and milliseconds >= 0 and milliseconds < 1e15 then return milliseconds / 1000 end
  local value = map["retry-after"]
  if value then return core.retry_after(value, map.date, core.clock()) end
end

--- Seconds the provider asks to be left alone, from its headers; nil where it names no time to come.
---@param headers table|nil
---@return number|nil seconds
function M.retry_after(headers)
  return named_wait(header_map(headers))
end

--- A body as it came, decoded: a table where it is JSON, else its text.
---@param body any
---@return table|nil decoded, string|nil text
M.decode = evidence_of.decode

-- AWS and fal.ai name an error's type in a header.
local function add_header(findings, map)
  local kind = map["x-amzn-errortype"] or map["x-fal-error-type"]
  if not kind then return findings end
  if findings == nothing then findings = {} end
  findings[#findings + 1] = { type = match(match(kind, "[^#]*$"), "^[^:]*") }
  return findings
end

-- No error is as long as this: a refusal that is gets read by the words at its start.
local LONGEST_REFUSAL = 256 * 1024

local function decoded_body(body, status)
  if status >= 400 and type(body) == "string" and #body > LONGEST_REFUSAL then return nil, body end
  return evidence_of.decode(body)
end

-- The errors of an answer, the body decoded, its text where it is no JSON.
local function find_errors(evidence, definition, map)
  local status = tonumber(evidence.status) or 0
  local decoded, text = decoded_body(evidence.body, status)
  local findings = nothing
  if decoded then
    local read, found = pcall(definition and definition.evidence or evidence_of.of_table, decoded, evidence)
    findings = read and found or {}
    -- an error in a shape that the provider's own search does not know
    if definition and definition.evidence and status >= 400 and #findings == 0 then
      read, found = pcall(evidence_of.of_table, decoded, evidence)
      findings = read and found or findings
    end
  elseif text and (status >= 300 or evidence.operation ~= "download" and evidence.operation ~= "asset") then
    -- text beside a success is an error only where an answer of the API is due
    local read, found = pcall(evidence_of.of_text, text, evidence)
    findings = read and found or {}
  end
  if map ~= nothing and status >= 400 then findings = add_header(findings, map) end
  return findings, decoded, text
end

-- The class, the rule that decided, the finding it was decided for, and whose rules they are.
local function decide(definition, evidence, transport, findings)
  if definition then
    local class, rule, finding = definition.compiled:decide(evidence.operation, evidence.status, transport, findings)
    if class then return class, definition.rules[rule], finding, definition, rule end
  end
  local class, rule, finding = generic.compiled:decide(evidence.operation, evidence.status, transport, findings)
  if class then return class, generic.rules[rule], finding, generic, rule end
  return "unknown", nothing
end

local function is_over(task)
  return task ~= nil and (task.state == "failed" or task.state == "cancelled")
end

-- Families of classes that are refusals of a call, also where they come under a 2xx. The provider's own troubles are none: a task may run.
local refusals = { request = true, asset = true, account = true, model = true, limit = true }

local function is_refused_in_words(status, class, finding)
  if status < 200 or status >= 300 or not (finding.code or finding.message) then return false end
  return refusals[class:match "^%a+"] or class == "content.input"
end

-- Whether a submission's answer means that it was surely not accepted.
local function is_refusal(evidence, definition, finding, class)
  local status = tonumber(evidence.status) or 0
  local safe, codes = definition and definition.safe_statuses, definition and definition.safe_codes
  return status >= 400 and status < 500 or safe and safe[status] or status >= 400 and codes and codes[finding.code]
    or is_refused_in_words(status, class, finding)
end

-- What the failed call may have done at the provider.
local function effect_of(evidence, transport, definition, task, class, finding)
  if evidence.operation == "submit" then
    if transport then return transport.sent and "unknown" or "none" end
    if is_over(task) then return "finished" end
    return class ~= "submit.unknown" and is_refusal(evidence, definition, finding, class) and "none" or "unknown"
  end
  if evidence.operation == "poll" and is_over(task) then return "finished" end
  if evidence.operation == "download" then return "finished" end
  if evidence.task_id or task and task.task_id then return "accepted" end
  return "none"
end

local function billed_of(effect, credits)
  if credits then return credits > 0 and "yes" or "no" end
  return effect == "none" and "no" or "unknown"
end

local request_headers = { "x-request-id", "request-id", "x-amzn-requestid", "x-amz-request-id", "apim-request-id", "x-ms-request-id",
  "x-fal-request-id",
  "x-tt-logid", "x-oneapi-request-id", "x-goog-request-id", "x-requestid", "x-trace-id", "cf-ray" }

local function request_id_of(definition, map, decoded, findings, finding)
  if map ~= nothing then
    for _, name in ipairs(definition and definition.request_id or request_headers) do
      if map[name] then return map[name] end
    end
  end
  local read = definition and definition.request_id_in
  return finding.request_id or findings.request_id or read and decoded and read(decoded)
    or finding.message and evidence_words.request_id_in(finding.message) or nil
end

local reset_headers = { "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset",
  "x-ratelimit-reset-after", "x-ratelimit-requests-reset", "anthropic-ratelimit-requests-reset", "x-ratelimit-limit-reset" }

-- Of a limit that is used up; the others are reset as well, but nobody waits for them.
local function reset_of(map)
  local wait
  for _, name in ipairs(reset_headers) do
    local left = tonumber(map[name:gsub("reset", "remaining")])
    local seconds = map[name] and (not left or left <= 0) and evidence_words.seconds(map[name])
    if seconds and seconds < 1e7 then wait = math.max(wait or 0, seconds) end
  end
  return wait
end

-- The classes whose texts and headers may name a time: nothing else goes again by waiting.
local function may_wait(class)
  return find(class, "^[lp]") ~= nil and class ~= "local" or class == "account.quota" or class == "generation.failed" or class == "asset.unreachable"
    or class == "asset.timeout" or class == "submit.unknown"
end

-- The provider's time to wait: a header, else what the errors say, the longest of them; at last the words.
local function wait_of(map, class, findings)
  local wait
  if map ~= nothing then wait = named_wait(map) end
  if wait then return wait end
  wait = findings.retry_after
  for index = 1, #findings do
    local said = findings[index].retry_after
    if said then wait = math.max(wait or 0, said) end
  end
  if wait or not may_wait(class) then return wait end
  for index = 1, math.min(#findings, 4) do
    local message = findings[index].message
    local said = message and evidence_words.wait_in(message)
    if said then wait = math.max(wait or 0, said) end
  end
  if not wait and map ~= nothing and (class == "limit.rate" or class == "account.quota") then wait = reset_of(map) end
  return wait
end

local function hint_of(rule, finding)
  if rule.hint and finding.hint then return rule.hint .. "; " .. finding.hint end
  return rule.hint or finding.hint
end

-- The first finding that has it: the one that decided may be a code inside of another one's words.
local function first(findings, key)
  for index = 1, #findings do
    if findings[index][key] then return findings[index][key] end
  end
end

local function field_of(class, definition, rule, finding, message)
  local field = finding.field or rule.field
  if field or definition or not message or not (find(class, "^request") or find(class, "^asset")) then return field end
  return evidence_words.field_in(message)
end

local function category_of(class, rule, finding, findings)
  if not find(class, "^content") then return nil end
  return finding.category or rule.category or generic.category(findings)
end

-- A transport outcome, as the engine gives it or as its bare name.
local function transport_of(evidence)
  local transport = evidence.transport
  if not transport then return nil end
  if type(transport) == "string" then transport = { kind = transport, sent = true } end
  if type(transport) == "table" and transport.kind and transport.kind ~= "response" then return transport end
end

-- The task an answer tells of. A submission's answer counts where the task is over already.
local function task_of(evidence, definition, decoded, findings)
  if not decoded then return nil end
  if not definition then return findings.state and findings end
  local part = (evidence.operation == "poll" or evidence.operation == "submit") and definition[evidence.operation]
  if not part or not part.decode then return nil end
  local read, task = pcall(part.decode, decoded)
  if not read or not task then return nil end
  return (evidence.operation == "poll" or is_over(task)) and task or nil
end

local function is_failure(evidence, transport, findings, task, text)
  if transport or #findings > 0 or is_over(task) then return true end
  local status = tonumber(evidence.status)
  if status and status >= 300 then return true end
  return text ~= nil and evidence.operation ~= "download" and evidence.operation ~= "asset"
end

-- A cancelled task is no error in the body's words: its state alone says so.
local function class_of(evidence, definition, transport, findings, task)
  if task and task.state == "cancelled" then return "task.cancelled", nothing end
  if transport and evidence.operation == "submit" and transport.sent then return "submit.unknown", nothing end
  return decide(definition, evidence, transport and transport.kind, findings)
end

local function see(evidence)
  local definition = evidence.provider and provider.get(evidence.provider) or nil
  local transport = transport_of(evidence)
  local map = evidence.headers and header_map(evidence.headers) or nothing
  local findings, decoded, text = find_errors(evidence, definition, map)
  local task = task_of(evidence, definition, decoded, findings)
  if not is_failure(evidence, transport, findings, task, text) then return nil end
  local class, rule, place, set, number = class_of(evidence, definition, transport, findings, task)
  return class, rule, place, findings, map, definition, transport, decoded, task, set, number
end

--- Why an answer is classified as it is; nil where the evidence shows no failure.
---@param evidence table as classify takes it
---@return { class: string, findings: table[], finding: integer|nil, rule: table, set: table|nil, number: integer|nil }|nil seen the errors found,
---  which of them decided, by which rule, in whose rules and at which place
function M.examine(evidence)
  local class, rule, place, findings, _, _, _, _, _, set, number = see(evidence)
  if not class then return nil end
  return { class = class, findings = findings, finding = place, rule = rule, set = set, number = number }
end

-- One table for all faults: the core copies what it holds, and nothing yields in between.
local fields = {}

--- Classifies what is known of a call. Never throws on a body, however hostile.
---@param evidence { provider: string|nil, operation: string|nil, status: integer|nil, headers: table|nil, body: string|table|nil,
---  transport: string|table|nil, model: string|nil, task_id: string|nil, message: string|nil }
---@return userdata|nil fault nil where the evidence shows no failure
function M.classify(evidence)
  local class, rule, place, findings, map, definition, transport, decoded, task = see(evidence)
  if not class then return nil end
  local finding = findings[place or 1] or nothing
  local message = finding.message or first(findings, "message")
  local effect = effect_of(evidence, transport, definition, task, class, finding)
  local credits = task and task.credits
  fields.class = class
  fields.message = transport and transport.message or message
  fields.code = finding.code or first(findings, "code") or transport and transport.kind or nil
  fields.field = field_of(class, definition, rule, finding, message)
  fields.category = category_of(class, rule, finding, findings)
  fields.status = tonumber(evidence.status)
  fields.retry_after = wait_of(map, class, findings)
  fields.effect = effect
  fields.billed = billed_of(effect, credits)
  fields.credits = credits
  fields.task_id = evidence.task_id or task and task.task_id or finding.task_id or findings.task_id
  fields.request_id = request_id_of(definition, map, decoded, findings, finding)
  fields.provider = evidence.provider
  fields.model = evidence.model
  fields.operation = evidence.operation
  fields.hint = hint_of(rule, finding)
  fields.floor = rule.floor
  local fault = core.fault(fields)
  fields.message = nil -- it may be long
  return fault
end

return M
