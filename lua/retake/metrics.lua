--- What a client counts, in Prometheus' text form. Labels come from closed sets (classes, operations, decisions) and from models, of which only
-- so many get series of their own: a script that makes up models must not fill the memory of whoever collects this.
local M = {}
M.__index = M

-- Pairs of provider and model with series of their own; those after them share one, named as OpenTelemetry names what is left over.
local MOST_MODELS = 200
local OTHER = "_OTHER"

local LONG = { 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 3600 }
local SHORT = { 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300 }

-- Each metric: its kind, labels, and what it tells. In the order in which they are written.
local definitions = {
  { "retake_jobs_started_total", "counter", {}, "Jobs started." },
  { "retake_jobs_adopted_total", "counter", {}, "Jobs gone on with from a record." },
  { "retake_jobs_finished_total", "counter", { "state", "error_type" }, "Jobs that are over; error_type is the class of the failure." },
  { "retake_job_duration_seconds", "histogram", { "state" }, "From the start of a job to its end, waits included.", LONG },
  { "retake_submissions_total", "counter", { "provider", "model" }, "Submissions sent." },
  { "retake_attempts_total", "counter", { "provider", "model", "error_type" }, "Attempts that are over and had been sent; without error_type: "
    .. "those that succeeded." },
  { "retake_attempt_duration_seconds", "histogram", { "provider", "model" }, "From submission to success or failure.", LONG },
  { "retake_faults_total", "counter", { "provider", "operation", "error_type" }, "Failures, those found before anything was sent too." },
  { "retake_credits_total", "counter", { "provider", "model" }, "Credits spent, as far as the provider told them." },
  { "retake_unknown_cost_attempts_total", "counter", { "provider", "model" }, "Attempts that may have cost something, of which the provider did "
    .. "not say." },
  { "retake_decisions_total", "counter", { "decision", "error_type" }, "What policies decided, by the class they were asked about." },
  { "retake_gate_total", "counter", { "rule", "effect" }, "Decisions that the gate delayed or refused, by its rule." },
  { "retake_circuit_changes_total", "counter", { "provider", "scope", "state" }, "Circuits that opened or closed: of a model, a provider, an "
    .. "account." },
  { "retake_skipped_targets_total", "counter", { "provider", "model" }, "Fallback models passed over because they cannot serve the request." },
  { "retake_pauses_total", "counter", { "provider" }, "Pauses of an account's submissions." },
  { "retake_journal_failures_total", "counter", {}, "Records that could not be written." },
  { "retake_requests_total", "counter", { "provider", "operation", "error_type" }, "Calls of a provider's API that are over." },
  { "retake_request_duration_seconds", "histogram", { "provider", "operation" }, "From a call to the end of its answer, its wait for a free "
    .. "connection included.", SHORT },
}

local by_name = {}
for _, definition in ipairs(definitions) do
  by_name[definition[1]] = { name = definition[1], labels = definition[3], buckets = definition[5] }
end

---@return table metrics
function M.new()
  local metrics = setmetatable({ series = {}, models = {}, model_count = 0, active = 0 }, M)
  for name, family in pairs(by_name) do
    metrics.series[name] = {}
    if #family.labels == 0 then metrics.series[name][""] = { value = 0 } end -- what never happened is 0, not absent
  end
  return metrics
end

local function series_of(metrics, name, a, b, c)
  local key = (a or "") .. "\0" .. (b or "") .. "\0" .. (c or "")
  if not a then key = "" end
  local series = metrics.series[name]
  local entry = series[key]
  if not entry then
    entry = { a, b, c, value = 0 }
    series[key] = entry
  end
  return entry
end

local function count(metrics, name, a, b, c, by)
  local entry = series_of(metrics, name, a, b, c)
  entry.value = entry.value + (by or 1)
end

