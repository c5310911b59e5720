--- Words for a class, a family of classes, or a provider's code.
local classify = require "retake.classify"
local core = require "retake.core"
local provider_of = require "retake.provider"

local M = {}

local elsewhere = {
  any = "another model or provider may be tried", provider = "another provider may be tried", no = "no other model may be tried",
}

local function class_words(info, floor)
  local lines = { info.class .. ": " .. info.meaning, "  who acts: " .. info.who_acts, "  retake:   " .. info.what_next }
  if info.resends > 0 then
    lines[#lines + 1] = ("            at most %d %s in one job, not before %g s unless the provider names a time"):format(info.resends,
      info.resends == 1 and "time" or "times", floor or info.floor)
  end
  lines[#lines + 1] = "  elsewhere: " .. elsewhere[info.elsewhere]
  return table.concat(lines, "\n")
end

--- A class or a family.
---@param name string
---@param floor number|nil seconds, where another than the class's holds
---@return string|nil text
function M.class(name, floor)
  local found = {}
  for _, info in ipairs(core.classes()) do
    if info.class == name or info.class:sub(1, #name + 1) == name .. "." then found[#found + 1] = class_words(info, floor) end
  end
  return #found > 0 and table.concat(found, "\n\n") or nil
end

-- Answers that say nothing but the code. Not a failed task's: of one that failed for no known reason something is known, whatever its code.
-- Some codes come only inside the words of another failure, as gRPC's do.
local function bodies_for(code)
  local plain = { error = { code = code, message = "" } }
  local nested = code:find "^[%w_.%-]+$" and { error = { message = ('{"code":"%s"}'):format(code) } } or nil
  if code:find "^%d+$" then return { nested, plain } end
  return { plain, nested }
end

--- A provider's code: what it would be classified as. Without a provider's name, the first that knows it.
---@param code string
---@param name string|nil
---@return string|nil text
function M.code(code, name)
  for _, candidate in ipairs(name and { name } or provider_of.built_in) do
    for _, body in ipairs(provider_of.get(candidate) and bodies_for(code) or {}) do
      local fault = classify.classify { provider = candidate, operation = "poll", body = body }
      if fault and fault.class ~= "unknown" then
        return ("%s is a code of %s\n%s"):format(code, candidate, M.class(fault.class, fault.floor))
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
