--- Which classes a policy leaves unanswered, and which parts of it never answer anything: found without asking it.
local constant = require "retake.policy.constant"
local core = require "retake.core"
local describe = require "retake.policy.describe"
local provider = require "retake.provider"

-- Our own verdicts end a job: no policy is asked about them.
local function is_asked(info)
  return not info.class:find "^local%." or info.class == "local.storage"
end

-- What a policy answers each failure of a class with: a set of moves.
local function moves_of(policy, info, found)
  local parts, move, always = describe.parts(policy), describe.move(policy)
  if always and move then found[move] = true end
  local fits = parts and (parts.in_order or parts.classes and parts.classes(info))
  for _, inner in ipairs(fits and parts.list or {}) do moves_of(inner, info, found) end
  return found
end

-- Whether all that a policy would answer a class with is answered by what stands before it. Nobody is asked after one that gives up. What a
-- decision cannot do because the gate refuses it, a later one of the same kind cannot do either.
local function is_shadowed(policy, info, before)
  if before.give_up then return true end
  local parts, move = describe.parts(policy), describe.move(policy)
  if move then return before[move] == true end
  if not parts or #parts.list == 0 then return false end
  for _, inner in ipairs(parts.list) do
    local answers = describe.answers(inner, info) > describe.NEVER and (not parts.classes or parts.classes(info))
    if answers and not is_shadowed(inner, info, before) then return false end
  end
  return true
end

-- Whether a branch answers any class that comes to it and that nothing before it answers.
local function is_useful(policy, comes, before)
  for _, info in ipairs(core.classes()) do
    local answers = is_asked(info) and comes(info) and describe.answers(policy, info) > describe.NEVER
    if answers and not is_shadowed(policy, info, before[info.class]) then return true end
  end
  return false
end

local function no_moves()
  local before = {}
  for _, info in ipairs(core.classes()) do before[info.class] = {} end
  return before
end

-- Branches such as on("content", backoff()), for content does not wait; and such as have one before them that always answers.
local function find_idle(policy, comes, idle)
  local parts = describe.parts(policy)
  if not parts then return end
  local function comes_in(info) return comes(info) and (not parts.classes or parts.classes(info)) end
  local before = no_moves()
  for place, inner in ipairs(parts.list) do
    if parts.classes and not is_useful(inner, comes_in, before) then idle[#idle + 1] = parts.label
    elseif parts.in_order and is_useful(inner, comes_in, no_moves()) and not is_useful(inner, comes_in, before) then
      local label = (describe.parts(inner) or {}).label
      idle[#idle + 1] = ("entry %d%s"):format(place, label and ", " .. label or "")
    else find_idle(inner, comes_in, idle) end
    for _, info in ipairs(parts.in_order and core.classes() or {}) do moves_of(inner, info, before[info.class]) end
  end
end

-- Fallbacks to providers that nobody has defined; they may be defined later.
local function find_undefined(policy, list, seen)
  local parts = describe.parts(policy)
  for _, model in ipairs(parts and parts.models or {}) do
    if not seen[model] and not provider.get((provider.split(model))) then seen[model], list[#list + 1] = true, model end
  end
  for _, inner in ipairs(parts and parts.list or {}) do find_undefined(inner, list, seen) end
end

local Report = {}
Report.__index = Report
Report.__tostring = function(report)
  local lines = {}
  for _, name in ipairs { "unanswered", "perhaps", "idle", "undefined" } do
    if #report[name] > 0 then lines[#lines + 1] = name .. ": " .. table.concat(report[name], ", ") end
  end
  return #lines > 0 and table.concat(lines, "\n") or "every class is answered"
end

--- What a policy answers, without asking it.
---@param policy function|table
---@return { unanswered: string[], perhaps: string[], answered: string[], idle: string[], undefined: string[] } report classes whose first
---  failure gets no decision, may get one (a test, or a function of the script's own, decides), gets one; branches that never answer anything;
---  and models to fall back to whose provider nobody has defined
return function(policy)
  local checked = constant(policy, "check: its argument", 2)
  local report = setmetatable({ unanswered = {}, perhaps = {}, answered = {}, idle = {}, undefined = {} }, Report)
  local lists = { [describe.NEVER] = report.unanswered, [describe.PERHAPS] = report.perhaps, [describe.ALWAYS] = report.answered }
  for _, info in ipairs(core.classes()) do
    local list = is_asked(info) and lists[describe.answers(checked, info)]
    if list then list[#list + 1] = info.class end
  end
  find_idle(checked, is_asked, report.idle)
  find_undefined(checked, report.undefined, {})
  return report
end
