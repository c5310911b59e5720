--- Spans in OpenTelemetry's shape: one for a job, one for each of its attempts, one for each call of the provider's API. Job and attempts are told
-- from the record once the job is over, and their ids follow from its id: a job that another process goes on with stays one trace.
local core = require "retake.core"
local former_of = require "retake.former"
local redact = require "retake.redact"

local M = {}
M.__index = M

local function hex_of(text)
  local fingerprint = core.fingerprint()
  fingerprint:add(text)
  return fingerprint:hex()
end

local function trace_of(job_id)
  local hex = job_id:gsub("-", ""):lower()
  return #hex == 32 and hex:find "^%x+$" and hex or hex_of(job_id):sub(1, 32)
end

-- Span 0 is the job, n its n-th attempt.
local function span_id(job_id, number)
  return hex_of(job_id .. ":" .. number):sub(1, 16)
end

---- job and attempts ------------------------------------------------------------------------------------------------------------

local function status_of(class, message, clean)
  if not class then return { code = "OK" } end
  return { code = "ERROR", message = message and clean(message) or class }
end

local function event_of(row)
  if not row.decision then return nil end
  return { { name = "retake.decision", time = row.ended_at, attributes = { ["retake.decision"] = row.decision, ["retake.delay"] = row.delay } } }
end

local function attempt_span(record, number, ended_at, clean)
  local row = record.attempts[number]
  local over = row.ended_at or ended_at
  return {
    trace_id = trace_of(record.id), span_id = span_id(record.id, number), parent_span_id = span_id(record.id, 0), name = "attempt " .. row.model,
    kind = "INTERNAL", start_time = row.started_at, end_time = math.max(row.started_at, over), status = status_of(row.class, row.message, clean),
    attributes = {
      ["gen_ai.operation.name"] = "generate_content", ["gen_ai.provider.name"] = row.provider, ["gen_ai.request.model"] = row.model,
      ["gen_ai.response.id"] = row.task_id, ["error.type"] = row.class, ["retake.job.id"] = record.id, ["retake.attempt"] = number,
      ["retake.sent"] = row.sent ~= false, ["retake.operation"] = row.operation, ["retake.code"] = row.code, ["retake.effect"] = row.effect,
      ["retake.billed"] = row.billed, ["retake.credits"] = row.credits, ["retake.credits.estimate"] = row.estimate,
      ["retake.request_id"] = row.request_id,
    },
    events = event_of(row) or {},
  }
end

local function job_span(record, ended_at, clean)
  local fault = record.state == "failed" and record.fault or nil
  local provider, model = former_of.asked(record).model:match "^([^/]+)/(.+)$"
  return {
    trace_id = trace_of(record.id), span_id = span_id(record.id, 0), name = "generate_content " .. model, kind = "INTERNAL",
    start_time = record.created_at, end_time = math.max(record.created_at, ended_at),
    status = fault and status_of(fault.class, fault.message, clean) or { code = "OK" },
    attributes = {
      ["gen_ai.operation.name"] = "generate_content", ["gen_ai.provider.name"] = provider, ["gen_ai.request.model"] = model,
      ["gen_ai.response.model"] = record.state == "succeeded" and record.request.model:match "^[^/]+/(.+)$" or nil,
      ["error.type"] = fault and fault.class, ["retake.job.id"] = record.id, ["retake.attempts"] = #record.attempts,
      ["retake.outputs"] = record.outputs and #record.outputs or 0,
    },
    events = {},
  }
end

