--- The options of a client and of its providers: what they may be, and what they come to.
local core = require "retake.core"
local circuit_of = require "retake.circuit"
local constant = require "retake.policy.constant"
local guard_of = require "retake.guard"
local http = require "retake.http"
local provider_of = require "retake.provider"

local M = {}

local option_kinds = {
  providers = "table", policy = "any", host = "any", journal = "table", deadline = "number", max_credits = "number",
  max_attempts = "number", reroute_refused = "boolean", accept_double_charge = "boolean", on_event = "function",
  on_error = "function", on_span = "function", concurrency = "number", circuit = "any", inspect_urls = "boolean", allow_addresses = "table",
  refusals = "any",
}

local provider_kinds = {
  key = "string", base_url = "string", headers = "table", concurrency = "number", timeout = "table", ca_file = "string", proxy = "string",
  upload_url = "string", account = "string", status_page = "string", queue = "number", model_concurrency = "table",
}

local function check_options(options, kinds, what, level)
  for name, value in pairs(options) do
    local kind = kinds[name]
    if not kind then error(("unknown option %s%s"):format(what, tostring(name)), level + 1) end
    if kind ~= "any" and type(value) ~= kind then
      error(("option %s%s has to be a %s, not a %s"):format(what, name, kind, type(value)), level + 1)
    end
  end
end

-- A line break in a key or header would end up as a header of its own.
local function check_header_text(value, what, level)
  if value and value:find "[%c%s]" then error(what .. " holds white space or control characters", level + 1) end
end

-- The provider's own header of the key is not the script's to set: which of the two counted would be anybody's guess.
local function check_headers(name, definition, headers, level)
  local key_header = definition.auth and definition.auth.header:lower()
  for header, value in pairs(headers) do
    local what = ("providers.%s.headers.%s"):format(name, tostring(header))
    if type(header) ~= "string" or not header:find "^[%w!#$%%&'*+.^_`|~-]+$" then error(what .. " is no name of a header", level + 1) end
    if header:lower() == key_header then error(what .. ": the key is given as providers." .. name .. ".key", level + 1) end
    if type(value) ~= "string" or value:find "%c" then error(what .. " has to be a line of text", level + 1) end
  end
end

local function check_count(value, what, level)
  if value and (value < 1 or value % 1 ~= 0) then error(what .. " has to be a whole number from 1", level + 1) end
end

-- false, or seconds and counts over 0.
local function check_circuit(circuit, level)
  if circuit == nil or circuit == false then return end
  if type(circuit) ~= "table" then error("option circuit has to be a table, or false", level + 1) end
  for name, value in pairs(circuit) do
    if circuit_of.defaults[name] == nil then error(("unknown option circuit.%s"):format(tostring(name)), level + 1) end
    if type(value) ~= "number" or value ~= value or value <= 0 then error(("option circuit.%s has to be a number over 0"):format(name), level + 1) end
  end
end

-- false, or a count and seconds.
local function check_refusals(refusals, level)
  if refusals == nil or refusals == false then return end
  if type(refusals) ~= "table" then error("option refusals has to be a table, or false", level + 1) end
  for name, value in pairs(refusals) do
    if guard_of.defaults[name] == nil then error(("unknown option refusals.%s"):format(tostring(name)), level + 1) end
    local fits = type(value) == "number" and value > 0
    if not fits then error(("option refusals.%s has to be a number over 0"):format(name), level + 1) end
  end
  check_count(refusals.run, "refusals.run", level + 1)
end

local function check_settings(name, settings, level)
  local definition = provider_of.get(name)
  if not definition then error(("unknown provider '%s'"):format(tostring(name)), level + 1) end
  check_options(settings, provider_kinds, "providers." .. name .. ".", level + 1)
  check_header_text(settings.key, "the key of " .. name, level + 1)
  check_headers(name, definition, settings.headers or {}, level + 1)
  for _, key in ipairs { "concurrency", "queue" } do check_count(settings[key], "providers." .. name .. "." .. key, level + 1) end
  for model, count in pairs(settings.model_concurrency or {}) do
    local what = ("providers.%s.model_concurrency.%s"):format(name, tostring(model))
    if type(count) ~= "number" then error(what .. " has to be a number", level + 1) end
    check_count(count, what, level + 1)
  end
  for _, key in ipairs { "base_url", "upload_url", "status_page" } do
    if settings[key] and not http.allowed_url(settings[key]) then
      error(("providers.%s.%s has to begin with https:// (http:// for this machine only) and name no user"):format(name, key), level + 1)
    end
  end
  for clock, seconds in pairs(settings.timeout or {}) do
    if not http.default_timeout[clock] or type(seconds) ~= "number" or seconds <= 0 then
      error(("providers.%s.timeout.%s: connect, first_byte, idle and total are seconds"):format(name, tostring(clock)), level + 1)
    end
  end
end

--- A provider's settings: what the client was given, the key of the environment, and the definition's own.
---@return table settings
function M.settings(definition, given)
  local settings = {}
  for key, value in pairs(given or {}) do settings[key] = value end
  settings.key = settings.key or definition.key_variable and os.getenv(definition.key_variable) or nil
  if settings.key then settings.key = settings.key:gsub("^%s+", ""):gsub("%s+$", "") end
  if settings.key == "" then settings.key = nil end
  settings.base_url = (settings.base_url or definition.base_url):gsub("/+$", "")
  settings.upload_url = settings.upload_url and settings.upload_url:gsub("/+$", "")
  return settings
end

--- Throws at the caller's place where the options are wrong.
---@param options table
---@param level integer of the caller
function M.check(options, level)
  if type(options) ~= "table" then error("client options are a table", level + 1) end
  check_options(options, option_kinds, "", level + 1)
  for name, settings in pairs(options.providers or {}) do check_settings(name, settings, level + 1) end
  if options.deadline and options.deadline <= 0 then error("deadline has to be over 0", level + 1) end
  if options.max_credits and options.max_credits < 0 then error("max_credits has to be a number, not negative", level + 1) end
  for _, name in ipairs { "max_attempts", "concurrency" } do check_count(options[name], name, level + 1) end
  if options.allow_addresses and not pcall(core.address_blocked, "127.0.0.1", options.allow_addresses) then
    error("allow_addresses has to be a list of addresses such as 127.0.0.1 and networks such as 10.0.0.0/8", level + 1)
  end
  if options.policy ~= nil then constant(options.policy, "option policy", level + 1) end
  check_circuit(options.circuit, level + 1)
  check_refusals(options.refusals, level + 1)
  for _, name in ipairs { "put", "get", "remove" } do
    if options.journal and type(options.journal[name]) ~= "function" then error("a journal needs the function " .. name, level + 1) end
  end
  local refusals = options.journal and (options.journal.put_refusal or options.journal.remove_refusal or options.journal.each_refusal)
  for _, name in ipairs { "put_refusal", "remove_refusal", "each_refusal" } do -- all of them, or none
    if refusals and type(options.journal[name]) ~= "function" then error("a journal of refusals needs the function " .. name, level + 1) end
  end
end

return M
