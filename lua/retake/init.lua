--- retake makes generative-media jobs finish. This is its public face.
local client = require "retake.client"
local classify = require "retake.classify"
local core = require "retake.core"

local M = {
  _VERSION = "0.1.0",
  policy = require "retake.policy",
  provider = require "retake.provider",
  host = require "retake.host",
  journal = require "retake.journal",
}

--- Makes a client: see client.lua for the options.
---@param options table|nil
---@return table client
function M.client(options)
  local made = client.new(options, 2) -- no tail call: the caller's position is counted in frames
  return made
end

local shared

--- One job from start to end, blocking; with the keys of the environment and the standard policy.
---@param request table
---@return table|nil result, userdata|nil fault
function M.generate(request)
  shared = shared or client.new({}, 2)
  local ok, job = pcall(shared.start, shared, request)
  if not ok then error((tostring(job):gsub("^[^:]+:%d+: ", "")), 2) end
  return job:await()
end

local evidence_keys = {
  provider = true, operation = true, status = true, headers = true, body = true, transport = true, model = true, task_id = true,
}
local operations = { submit = true, poll = true, cancel = true, upload = true, download = true, asset = true, websocket = true }

-- A misspelt name would leave out what decides; a provider that nobody knows is none: the generic rules are for it.
local function check_evidence(evidence, level)
  for key in pairs(evidence) do
    if not evidence_keys[key] then error(("classify: unknown key '%s' in the evidence"):format(tostring(key)), level) end
  end
  if evidence.operation ~= nil and not operations[evidence.operation] then
    error(("classify: unknown operation '%s': it is submit, poll, cancel, upload, download, asset or websocket"):format(
      tostring(evidence.operation)), level)
  end
end

--- What a failure is: see classify.lua for the evidence.
---@param evidence table
---@return userdata|nil fault nil where the evidence shows no failure
function M.classify(evidence)
  if type(evidence) ~= "table" then error("classify needs a table of evidence", 2) end
  check_evidence(evidence, 3)
  return classify.classify(evidence)
end

--- Inspects an asset before it costs a failed call. A URL is fetched as the provider would; see inspect.lua for the target.
---@param source string|table an https URL, a data URI, a path, or { bytes = "..." }
---@param target table|nil provider, model, field, ratio, fetch, client, allow_addresses, ca_file
---@return table report ok, faults, media_type, kind, width, height, duration, codec, size, steps, response
function M.inspect(source, target)
  if type(source) ~= "string" and type(source) ~= "table" then error("inspect needs a path, a URL, a data URI or { bytes = ... }", 2) end
  if target ~= nil and type(target) ~= "table" then error("what an asset is inspected for is a table", 2) end
  local report = require("retake.inspect").inspect(source, target) -- no tail call: the caller's position is counted in frames
  return report
end

--- The models that are known: what they take is checked before anything is sent. Others are sent as they are.
---@param provider string|nil nil: all that come with retake
---@return { model: string, does: string[] }[] model: "provider/model"; does: what it is for, as far as that is known
function M.models(provider)
  local models = require "retake.models"
  if provider ~= nil and not models.is_provider(provider) then error(("unknown provider '%s'"):format(tostring(provider)), 2) end
  return models.list(provider)
end

--- What a class, a provider's code, or a fault means, who must act, and what retake will do.
---@param what string|userdata
---@param provider string|nil whose code it is
---@return string|nil text nil where nothing is known of it
function M.explain(what, provider)
  if what == nil then error("explain needs a class, a code or a fault", 2) end
  if core.is_fault(what) then return what:explain() end
  return require("retake.explain").explain(what, provider)
end

return M