local function observe(metrics, name, seconds, a, b)
  local entry, buckets = series_of(metrics, name, a, b), by_name[name].buckets
  entry.counts = entry.counts or {}
  entry.value, entry.sum = entry.value + 1, (entry.sum or 0) + seconds
  for place = 1, #buckets do
    if seconds <= buckets[place] then
      entry.counts[place] = (entry.counts[place] or 0) + 1
      return
    end
  end
end

-- The labels of a model, or of what is left over.
local function named(metrics, provider, model)
  local models = metrics.models[provider]
  if models and models[model] then return provider, model end
  if metrics.model_count >= MOST_MODELS then return OTHER, OTHER end
  if not models then
    models = {}
    metrics.models[provider] = models
  end
  models[model], metrics.model_count = true, metrics.model_count + 1
  return provider, model
end

---- what happens ----------------------------------------------------------------------------------------------------------------

--- A job begins, or goes on from its record.
---@param adopted boolean|nil
function M:started(adopted)
  self.active = self.active + 1
  count(self, adopted and "retake_jobs_adopted_total" or "retake_jobs_started_total")
end

-- A row of the ledger was closed.
local function attempt_over(metrics, row)
  if row.sent == false or row.operation == "download" or row.operation == "upload" then return end
  local provider, model = named(metrics, row.provider, row.model)
  count(metrics, "retake_attempts_total", provider, model, row.class or "")
  observe(metrics, "retake_attempt_duration_seconds", math.max(0, row.ended_at - row.started_at), provider, model)
  if row.credits then count(metrics, "retake_credits_total", provider, model, nil, row.credits)
  elseif row.billed ~= "no" then count(metrics, "retake_unknown_cost_attempts_total", provider, model) end
end

