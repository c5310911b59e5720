--- Providers: what one is, and which are known.
-- A provider is data first: tables for its endpoints, models, limits and rules, and functions only where data cannot say it.
local core = require "retake.core"

local M = {}

--- The providers that come with retake.
M.built_in = { "runway" }

local known = {}

local required = { name = "string", base_url = "string", submit = "table", poll = "table", rules = "table" }

local function check(definition)
  if type(definition) ~= "table" then error("provider.define: a table is needed", 3) end
  for key, kind in pairs(required) do
    if type(definition[key]) ~= kind then
      error(("provider.define: %s has to be a %s"):format(key, kind), 3)
    end
  end
  if not definition.name:match "^[%a_][%w_]*$" then error("provider.define: a name is letters, digits and _", 3) end
end

--- Makes a provider known by its name.
---@param definition table name, base_url, auth, submit, poll, cancel, upload, rules, evidence, ... (see provider/runway.lua)
---@return table definition the same table, with its rules compiled
function M.define(definition)
  check(definition)
  definition.compiled = core.rules(definition.rules, definition.name)
  known[definition.name] = definition
  return definition
end

--- The provider of that name, or nil where there is none.
---@param name string
---@return table|nil definition
function M.get(name)
  if known[name] == nil and type(name) == "string" and name:match "^[%a_][%w_]*$" and name ~= "init" then
    local found, definition = pcall(require, "retake.provider." .. name)
    if not found and not tostring(definition):find("module 'retake.provider." .. name .. "' not found", 1, true) then
      error(definition, 0)
    end
    known[name] = found and type(definition) == "table" and definition.name == name and definition or false
  end
  return known[name] or nil
end

--- "provider/model" in its two parts; the model may itself hold slashes.
---@param model string
---@return string|nil provider, string|nil model
function M.split(model)
  local provider, name = tostring(model):match "^([%a_][%w_]*)/(.+)$"
  return provider, name
end

return M
