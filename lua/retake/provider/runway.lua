--- Runway (https://docs.dev.runwayml.com, API version 2024-11-06): where it is, how it is asked, how it answers.
local provider = require "retake.provider"
local models = require "retake.provider.runway_models"
local limits = require "retake.provider.runway_limits"
local request = require "retake.provider.runway_request"
local rules = require "retake.provider.runway_rules"

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

-- The number under table[name].credits, whatever the rest is.
local function credits_in(body, name)
  local cost = body[name]
  local credits = type(cost) == "table" and cost.credits
  if type(credits) == "number" and credits == credits and credits > -math.huge and credits < math.huge then return credits end
end

-- An id goes into a path: one that holds more than a task id can is not believed.
local function task_id_of(body)
  local id = text(body.id)
  return id and #id <= 128 and id:find "^[%w_%-]+$" and id or nil
end

local states = { PENDING = "queued", THROTTLED = "queued", RUNNING = "running", SUCCEEDED = "succeeded", FAILED = "failed",
  CANCELLED = "cancelled", CANCELED = "cancelled" } -- the documents' prose spells it with one L

local function decode_submit(body)
  if type(body) ~= "table" then return nil end
  local id = task_id_of(body)
  if not id then return nil end
  return { task_id = id, estimated_credits = credits_in(body, "estimatedCost") }
end

local function urls_in(list)
  local urls = {}
  if type(list) == "string" then list = { list } end
  if type(list) ~= "table" then return urls end
  for index = 1, #list do
    local url = list[index]
    if type(url) == "string" and url:find "^[hH][tT][tT][pP][sS]?://[^%s%c]+$" then urls[#urls + 1] = url end
  end
  return urls
end

local function decode_poll(body)
  if type(body) ~= "table" then return nil end
  local status = text(body.status)
  local progress = body.progress
  if type(progress) ~= "number" or progress ~= progress then progress = nil end
  return {
    task_id = task_id_of(body),
    status = status,
    state = status and states[status:upper()],
    progress = progress and math.max(0, math.min(1, progress)),
    outputs = urls_in(body.output),
    credits = credits_in(body, "cost"),
    estimated_credits = credits_in(body, "estimatedCost"),
  }
end

local function encode_upload(file)
  local name = tostring(file.name):match "([^/\\]+)$" or "upload.bin"
  if #name > 255 then name = name:sub(-255) end -- the extension at the end is what counts
  return { method = "POST", path = "/v1/uploads", body = { filename = name, type = "ephemeral" } }
end

local function decode_upload(body)
  if type(body) ~= "table" or not text(body.uploadUrl) or not text(body.runwayUri) then return nil end
  if not body.uploadUrl:find "^https?://" or not body.runwayUri:find "^runway://" then return nil end
  local fields = {}
  for name, value in pairs(type(body.fields) == "table" and body.fields or {}) do
    if type(name) == "string" and type(value) == "string" then fields[#fields + 1] = { name, value } end
  end
  table.sort(fields, function(a, b) return a[1] < b[1] end)
  return { url = body.uploadUrl, fields = fields, uri = body.runwayUri }
end

local function decode_account(body)
  if type(body) ~= "table" then return nil end
  local tier, usage = type(body.tier) == "table" and body.tier or {}, type(body.usage) == "table" and body.usage or {}
  return {
    credits = type(body.creditBalance) == "number" and body.creditBalance or nil,
    models = type(tier.models) == "table" and tier.models or {},
    usage = type(usage.models) == "table" and usage.models or {},
  }
end

-- Statuses of a submission that mean it was surely not accepted. Every 4xx is an answer to the request itself: it was read and refused.
-- 503 is load shedding (Runway's page on HTTP errors): the request is turned away before it is read. Not among them: 500, which may
-- follow the creation of a task, and 502 and 504, where a gateway lost the answer of a server that may have accepted.
local safe_statuses = { [503] = true }
for status = 400, 499 do safe_statuses[status] = true end

local function task_path(task_id) return "/v1/tasks/" .. task_id end

return provider.define {
  name = "runway", built_in = true,
  base_url = "https://api.dev.runwayml.com",
  key_variable = "RUNWAYML_API_SECRET",
  auth = { header = "Authorization", prefix = "Bearer " },
  headers = { ["X-Runway-Version"] = "2024-11-06" },
  request_id = { "apigw-requestid", "x-request-id", "x-amzn-requestid", "cf-ray" },
  models = models.models,
  accepts = require "retake.provider.runway_accepts",
  submit = { method = "POST", encode = request.encode, decode = decode_submit },
  -- "should not expect updates more frequent than once every five seconds"; a 404 right after the creation has been seen
  poll = { method = "GET", path = task_path, decode = decode_poll, floor = 5, interval = 20 / 3, not_found_grace = 10 },
  -- "for idempotency purposes, it is safe to ignore these 404 errors"
  cancel = { method = "DELETE", path = task_path, gone = { 404 } },
  upload = { encode = encode_upload, decode = decode_upload, max_bytes = 200 * 1048576,
    min_bytes = 512, lifetime = 24 * 3600 },
  account = { method = "GET", path = "/v1/organization", decode = decode_account },
  assets = { limits_for = limits.limits_for, words = limits.words },
  limits_for = limits.limits_for,
  estimate = request.estimate,
  safe_statuses = safe_statuses,
  rules = rules.rules,
  last_rules = rules.last_rules,
  usual_states = true,
  credits = { "cost.credits" },
  -- what the validator says of a value, and the router of its filters
  hints = { { "maximum", "at most %s" }, { "minimum", "at least %s" }, { "values", "one of %s" }, { "options", "one of %s" },
    { "keys", "leave out %s" }, { "divisor", "a multiple of %s" }, { "emptiedBy", "no model is left after %s" } },
}
