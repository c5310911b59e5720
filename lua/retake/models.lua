--- The models that retake knows: whose parameters are checked, translated and estimated before anything is sent. Others are sent as they are.
local provider_of = require "retake.provider"

local M = {}

local function sorted_keys(set)
  local keys = {}
  for key in pairs(set) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  return keys
end

-- What a definition says of a model: the operations it is asked for by, or what it makes.
local function uses_of(facts)
  if type(facts) ~= "table" then return {} end
  if type(facts.operations) == "table" then return sorted_keys(facts.operations) end
  return { facts.kind }
end

local function add(list, name)
  local models = provider_of.get(name).models
  if type(models) ~= "table" then return end
  for _, model in ipairs(sorted_keys(models)) do list[#list + 1] = { model = name .. "/" .. model, does = uses_of(models[model]) } end
end

--- Whether a provider has that name.
---@param name any
---@return boolean
function M.is_provider(name)
  return provider_of.get(name) ~= nil
end

--- The models of a provider, or of all that come with retake.
---@param name string|nil
---@return { model: string, does: string[] }[] by name, provider by provider
function M.list(name)
  local list = {}
  for _, one in ipairs(name and { name } or provider_of.built_in) do add(list, one) end
  return list
end

return M
