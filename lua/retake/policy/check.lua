--- Which classes a policy leaves unanswered, and which parts of it never answer anything: found without asking it.
local constant = require "retake.policy.constant"
local core = require "retake.core"
local describe = require "retake.policy.describe"

-- Our own verdicts end a job: no policy is asked about them.
local function is_asked(info)
  return not info.class:find "^local%." or info.class == "local.storage"
end

-- Branches such as on("content", backoff()): content does not wait.
local function find_idle(policy, idle)
  local parts = describe.parts(policy)
  if not parts then return end
  for _, inner in ipairs(parts.list) do
    local useful = not parts.classes
    for _, info in ipairs(core.classes()) do
      useful = useful or is_asked(info) and parts.classes(info) and describe.answers(inner, info) > describe.NEVER
    end
    if useful then find_idle(inner, idle) else idle[#idle + 1] = parts.label end
  end
end

local Report = {}
Report.__index = Report
Report.__tostring = function(report)
  local lines = {}
  for _, name in ipairs { "unanswered", "perhaps", "idle" } do
    if #report[name] > 0 then lines[#lines + 1] = name .. ": " .. table.concat(report[name], ", ") end
  end
  return #lines > 0 and table.concat(lines, "\n") or "every class is answered"
end

--- What a policy answers, without asking it.
---@param policy function|table
---@return { unanswered: string[], perhaps: string[], answered: string[], idle: string[] } report classes whose first failure gets no decision,
---  may get one (a test, or a function of the script's own, decides), gets one; and branches that never answer anything
return function(policy)
  local checked = constant(policy, "check: its argument", 2)
  local report = setmetatable({ unanswered = {}, perhaps = {}, answered = {}, idle = {} }, Report)
  local lists = { [describe.NEVER] = report.unanswered, [describe.PERHAPS] = report.perhaps, [describe.ALWAYS] = report.answered }
  for _, info in ipairs(core.classes()) do
    local list = is_asked(info) and lists[describe.answers(checked, info)]
    if list then list[#list + 1] = info.class end
  end
  find_idle(checked, report.idle)
  return report
end
