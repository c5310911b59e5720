--- The events of a job, so that nobody waits for one that never comes.

local M = {}

--- In the order of a job's life. "event" stands for all of them.
M.names = {
  "inspected", "uploaded", "submitting", "submitted", "recovering", "progress", "poll_failed", "fault", "decision", "gate", "asking", "answered",
  "skipped", "fallback", "translated", "partial", "refreshed", "saved", "journal_failed", "paused", "circuit", "succeeded", "failed",
}

local known = { event = true }
for _, name in ipairs(M.names) do known[name] = true end

--- What is wrong with a name that somebody wants to hear of, or nil.
---@param name any
---@return string|nil problem
function M.problem_with(name)
  if known[name] then return nil end
  return ("no event is called '%s': it is \"event\" for all, or one of %s"):format(tostring(name), table.concat(M.names, " "))
end

return M