--- The spans of a job that is over: its attempts', then its own.
---@param record table
---@return table[] spans
function M.of(record)
  local clean = redact.of(record)
  local rows, last = record.attempts, record.attempts[#record.attempts]
  local ended_at = record.finished_at or last and last.ended_at or record.created_at
  local spans = {}
  for number = 1, #rows do spans[number] = attempt_span(record, number, ended_at, clean) end
  spans[#spans + 1] = job_span(record, ended_at, clean)
  return spans
end

---- calls -----------------------------------------------------------------------------------------------------------------------

---@param emit fun(span: table)
---@return table spans
function M.new(emit)
  return setmetatable({ emit = emit }, M)
end

-- The attempt that is under way, else the job.
local function parent_of(record)
  local number = #record.attempts
  return number > 0 and not record.attempts[number].ended_at and number or 0
end

--- A call of a provider's API is over. Calls that no single job makes (a poll for many, the account's state) have no span.
---@param job table|nil
---@param call { provider: string, operation: string, method: string, url: string, model: string|nil }
---@param began number seconds since 1970
---@param ended number
---@param outcome table of the transfer
---@param fault userdata|nil
function M:called(job, call, began, ended, outcome, fault)
  if not job then return end
  local record = job.record_
  local host, port = call.url:match "^%a+://(%[[%x:.]+%]):?(%d*)"
  if not host then host, port = call.url:match "^%a+://([^/:?#]+):?(%d*)" end
  self.emit {
    trace_id = trace_of(record.id), span_id = core.random_id():gsub("-", ""):sub(17, 32), parent_span_id = span_id(record.id, parent_of(record)),
    name = call.method .. " " .. call.operation, kind = "CLIENT", start_time = began, end_time = math.max(began, ended),
    status = fault and { code = "ERROR", message = fault.class } or { code = "OK" },
    attributes = {
      ["http.request.method"] = call.method, ["http.response.status_code"] = outcome.status, ["server.address"] = host,
      ["server.port"] = tonumber(port), ["error.type"] = fault and fault.class, ["gen_ai.provider.name"] = call.provider,
      ["gen_ai.request.model"] = call.model, ["retake.operation"] = call.operation, ["retake.job.id"] = record.id,
    },
    events = {},
  }
end

--- A job is over: its attempts and itself.
---@param job table
function M:finished(job)
  for _, span in ipairs(M.of(job.record_)) do self.emit(span) end
end

---- OTLP ------------------------------------------------------------------------------------------------------------------------

local kinds = { INTERNAL = 1, CLIENT = 3 }
local codes = { OK = 1, ERROR = 2 }

-- Nanoseconds are more digits than a number of JSON holds; microseconds are what is measured.
local function nanoseconds(seconds)
  local whole = math.floor(seconds)
  return ("%.0f%06d000"):format(whole, math.floor((seconds - whole) * 1e6))
end

local function value_of(value)
  if type(value) == "boolean" then return { boolValue = value } end
  if type(value) ~= "number" then return { stringValue = tostring(value) } end
  if value % 1 == 0 then return { intValue = ("%.0f"):format(value) } end
  return { doubleValue = value }
end

local function attribute_list(attributes)
  local keys, list = {}, {}
  for key in pairs(attributes) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do list[i] = { key = key, value = value_of(attributes[key]) } end
  return list
end

local function otlp_span(span)
  local events = {}
  for i, event in ipairs(span.events) do
    events[i] = { name = event.name, timeUnixNano = nanoseconds(event.time), attributes = attribute_list(event.attributes) }
  end
  return {
    traceId = span.trace_id, spanId = span.span_id, parentSpanId = span.parent_span_id, name = span.name, kind = kinds[span.kind],
    startTimeUnixNano = nanoseconds(span.start_time), endTimeUnixNano = nanoseconds(span.end_time), attributes = attribute_list(span.attributes),
    events = #events > 0 and events or nil, status = { code = codes[span.status.code], message = span.status.message },
  }
end

--- The body of a request to a collector's /v1/traces (OTLP over HTTP, as JSON).
---@param spans table[]
---@param service string|nil the name of the service, default "retake"
---@return table body for JSON
function M.otlp(spans, service)
  local list = {}
  for i, span in ipairs(spans) do list[i] = otlp_span(span) end
  return { resourceSpans = { {
    resource = { attributes = { { key = "service.name", value = { stringValue = service or "retake" } } } },
    scopeSpans = { { scope = { name = "retake" }, spans = list } },
  } } }
end

return M
