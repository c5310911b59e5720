--- Words for a class, a family of classes, or a provider's code.
local classify = require "retake.classify"
local core = require "retake.core"
local provider_of = require "retake.provider"

local M = {}

local function class_words(info)
  local lines = { info.class .. ": " .. info.meaning, "  who acts: " .. info.who_acts, "  retake:   " .. info.what_next }
  if info.resends > 0 then
    lines[#lines + 1] = ("            at most %d times in one job, not before %g s unless the provider names a time"):format(info.resends,
      info.floor)
  end
  local elsewhere = { any = "another model or provider may be tried", provider = "another provider may be tried", no = "no other model may be tried" }
  lines[#lines + 1] = "  elsewhere: " .. elsewhere[info.elsewhere]
  return table.concat(lines, "\n")
end

--- A class or a family.
---@param name string
---@return string|nil text
function M.class(name)
  local found = {}
  for _, info in ipairs(core.classes()) do
    if info.class == name or info.class:sub(1, #name + 1) == name .. "." then found[#found + 1] = class_words(info) end
  end
  return #found > 0 and table.concat(found, "\n\n") or nil
end

-- A body that only holds the code, as this provider would send it.
local function body_for(code)
  return { status = "FAILED", failureCode = code, failure = "", error = { code = code, message = "" } }
end

--- A provider's code: what it would be classified as. Without a provider's name, the first that knows it.
---@param code string
---@param name string|nil
---@return string|nil text
function M.code(code, name)
  for _, candidate in ipairs(name and { name } or provider_of.built_in) do
    if provider_of.get(candidate) then
      local fault = classify.classify { provider = candidate, operation = "poll", status = 200, body = body_for(code) }
      if fault and fault.class ~= "unknown" then
        return ("%s is a code of %s\n%s"):format(code, candidate, M.class(fault.class))
      end
    end
  end
end

---@param what string
---@param provider string|nil
---@return string|nil text
function M.explain(what, provider)
  return M.class(what) or M.code(what, provider)
end

return M
