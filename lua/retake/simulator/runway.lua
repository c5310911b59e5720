--- The stand-in for Runway: its paths, its checks, its words. What comes when is the script's to say; the rest is here.

local rand = require "openssl.rand"
local assets = require "retake.simulator.assets"
local contract = require "retake.simulator.runway_contract"
local json = require "retake.simulator.json"
local service = require "retake.simulator.service"
local media = require "retake.simulator.media"
local multipart = require "retake.simulator.multipart"
local prices = require "retake.simulator.runway_prices"
local task_model = require "retake.simulator.task"
local validate = require "retake.simulator.validate"

local M = {}
M.__index = M

local VERSION = "2024-11-06"
local DOCS = "https://docs.dev.runwayml.com/api"
local UPLOAD_LEAST, UPLOAD_MOST = 512, 200 * 1024 * 1024

local function random_hex(bytes)
  return (rand.bytes(bytes):gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

local function uuid()
  local h = random_hex(16)
  return string.format("%s-%s-4%s-%s%s-%s", h:sub(1, 8), h:sub(9, 12), h:sub(14, 16), ("89ab"):sub(#h % 4 + 1, #h % 4 + 1), h:sub(18, 20),
    h:sub(21, 32))
end

local function iso_time(seconds)
  local whole = math.floor(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%S", whole) .. string.format(".%03dZ", math.floor((seconds - whole) * 1000))
end

--- An answer with the headers the real service sends.
---@return table response
function M.blank()
  return { status = 200, headers = { { "apigw-requestid", random_hex(8) }, { "x-powered-by", "Express" } }, body = "" }
end

local function answer(status, body)
  local response = M.blank()
  response.status = status
  if body ~= nil then
    response.body = json.encode(body)
    table.insert(response.headers, 1, { "content-type", "application/json; charset=utf-8" })
  end
  return response
end

local function refuse(status, message, fields)
  local body = fields or {}
  body.error = message
  return answer(status, body), { refused = message }
end

local function invalid(issues)
  local response = answer(400, { error = "Validation of body failed", issues = issues, docUrl = DOCS })
  return response, { refused = issues[1].message, field = issues[1].path[1] }
end

--- Storage and downloads are not Runway's API but a bucket and a CDN: they speak XML.
local function xml(status, code, message)
  local body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>' .. code .. "</Code><Message>" .. message .. "</Message></Error>"
  return { status = status, headers = { { "content-type", "application/xml" } }, body = body }, { refused = code }
end

---@param world table  { script =, key = or nil, now = function }
function M.new(world)
  local self = setmetatable({ world = world }, M)
  self:reset()
  return self
end

function M:reset()
  self.tasks, self.order, self.uploads, self.by_storage, self.links, self.used = {}, {}, {}, {}, {}, {}
  self.balance = self.world.script.balance
end

--- What the control endpoint shows.
function M:state()
  local tasks = {}
  for i, task in ipairs(self.order) do
    local state = task.states[math.max(task.index, 1)]
    tasks[i] = { id = task.id, model = task.model, path = task.path, status = task.index == 0 and "PENDING" or state.name,
      estimated = task.credits, cost = task.cost, deleted = task.deleted or false }
  end
  return { balance = self.balance, tasks = #tasks > 0 and tasks or json.empty_list }
end

-- Checks common to the API's own paths ------------------------------------------------------------------------------------------------

local function check_access(self, request)
  local key = (request.header "authorization" or ""):match("^Bearer (%S+)$")
  local wanted = self.world.key
  if not key or (wanted and key ~= wanted) or (not wanted and not key:find("^key_.")) then
    return refuse(401, "The API key you provided is not valid.", { docUrl = DOCS })
  end
  if request.header "x-runway-version" ~= VERSION then
    return refuse(400, "The API version that was provided in the X-Runway-Version header is not valid.", { docUrl = DOCS })
  end
end

--- The body of a POST as a table, or the refusal.
local function read_json(self, request)
  if request.text == nil or #request.text > self.world.script.max_body then
    local response = { status = 413, headers = { { "content-type", "text/plain" } }, body = "413 Request Entity Too Large" }
    return nil, response, { refused = "413" }
  end
  local media_type = (request.header "content-type" or ""):lower()
  local body = media_type:find("application/json", 1, true) and json.decode(request.text)
  if type(body) ~= "table" then return nil, refuse(400, "Failed to parse body as JSON.", { docUrl = DOCS }) end
  return body
end

-- Submitting ---------------------------------------------------------------------------------------------------------------------------

local function asset_issues(self, uris, model)
  local issues = {}
  for _, reference in ipairs(uris) do
    local message = assets.problem(reference, model, self.world.script, self.uploads)
    if message then issues[#issues + 1] = { code = "custom", path = reference.path, message = message } end
  end
  return issues
end

local function check_daily(self, model)
  local daily = self.world.script.daily
  local most = type(daily) == "table" and daily[model] or type(daily) == "number" and daily or nil
  if most and (self.used[model] or 0) >= most then
    return refuse(429, "You have reached your daily task limit for this model. Please try again later.")
  end
end

local function kind_of(path)
  if path:find("image$") or path:find("image_upscale$") then return "image" end
  if path:find("video") or path:find("character_performance$") then return "video" end
  return "audio"
end

local REFUSED_LIFE = { code = "SAFETY.INPUT.TEXT", failure = "The input was flagged by our content moderation system." }

local function life_of(self, context, refusal)
  if not refusal then return self.world.script:life(context) end
  local failed = { "FAILED", code = refusal.code or REFUSED_LIFE.code, failure = refusal.failure or REFUSED_LIFE.failure,
    refund = refusal.refund, credits = refusal.credits }
  return { states = { "PENDING", failed } }
end

local function accept(self, path, body, context, refusal)
  local credits = prices.credits(body.model, body)
  if credits > self.balance then return refuse(400, "You do not have enough credits to run this task.", { docUrl = DOCS }) end
  local task = task_model.new({
    id = uuid(), ordinal = #self.order + 1, model = body.model, path = path, credits = credits, created = self.world.now(),
    kind = kind_of(path), count = body.outputCount or 1,
  }, life_of(self, context, refusal), self.world.script)
  self.balance = self.balance - credits
  self.used[body.model] = (self.used[body.model] or 0) + 1
  self.tasks[task.id], self.order[task.ordinal] = task, task
  context.task = task.ordinal
  return answer(200, { id = task.id, estimatedCost = { credits = credits } }), { task_id = task.id, billed = true, credits = credits }
end

local function submit(self, request, context)
  local body, response, facts = read_json(self, request)
  if not body then return response, facts end
  local issues, uris = validate.body(contract.operations[request.path], body)
  if #issues == 0 then issues = asset_issues(self, uris, body.model) end
  if #issues > 0 then return invalid(issues) end
  response, facts = check_daily(self, body.model)
  if response then return response, facts end
  local refusal = self.world.script:refusal(context.prompt or "")
  if refusal and refusal.how == "refusal" then
    return refuse(refusal.status or 400, refusal.failure or REFUSED_LIFE.failure, { docUrl = DOCS })
  end
  return accept(self, request.path, body, context, refusal)
end

-- Tasks --------------------------------------------------------------------------------------------------------------------------------

--- Links are new with each read of a task, as at the real service; the script says how long each set lives.
local function output_links(self, task, state, request)
  if state.output == false then return nil end
  if type(state.output) == "table" then return #state.output > 0 and state.output or json.empty_list end
  local count = state.count or task.count
  if count == 0 then return json.empty_list end
  local rules, links = self.world.script.output, {}
  task.link_sets = (task.link_sets or 0) + 1
  local dead = task.link_sets <= (rules.dead_urls or 0)
  local file = media.output(task.kind)
  for i = 1, count do
    local token = random_hex(16)
    self.links[token] = { task = task, reads = dead and 0 or rules.reads, dies = rules.seconds and self.world.now() + rules.seconds }
    links[i] = string.format("%s://%s/output/%s/%d.%s?_jwt=%s", request.scheme, request.authority, task.id, i, file.extension, token)
  end
  return links
end

local function task_body(self, task, state, request)
  local body = { id = state.id or task.id, createdAt = iso_time(task.created), status = state.name }
  if task:is_over() then
    body.cost = { credits = task.cost }
  else
    body.estimatedCost = { credits = task.credits }
  end
  if state.name == "RUNNING" then
    body.progress = state.progress or 0.5
  elseif state.name == "SUCCEEDED" then
    body.output = output_links(self, task, state, request)
  elseif state.name == "FAILED" then
    body.failure = state.failure or "An unexpected error occurred."
    body.failureCode = state.code
  end
  for key, value in pairs(state.fields or {}) do body[key] = value end
  return body
end

--- Whether older tasks take all the places there are.
local function is_throttled(self, task)
  local places = self.world.script.concurrency
  if not places or task:is_over() then return false end
  local ahead = 0
  for i = 1, task.ordinal - 1 do
    local other = self.order[i]
    if not other:is_over() and not other.deleted then ahead = ahead + 1 end
  end
  return ahead >= places
end

local function poll(self, request, context)
  local task = self.tasks[context.task_id]
  if not task or task.deleted then return refuse(404, "Could not find Task") end
  local state, refund = { name = "THROTTLED" }, nil
  if not is_throttled(self, task) then state, refund = task:advance(self.world.now()) end
  self.balance = self.balance + (refund or 0)
  local facts = { state = state.name, code = state.code, refunded = refund ~= 0 and refund or nil, credits = task.cost }
  return answer(200, task_body(self, task, state, request)), facts
end

local function cancel(self, _, context)
  local task = self.tasks[context.task_id]
  if not task or task.deleted then return refuse(404, "Could not find Task") end
  task.deleted = true
  local facts = {}
  if not task:is_over() then
    local refund = self.world.script.cancel_refund and task.credits or 0
    task.cost = task.credits - refund
    self.balance = self.balance + refund
    facts.refunded, facts.credits = refund ~= 0 and refund or nil, task.cost
  end
  return answer(204), facts
end

-- Uploads ------------------------------------------------------------------------------------------------------------------------------

local UPLOAD_BODY = { type = "object", required = { "filename", "type" },
  fields = { filename = { type = "string", min = 3, max = 255 }, type = { type = "enum", values = { "ephemeral" } } } }

local function create_upload(self, request)
  local body, response, facts = read_json(self, request)
  if not body then return response, facts end
  local issues = validate.value(UPLOAD_BODY, body)
  if #issues > 0 then return invalid(issues) end
  local kind, media_type = assets.kind_of_file(body.filename)
  if not kind then
    return invalid { { code = "custom", path = { "filename" }, message = "Filename must have a valid extension and be a supported media type." } }
  end
  local storage = random_hex(12)
  local upload = { kind = kind, media_type = media_type, uri = "runway://" .. random_hex(40), fields = {
    ["Content-Type"] = media_type, key = "ephemeral/" .. storage, bucket = "retake-simulator", ["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256",
    ["X-Amz-Date"] = os.date("!%Y%m%dT%H%M%SZ"), Policy = random_hex(24), ["X-Amz-Signature"] = random_hex(32),
  } }
  self.uploads[upload.uri], self.by_storage[storage] = upload, upload
  local url = string.format("%s://%s/storage/%s", request.scheme, request.authority, storage)
  return answer(200, { uploadUrl = url, fields = upload.fields, runwayUri = upload.uri })
end

--- A bucket reads the fields up to the file and ignores what follows it.
local function check_form(upload, parts)
  local given, file = {}, nil
  for _, part in ipairs(parts) do
    if part.name == "file" then
      file = part
      break
    end
    given[part.name or ""] = part.value
  end
  if not file then return nil, xml(400, "InvalidArgument", "POST requires exactly one file upload per request.") end
  for name, value in pairs(upload.fields) do
    if given[name] ~= value then
      return nil, xml(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed: " .. name .. " must come before the file")
    end
  end
  if file.size < UPLOAD_LEAST then return nil, xml(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size") end
  if file.size > UPLOAD_MOST then return nil, xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size") end
  return file
end

local function store(self, request, context)
  local upload = self.by_storage[context.storage]
  local parts, reason = multipart.read(request.header "content-type", request.chunk)
  if not upload then return xml(404, "NoSuchKey", "The specified key does not exist.") end
  if not parts then return xml(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data: " .. reason) end
  local file, response, facts = check_form(upload, parts)
  if not file then return response, facts end
  upload.stored, upload.start, upload.size = true, file.value, file.size
  return { status = 204, headers = { { "etag", '"' .. random_hex(16) .. '"' } }, body = "" }, { bytes = file.size }
end

-- The rest -----------------------------------------------------------------------------------------------------------------------------

local function download(self, request, context)
  local link = self.links[request.query._jwt or ""]
  local alive = link and link.task.id == context.task_id and (not link.dies or self.world.now() < link.dies)
  if not alive or (link.reads and link.reads <= 0) then return xml(403, "AccessDenied", "Access Denied") end
  if link.reads and request.method == "GET" then link.reads = link.reads - 1 end
  local file = media.output(link.task.kind)
  return { status = 200, headers = { { "content-type", file.type }, { "cache-control", "private" } }, body = file.bytes }, { bytes = #file.bytes }
end

local function organization(self)
  local limits, usage = {}, {}
  local daily = self.world.script.daily
  for _, models in pairs(contract.operations) do
    for model in pairs(models) do
      limits[model] = {
        maxConcurrentGenerations = self.world.script.concurrency or 5,
        maxDailyGenerations = type(daily) == "table" and daily[model] or type(daily) == "number" and daily or 1000,
      }
      usage[model] = { dailyGenerations = self.used[model] or 0 }
    end
  end
  local tier = { maxMonthlyCreditSpend = 1000000, models = limits }
  return answer(200, { tier = tier, creditBalance = self.balance, usage = { models = usage } })
end

local function unknown(_, request) return refuse(404, "Cannot " .. request.method .. " " .. request.path) end

local function wrong_method(_, request) return refuse(405, "Method " .. request.method .. " not allowed") end

--- Finds what a request is about.
---@param request table
---@return string operation
---@return function handler
---@return table context  what the log and the script's matches see
local function route(request)
  local method, path = request.method, request.path
  if contract.operations[path] then return "submit", method == "POST" and submit or wrong_method, {} end
  local id = path:match("^/v1/tasks/([^/]+)$")
  if id and method == "GET" then return "poll", poll, { task_id = id } end
  if id and method == "DELETE" then return "cancel", cancel, { task_id = id } end
  if path == "/v1/uploads" then return "upload", method == "POST" and create_upload or wrong_method, {} end
  local storage = path:match("^/storage/(%x+)$")
  if storage then return "storage", method == "POST" and store or wrong_method, { storage = storage, is_open = true, streams = true } end
  id = path:match("^/output/([^/]+)/%d+%.%w+$")
  if id then return "download", (method == "GET" or method == "HEAD") and download or wrong_method, { task_id = id, is_open = true } end
  if path == "/v1/organization" then return "organization", method == "GET" and organization or wrong_method, {} end
  return "other", unknown, {}
end

--- What a request is about, before anything is done about it.
---@param request table
---@return table context  { operation =, model =, prompt =, path =, task =, task_id = }
---@return fun(): table, table? handle  does it: response, facts for the log
function M:receive(request)
  return service.receive(self, request, { route = route, check_access = check_access, prompt_field = "promptText" })
end

return M
