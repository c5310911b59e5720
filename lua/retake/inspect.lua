--- retake.inspect: an asset's report, with the limits of the provider and model it is meant for, and its problems as faults.
local asset = require "retake.asset"
local client_of = require "retake.client"
local core = require "retake.core"
local http = require "retake.http"
local provider_of = require "retake.provider"
local sources = require "retake.asset.source"

local M = {}

-- The request field an asset goes to, where the caller does not say.
local DEFAULT_FIELD = "image"

local function limits_of(target)
  if not target.provider then return nil end
  local definition = provider_of.get(target.provider)
  if not definition then error(("unknown provider '%s'"):format(tostring(target.provider)), 4) end
  if not definition.assets then return nil end
  local limits = definition.assets.limits_for(target.model, target.field or DEFAULT_FIELD)
  if target.field ~= nil and not limits then
    error(("%s%s has no assets in a field %s"):format(target.provider, target.model and "/" .. target.model or "", tostring(target.field)), 4)
  end
  return limits
end

local function to_fault(problem, target)
  return core.fault {
    class = problem.class, message = problem.message, hint = problem.hint, field = problem.field, status = problem.status,
    effect = "none", billed = "no", provider = target.provider, model = target.model, operation = "asset",
  }
end

-- URLs are fetched over one client, so that several of one host go over one connection.
local shared

local function client_for(target)
  if target.client then return target.client end
  if not shared or shared.closed then shared = client_of.new({ concurrency = 64 }, 4) end
  return shared
end

local function is_address_list(list)
  return type(list) == "table" and pcall(core.address_blocked, "127.0.0.1", list)
end

local target_keys = {
  provider = true, model = true, field = true, ratio = true, extra = true, fetch = true, client = true, allow_addresses = true, ca_file = true,
  on_request = true,
}

local function checked(target)
  local known = {}
  for key, value in pairs(target or {}) do
    if not target_keys[key] then error(("inspect: unknown key '%s' in the target"):format(tostring(key)), 4) end
    known[key] = value
  end
  if known.model ~= nil and not known.provider then
    known.provider, known.model = provider_of.split(known.model)
    if not known.provider then error("a model is written \"provider/model\", not " .. tostring(target.model), 4) end
  end
  if known.allow_addresses and not is_address_list(known.allow_addresses) then
    error("allow_addresses has to be a list of addresses such as 127.0.0.1 and networks such as 10.0.0.0/8", 4)
  end
  if known.ca_file ~= nil and (type(known.ca_file) ~= "string" or known.ca_file:find "%c") then error("ca_file has to be a path", 4) end
  return known
end

-- With somebody who is told each request and what came of it.
local function telling(fetch, on_request)
  if not on_request then return fetch end
  return function(call)
    local outcome = fetch(call)
    on_request(call, outcome)
    return outcome
  end
end

---@param source string|table
---@param target table|nil provider, model (which may be "provider/model"), field and ratio say what it is for. A URL is fetched as the
---  provider would, unless fetch = false: over `client`, or over one of this module's own; `allow_addresses` are exceptions from what may
---  be connected to, `ca_file` holds the authorities to trust in place of the system's, `on_request(call, outcome)` is told each request
---@return table report
function M.inspect(source, target)
  local known = checked(target)
  local aim = {
    limits = limits_of(known), field = known.field, provider = known.provider, model = known.model, ratio = known.ratio, extra = known.extra,
    allow_addresses = known.allow_addresses,
  }
  local report
  if known.fetch == false or sources.form(source, aim.limits) ~= "url" then
    report = asset.inspect(source, aim)
  else
    local client = client_for(known)
    aim.fetch = telling(http.fetcher(client, known), known.on_request)
    client:call(function() report = asset.inspect(source, aim) end)
  end
  report.faults = {}
  for i, problem in ipairs(report.problems) do report.faults[i] = to_fault(problem, known) end
  return report
end

return M
