-- report.lua: a report as it grows: what was checked, in order, and what is wrong, worst first in the end.

local M = {}

-- Which problem to tell first: what makes the others moot comes before them.
local rank = {}
for place, class in ipairs {
  "asset.invalid_uri", "asset.insecure_url", "asset.ip_address", "asset.media_type", "asset.corrupt", "asset.too_large",
  "asset.dimensions", "asset.aspect_ratio", "asset.duration", "asset.mismatch", "asset.invalid",
} do
  rank[class] = place
end

---@param source string "path" | "data_uri" | "url" | "bytes" | "provider"
---@param field string?
---@return retake.asset.report
function M.new(source, field)
  return { ok = false, problems = {}, steps = {}, source = source, field = field }
end

---@param outcome "pass"|"warn"|"skip"|"fail"
function M.step(report, check, outcome, detail)
  report.steps[#report.steps + 1] = { check = check, outcome = outcome, detail = detail }
end

--- A check that failed: a problem, and a step that says the same.
---@return retake.asset.problem
function M.fail(report, check, class, message, hint)
  local problem = { class = class, message = message, hint = hint, field = report.field, place = #report.problems }
  report.problems[#report.problems + 1] = problem
  M.step(report, check, "fail", message)
  return problem
end

--- The verdict. What is not usable goes nowhere.
function M.finish(report)
  table.sort(report.problems, function(a, b)
    local first, second = rank[a.class] or 99, rank[b.class] or 99
    if first ~= second then return first < second end
    return a.place < b.place
  end)
  for _, problem in ipairs(report.problems) do problem.place = nil end
  report.ok = #report.problems == 0
  if not report.ok then report.delivery = nil end
  return report
end

return M
