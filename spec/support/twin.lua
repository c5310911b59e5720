--- The simulator behind a transport without sockets, in the same process, for specs that run thousands of jobs: everything but the network is
--- real, and both sides go by one clock, so that the provider's log tells when things were sent.
--
--   local twin = require("spec.support.twin").new(script, { client options }, { lose = function() -> outcome or nil })
--   twin.client, twin.host, twin.world.log.entries; each entry also holds `job` (the id), `kind` (of the outcome), `answer` and `identity`

local clock = require "retake.rehearsal.clock"
local cjson = require "cjson.safe"
local retake = require "retake"
local script_of = require "retake.simulator.script"
local simulator = require "retake.simulator"
local transport = require "retake.rehearsal.transport"

local M = {}

local BASE = "http://127.0.0.1:9"
local LATENCY = 0.05

-- What the engine makes of what a fault does to a connection.
local broken = {
  reset = { kind = "interrupted", sent = true, message = "the connection broke before the response was complete" },
  close = { kind = "interrupted", sent = true, message = "the connection broke before the response was complete" },
  cut = { kind = "interrupted", sent = true, begun = true, message = "the connection broke before the response was complete" },
  wrong_length = { kind = "interrupted", sent = true, begun = true, message = "the connection broke before the response was complete" },
  garbage = { kind = "protocol", sent = true, message = "the exchange did not follow HTTP" },
  stall = { kind = "timeout", timeout = "idle", sent = true, begun = true, message = "the time ran out" },
}

local function header_of(request)
  local headers = {}
  for _, line in ipairs(request.headers or {}) do
    local name, value = line:match "^([^:]+):%s*(.*)$"
    headers[name:lower()] = value
  end
  return headers
end

local function request_of(request)
  local target = request.url:sub(#BASE + 1)
  local path, text = target:match "^([^?]*)%??(.*)$"
  local headers, query = header_of(request), {}
  for name, value in text:gmatch "([^&=]+)=([^&]*)" do query[name] = value end
  return { method = request.method, path = path, query = query, scheme = "http", authority = BASE:match "//(.*)$", headers = headers,
    header = function(name) return headers[name] end, body = function() return request.body or "", #(request.body or "") end }
end

local function lines_of(headers)
  local lines = {}
  for place, header in ipairs(headers) do lines[place] = header[1] .. ": " .. header[2] end
  return lines
end

-- The outcome of an answer and of what its fault does to it; nil seconds: as long as the client waits.
local function outcome_of(response, plan, settings)
  local action, seconds = plan and plan.action, LATENCY + (plan and plan.delay or 0)
  if action == "silence" then return { kind = "timeout", timeout = "first_byte", sent = true, message = "the time ran out" }, math.huge end
  if broken[action or ""] then
    local outcome = {}
    for key, value in pairs(broken[action]) do outcome[key] = value end
    if outcome.begun then outcome.status, outcome.headers = response.status, lines_of(response.headers) end
    return outcome, action == "stall" and settings.idle or seconds
  end
  return { kind = "response", sent = true, status = response.status, headers = lines_of(response.headers), body = response.body,
    message = "a complete response arrived" }, seconds
end

--- What the provider would recognise a submission by.
function M.identity_of(given)
  local key = header_of(given)["idempotency-key"]
  if key then return key end
  local body = given.url == BASE .. "/v1" and given.body and cjson.decode(given.body)
  return body and body[1] and body[1].taskUUID or nil
end

local function answer(twin, given)
  local job = twin.client.flows[coroutine.running() or false]
  local lost = twin.lose and twin.lose(given, job)
  if lost then return lost, 0 end
  local request = request_of(given)
  local log = twin.world.log.entries
  local response, plan = twin.world:respond(request)
  local outcome, seconds = outcome_of(response, plan, { idle = given.timeout and given.timeout.idle or 30 })
  local entry = log[#log]
  entry.job, entry.kind, entry.text, entry.identity = job and job.id, outcome.kind, given.body, M.identity_of(given)
  entry.answer = outcome.kind == "response" and outcome.body or nil
  if twin.on_entry then twin.on_entry(entry, job) end
  return outcome, seconds
end

---@param script table as the simulator takes it
---@param options table of the client; providers have their keys and addresses from here, and their other settings from it
---@param hooks { lose: (fun(request: table, job: table|nil): table|nil)|nil, on_entry: (fun(entry: table, job: table|nil))|nil }|nil
---  lose: what becomes of requests that never reach the provider; on_entry: told of each that does
---@return table twin
function M.new(script, options, hooks)
  local host = clock.new(1800000000)
  local twin = { host = host, world = assert(simulator.world { script = assert(script_of.new(script)), now = host.now }) }
  for key, value in pairs(hooks or {}) do twin[key] = value end
  local all, providers = {}, {}
  for key, value in pairs(options or {}) do all[key] = value end
  for _, name in ipairs { "runway", "runware", "evolink" } do
    providers[name] = { key = "key_twin", base_url = BASE }
    for key, value in pairs(all.providers and all.providers[name] or {}) do providers[name][key] = value end
  end
  all.host, all.providers = host, providers
  twin.client = retake.client(all)
  twin.client.engine:close()
  twin.client.engine = transport.new(host, function(request) return answer(twin, request) end)
  return twin
end

--- The tasks of all providers, as the simulator's state has them.
---@return table<string, table[]> tasks by provider
function M.tasks(twin)
  local tasks = {}
  for name, provider in pairs { runway = twin.world.runway, evolink = twin.world.others.evolink, runware = twin.world.others.runware } do
    local list = provider:state().tasks
    tasks[name] = type(list) == "table" and list or {}
  end
  return tasks
end

return M
