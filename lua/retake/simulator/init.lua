--- The simulator: stand-in providers on a local port, for tests, demos, and for trying policies without paying for it.
-- What is the same for every provider is here: the script, the faults, the provider-side log, and the control paths under /_simulator/.

local json = require "retake.simulator.json"
local log_model = require "retake.simulator.log"
local script_model = require "retake.simulator.script"

local M = {}

local function plain(status, value)
  return { status = status, headers = { { "content-type", "application/json" } }, body = json.encode(value) }
end

local function list(entries) return #entries > 0 and entries or json.empty_list end

local CONTROL = {}

CONTROL["GET /_simulator/log"] = function(world) return plain(200, list(world.log.entries)) end

-- Runway's state with that of the others beside it.
CONTROL["GET /_simulator/state"] = function(world)
  local state = world.runway:state()
  for name, provider in pairs(world.others) do state[name] = provider:state() end
  return plain(200, state)
end

CONTROL["POST /_simulator/script"] = function(world, request)
  local is_json = (request.header "content-type" or ""):find("json", 1, true) ~= nil
  local script, reason = script_model.parse(request.body() or "", is_json or nil)
  if not script then return plain(400, { error = reason }) end
  world.script = script
  world.log:clear()
  world.runway:reset()
  for _, provider in pairs(world.others) do provider:reset() end
  return plain(200, { ok = true })
end

-- New faults, counted afresh; tasks, balance and log stay: a provider goes down, or comes back.
CONTROL["POST /_simulator/faults"] = function(world, request)
  local is_json = (request.header "content-type" or ""):find("json", 1, true) ~= nil
  local script, reason = script_model.parse(request.body() or "", is_json or nil)
  if not script then return plain(400, { error = reason }) end
  world.script.faults = script.faults
  return plain(200, { ok = true })
end

local function control(world, request)
  local handler = CONTROL[request.method .. " " .. request.path]
  if not handler then return plain(404, { error = "no such control path" }) end
  return handler(world, request)
end

local function request_id(response)
  for _, header in ipairs(response.headers) do
    if header[1] == "apigw-requestid" or header[1] == "x-request-id" then return header[2] end
  end
end

local NO_ANSWER = { reset = true, close = true, silence = true, garbage = true }

local function note(world, request, context, response, facts, plan)
  local answered = not (plan and NO_ANSWER[plan.action])
  world.log:add {
    time = math.floor(world.now() * 1000 + 0.5) / 1000, operation = context.operation, method = request.method, path = request.path,
    task_id = context.task_id, model = context.model, prompt_digest = context.prompt_digest, bytes_received = context.bytes,
    status = answered and response.status or nil, request_id = answered and request_id(response) or nil,
    fault = plan and (plan.name or plan.action or (plan.status and "status") or "answer") or nil,
    billed = facts.billed or false, credits = facts.credits, refunded = facts.refunded, refused = facts.refused, state = facts.state,
    code = facts.code, replayed = facts.replayed,
    body = world.script.keep_bodies and context.operation == "submit" and request.text or nil,
    idempotency_key = context.operation == "submit" and request.header "idempotency-key" or nil,
  }
end

-- The providers beside Runway; each says by `takes` which requests are its own.
local OTHERS = { "evolink", "runware" }

local function provider_of(world, request)
  for _, name in ipairs(OTHERS) do
    if world.others[name].takes(request) then return world.others[name] end
  end
  return world.runway
end

-- An error that the script names by its status only is told in the provider's own words.
local function spelt(plan, provider)
  if not provider.fault_body or plan.body ~= nil or plan.action == "html" or not (plan.status or plan.shape) then return plan end
  local copy = {}
  for key, value in pairs(plan) do copy[key] = value end
  copy.body = provider.fault_body(plan)
  return copy
end

--- One request, from its head to what is to be sent.
local function respond(world, request)
  if request.path:find("^/_simulator/") then return control(world, request) end
  local provider = provider_of(world, request)
  local context, handle = provider:receive(request)
  local plan = world.script:fault(context, false)
  local faults = world.faults
  if plan then
    plan = spelt(plan, provider)
    local response = faults.response(plan, nil, provider.blank)
    note(world, request, context, response, {}, plan)
    return response, plan
  end
  local response, facts = handle()
  facts = facts or {}
  plan = world.script:fault(context, true, response.status < 300)
  if plan then
    plan = spelt(plan, provider)
    response = faults.response(plan, response, provider.blank)
  end
  note(world, request, context, response, facts, plan)
  return response, plan
end

--- What stands behind the socket: the providers, the script and the log. Whoever has a request in another form than lua-http's asks it
--- directly, in the same process.
---@param options { script: table?, key: string?, log: string?, now: (fun(): number)? }
---@return table? world  { log =, script =, runway =, others =, respond = function(world, request) -> response, fault plan or nil }
---@return string? reason
function M.world(options)
  local log, reason = log_model.new(options.log)
  if not log then return nil, reason end
  local world = { log = log, key = options.key, script = options.script or assert(script_model.new()), faults = require "retake.simulator.faults",
    now = options.now, respond = respond }
  if not world.now then
    -- Wall time that moves on between whole seconds, which os.time does not.
    local cqueues = require "cqueues"
    local epoch, mono = os.time(), cqueues.monotime()
    world.now = function() return epoch + cqueues.monotime() - mono end
  end
  world.runway, world.others = require("retake.simulator.runway").new(world), {}
  for _, name in ipairs(OTHERS) do world.others[name] = require("retake.simulator." .. name).new(world) end
  return world
end

---@class retake.simulator.options
---@field port integer?  0 or nil: a free one
---@field host string?  default 127.0.0.1
---@field script table?  from script.new or script.load; default: all goes well
---@field log string?  file to append the log to
---@field key string?  the one key that is valid; default: anything that starts with key_ (EvoLink: or sk-)
---@field tls boolean?  https with a certificate of its own
---@field bad_certificate boolean?  ... that names another host

--- Makes a simulator that listens, but does not run yet.
---@param options retake.simulator.options
---@return table? simulator  { base_url =, ca_file =, loop = function, close = function, cq = its cqueues controller }
---@return string? reason
function M.start(options)
  local world, reason = M.world { script = options.script, key = options.key, log = options.log }
  if not world then return nil, reason end

  local tls
  if options.tls or options.bad_certificate then tls = require("retake.simulator.certificate").make(options.bad_certificate) end
  local host = options.host or "127.0.0.1"
  local server, port = require("retake.simulator.server").listen {
    host = host, port = options.port or 0, context = tls and tls.context,
    handler = function(request) return respond(world, request) end,
  }
  if not server then return nil, tostring(port) end
  return {
    base_url = string.format("%s://%s:%d", tls and "https" or "http", host, port), ca_file = tls and tls.ca_file, cq = server.cq,
    loop = function() return server:loop() end,
    close = function()
      server:close()
      if tls then os.remove(tls.ca_file) end
    end,
  }
end

return M