--- The job's task succeeded; its output is still to be saved.
---@param job table
function M:succeeded(job)
  local row = job.record_.attempts[#job.record_.attempts]
  if row then attempt_over(self, row) end
end

local function over(metrics, job, state, class)
  local record = job.record_
  metrics.active = metrics.active - 1
  count(metrics, "retake_jobs_finished_total", state, class or "")
  observe(metrics, "retake_job_duration_seconds", math.max(0, record.finished_at - record.created_at), state)
end

local events = {
  submitting = function(metrics, job)
    count(metrics, "retake_submissions_total", named(metrics, job.provider, job.model))
  end,
  fault = function(metrics, job, fields)
    local record = job.record_
    count(metrics, "retake_faults_total", (named(metrics, job.provider or "?", job.model or "?")), fields.operation or "none", fields.class)
    local row = record.attempts[#record.attempts]
    -- a download that is tried again, or a deadline between two attempts, closes no row
    if fields.fault and row and row.ended_at == record.failed_at then attempt_over(metrics, row) end
  end,
  decision = function(metrics, _, fields) count(metrics, "retake_decisions_total", fields.decision, fields.class or "") end,
  gate = function(metrics, _, fields)
    count(metrics, "retake_gate_total", fields.rule or "none", fields.delay and "delayed" or "refused")
  end,
  circuit = function(metrics, _, fields)
    count(metrics, "retake_circuit_changes_total", (named(metrics, fields.provider or "?", "*")), fields.scope or "model", fields.state)
  end,
  skipped = function(metrics, _, fields)
    local provider, model = tostring(fields.model):match "^([^/]+)/(.+)$"
    count(metrics, "retake_skipped_targets_total", named(metrics, provider or "?", model or "?"))
  end,
  paused = function(metrics, _, fields) -- the pause itself is a warning; jobs that it keeps back tell of it too
    if fields.warning then count(metrics, "retake_pauses_total", (named(metrics, fields.provider or "?", "*"))) end
  end,
  journal_failed = function(metrics) count(metrics, "retake_journal_failures_total") end,
  succeeded = function(metrics, job) over(metrics, job, "succeeded") end,
  failed = function(metrics, job, fields) over(metrics, job, "failed", fields.class) end,
}

--- An event of a job, as listeners get it.
---@param name string
---@param job table
---@param fields table|nil
function M:event(name, job, fields)
  local note = events[name]
  if note then note(self, job, fields or {}) end
end

--- A call of a provider's API is over.
---@param provider string
---@param operation string
---@param class string|nil of its failure
---@param seconds number
function M:called(provider, operation, class, seconds)
  count(self, "retake_requests_total", provider, operation, class or "")
  observe(self, "retake_request_duration_seconds", math.max(0, seconds), provider, operation)
end

---- writing ---------------------------------------------------------------------------------------------------------------------

local escapes = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }

local function labels_of(names, values, le)
  local parts = {}
  for place, name in ipairs(names) do
    local value = values[place]
    -- an empty label is none, in Prometheus; OpenTelemetry sets error.type on failures only
    if value and value ~= "" then parts[#parts + 1] = ('%s="%s"'):format(name, (value:gsub('[\\"\n]', escapes))) end
  end
  if le then parts[#parts + 1] = ('le="%s"'):format(le) end
  return #parts > 0 and "{" .. table.concat(parts, ",") .. "}" or ""
end

local function number(value)
  return ("%.14g"):format(value)
end

local function write_histogram(add, family, entry)
  local sum = 0
  for place, bound in ipairs(family.buckets) do
    sum = sum + (entry.counts[place] or 0)
    add(family.name .. "_bucket" .. labels_of(family.labels, entry, number(bound)), sum)
  end
  add(family.name .. "_bucket" .. labels_of(family.labels, entry, "+Inf"), entry.value)
  add(family.name .. "_sum" .. labels_of(family.labels, entry), entry.sum)
  add(family.name .. "_count" .. labels_of(family.labels, entry), entry.value)
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- How things stand now, from what the client has anyway.
local function gauges(client)
  local circuits, health = {}, client:health()
  for _, name in ipairs(sorted_keys(health)) do
    local provider, model = name:match "^([^/]+)/(.+)$"
    if health[name].state then circuits[#circuits + 1] = { provider, model, value = health[name].state == "closed" and 0 or 1 } end
    if #circuits >= MOST_MODELS then break end
  end
  local waiting = {}
  for _, name in ipairs(sorted_keys(client.tasks)) do
    waiting[#waiting + 1] = { name, value = client.tasks[name].waiting or 0 }
    if #waiting >= MOST_MODELS then break end
  end
  return {
    { "retake_jobs_active", {}, "Jobs that are not over.", { { value = client.metrics_.active } } },
    { "retake_transfers_active", {}, "Transfers under way or queued.", { { value = client.transferring } } },
    { "retake_circuit_open", { "provider", "model" }, "1 where submissions to the model are kept back or only tried, else 0.", circuits },
    { "retake_jobs_waiting_for_a_place", { "for" }, "Jobs that wait because concurrency is limited, by provider or model.", waiting },
  }
end

--- What was counted, and how things stand.
---@param client table
---@return string text lines, with a final newline: version 0.0.4 of Prometheus' text form
function M.write(client)
  local metrics, lines = client.metrics_, {}
  local function add(name, value) lines[#lines + 1] = name .. " " .. number(value) end
  local function head(name, kind, help)
    lines[#lines + 1] = ("# HELP %s %s"):format(name, help)
    lines[#lines + 1] = ("# TYPE %s %s"):format(name, kind)
  end
  for _, definition in ipairs(definitions) do
    local family, series = by_name[definition[1]], metrics.series[definition[1]]
    head(family.name, definition[2], definition[4])
    for _, key in ipairs(sorted_keys(series)) do
      if family.buckets then write_histogram(add, family, series[key])
      else add(family.name .. labels_of(family.labels, series[key]), series[key].value) end
    end
  end
  for _, gauge in ipairs(gauges(client)) do
    head(gauge[1], "gauge", gauge[3])
    for _, entry in ipairs(gauge[4]) do add(gauge[1] .. labels_of(gauge[2], entry), entry.value) end
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
