--- How providers and models have been doing, as this client has seen it. It only counts so far; nothing is decided by it.
local M = {}
M.__index = M

---@return table health
function M.new()
  return setmetatable({ models = {} }, M)
end

local function entry_of(health, provider, model)
  local name = provider .. "/" .. model
  local entry = health.models[name] or { succeeded = 0, failed = 0, in_a_row = 0, classes = {} }
  health.models[name] = entry
  return entry
end

--- A task of the model succeeded.
function M:succeeded(provider, model, now)
  local entry = entry_of(self, provider, model)
  entry.succeeded, entry.in_a_row, entry.succeeded_at = entry.succeeded + 1, 0, now
end

local blamed = { provider = true, model = true, network = true }

--- An attempt failed for which the provider or its model is to blame, or the network on the way there: what a caller does wrong, or an
--- account lacks, says nothing of their health.
---@param fault userdata
function M:failed(provider, model, fault, now)
  if not blamed[fault.blame] then return end
  local entry = entry_of(self, provider, model)
  entry.failed, entry.in_a_row, entry.failed_at = entry.failed + 1, entry.in_a_row + 1, now
  entry.classes[fault.class] = (entry.classes[fault.class] or 0) + 1
end

--- What is known, by "provider/model".
---@return table<string, table> models succeeded, failed, in_a_row (failures since the last success), classes, succeeded_at, failed_at
function M:report()
  local report = {}
  for name, entry in pairs(self.models) do
    local classes = {}
    for class, count in pairs(entry.classes) do classes[class] = count end
    report[name] = { succeeded = entry.succeeded, failed = entry.failed, in_a_row = entry.in_a_row, classes = classes,
      succeeded_at = entry.succeeded_at, failed_at = entry.failed_at }
  end
  return report
end

return M
