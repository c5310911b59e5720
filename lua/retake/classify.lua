--- From an answer, or the lack of one, to a fault.
local cjson = require "cjson.safe"
local core = require "retake.core"
local provider = require "retake.provider"
local generic = require "retake.provider.generic"

local M = {}

local json = cjson.new()

-- How much of a body that is not JSON is read for its words.
local TEXT_READ = 64 * 1024
local MESSAGE_KEPT = 1000

--- A header's value by lower-case name, from lines ("Name: value") or from a table in any letter case.
---@param headers table|nil
---@param name string lower case
---@return string|nil value the last one where there are several
function M.header(headers, name)
  local found
  if type(headers) ~= "table" then return nil end
  for key, value in pairs(headers) do
    if type(key) == "number" and type(value) == "string" then
      local line_name, line_value = value:match "^([^:]+):%s*(.-)%s*$"
      if line_name and line_name:lower() == name then found = line_value end
    elseif type(key) == "string" and key:lower() == name then
      found = type(value) == "table" and value[#value] or value
    end
  end
  return found and tostring(found) or nil
end

--- Seconds the provider asks to be left alone, from its headers; nil where it names no time to come.
---@param headers table|nil
---@return number|nil seconds
function M.retry_after(headers)
  local milliseconds = tonumber(M.header(headers, "retry-after-ms"))
  if milliseconds and milliseconds >= 0 and milliseconds < 1e15 then return milliseconds / 1000 end
  local value = M.header(headers, "retry-after")
  if value then return core.retry_after(value, M.header(headers, "date"), core.clock()) end
end

-- A page meant for a browser: its title says what happened, else its words do.
local function html_words(text)
  local title = text:match "<[tT][iI][tT][lL][eE][^>]*>([^<]*)<"
  if title and title:match "%S" then return title:gsub("%s+", " ") end
  return (text:gsub("<[^>]*>", " "):gsub("%s+", " "))
end

local function text_finding(text)
  local head = text:sub(1, TEXT_READ)
  local html = head:find "^%s*<[!%a]" ~= nil
  local words = (html and html_words(head) or head):gsub("^%s+", ""):gsub("%s+$", "")
  if words == "" then return nil end
  return { type = html and "html" or nil, message = words:sub(1, MESSAGE_KEPT) }
end

--- A body as it came, decoded: a table where it is JSON, else its text.
---@param body any
---@return table|nil decoded, string|nil text
function M.decode(body)
  if type(body) == "table" then return body end
  if type(body) ~= "string" or body == "" then return nil end
  local first = body:match "^%s*([%[{])"
  local decoded = first and json.decode(body)
  if type(decoded) == "table" then return decoded end
  return nil, body
end

local function find_errors(evidence, definition)
  local decoded, text = M.decode(evidence.body)
  if decoded then
    local read, findings = pcall(definition and definition.evidence or generic.evidence, decoded, evidence)
    return read and findings or {}, decoded, text
  end
  -- text beside a success is an error only where an answer of the API is due
  local status = tonumber(evidence.status) or 0
  if text and (status >= 300 or evidence.operation ~= "download" and evidence.operation ~= "asset") then
    return { text_finding(text) }, decoded, text
  end
  return {}, decoded, text
end

local function decide(compiled, asked)
  for _, rules in ipairs(compiled) do
    local class, verdict = rules:match(asked)
    if class then return class, verdict end
  end
  return "unknown", {}
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

local function request_id_of(evidence, definition, decoded, finding)
  for _, name in ipairs(definition and definition.request_id or { "x-request-id", "request-id" }) do
    local value = M.header(evidence.headers, name)
    if value then return value end
  end
  local read = definition and definition.request_id_in
  return finding.request_id or read and decoded and read(decoded) or nil
end

-- The provider's time to wait: a header, else what the errors say, the longest of them.
local function wait_of(evidence, findings)
  local wait = M.retry_after(evidence.headers)
  if wait then return wait end
  for _, finding in ipairs(findings) do
    if finding.retry_after then wait = math.max(wait or 0, finding.retry_after) end
  end
  return wait
end

local function hint_of(verdict, finding)
  if verdict.hint and finding.hint then return verdict.hint .. "; " .. finding.hint end
  return verdict.hint or finding.hint
end

-- A transport outcome, as the engine gives it or as its bare name.
local function transport_of(evidence)
  local transport = evidence.transport
  if type(transport) == "string" then transport = { kind = transport, sent = true } end
  if type(transport) == "table" and transport.kind and transport.kind ~= "response" then return transport end
end

-- The task an answer tells of. A submission's answer counts where the task is over already.
local function task_of(evidence, definition, decoded)
  local part = definition and (evidence.operation == "poll" or evidence.operation == "submit") and definition[evidence.operation]
  if not part or not part.decode or not decoded then return nil end
  local read, task = pcall(part.decode, decoded)
  if not read or not task then return nil end
  return (evidence.operation == "poll" or is_over(task)) and task or nil
end

local function is_failure(evidence, transport, findings, task, text)
  if transport or #findings > 0 then return true end
  if is_over(task) then return true end
  local status = tonumber(evidence.status)
  if status and status >= 300 then return true end
  return text ~= nil and evidence.operation ~= "download" and evidence.operation ~= "asset"
end

-- A cancelled task is no error in the body's words: its state alone says so.
local function class_of(evidence, definition, transport, findings, task)
  if task and task.state == "cancelled" then return "task.cancelled", {} end
  local asked = { operation = evidence.operation, status = evidence.status, transport = transport and transport.kind, findings = findings }
  if transport and evidence.operation == "submit" and transport.sent then return "submit.unknown", {} end
  local compiled = { definition and definition.compiled or generic.compiled, definition and generic.compiled or nil }
  return decide(compiled, asked)
end

--- Classifies what is known of a call. Never throws on a body, however hostile.
---@param evidence { provider: string|nil, operation: string|nil, status: integer|nil, headers: table|nil, body: string|table|nil,
---  transport: string|table|nil, model: string|nil, task_id: string|nil, message: string|nil }
---@return userdata|nil fault nil where the evidence shows no failure
function M.classify(evidence)
  local definition = evidence.provider and provider.get(evidence.provider)
  local transport = transport_of(evidence)
  local findings, decoded, text = find_errors(evidence, definition)
  local task = task_of(evidence, definition, decoded)
  if not is_failure(evidence, transport, findings, task, text) then return nil end
  local class, verdict = class_of(evidence, definition, transport, findings, task)
  local finding = findings[verdict.finding or 1] or {}
  local effect = effect_of(evidence, transport, definition, task, class, finding)
  local credits = task and task.credits
  return core.fault {
    class = class,
    message = transport and transport.message or finding.message,
    code = finding.code or transport and transport.kind or nil,
    field = finding.field or verdict.field,
    category = class:find "^content" and (finding.category or verdict.category or "general") or nil,
    status = tonumber(evidence.status),
    retry_after = wait_of(evidence, findings),
    effect = effect,
    billed = billed_of(effect, credits),
    credits = credits,
    task_id = evidence.task_id or task and task.task_id or finding.task_id,
    request_id = request_id_of(evidence, definition, decoded, finding),
    provider = evidence.provider,
    model = evidence.model,
    operation = evidence.operation,
    hint = hint_of(verdict, finding),
    floor = verdict.floor,
  }
end

return M
