--- Whether a failure comes each time or now and then, with the counts behind it: the first that a provider's support asks.
local M = {}

-- What the provider never saw, and what happened after it had done its part, says nothing of that.
local function is_counted(row)
  return row.sent ~= false and row.operation ~= "download" and row.operation ~= "upload" and row.operation ~= "asset"
end

local function entry_of(list, by_name, row)
  local name = row.provider .. "/" .. row.model
  local entry = by_name[name]
  if not entry then
    entry = { model = name, attempts = 0, succeeded = 0, failed = 0, changed = 0, failures = {} }
    by_name[name] = entry
    list[#list + 1] = entry
  end
  return entry
end

local function count_failure(entry, row)
  entry.failed = entry.failed + 1
  for _, failure in ipairs(entry.failures) do
    if failure.class == row.class and failure.code == row.code then
      failure.count = failure.count + 1
      return
    end
  end
  entry.failures[#entry.failures + 1] = { class = row.class, code = row.code, count = 1 }
end

local function verdict_of(entry)
  if entry.failed == 0 then return "none" end
  if entry.succeeded > 0 then return "intermittent" end
  if entry.attempts == 1 then return "unknown" end
  return #entry.failures == 1 and "consistent" or "varying"
end

--- Counts by model.
---@param attempts table[] rows of a ledger
---@return table[] models in the order they were gone to: model, attempts, succeeded, failed, changed (how often the request was changed between
---  them), failures ({ class, code, count }), verdict ("consistent": each attempt failed, in the same way; "varying": each failed, in several
---  ways; "intermittent": some succeeded; "unknown": there was one attempt only; "none" failed)
function M.by_model(attempts)
  local list, by_name = {}, {}
  for _, row in ipairs(attempts) do
    if is_counted(row) and row.ended_at then
      local entry = entry_of(list, by_name, row)
      entry.attempts = entry.attempts + 1
      if row.class then count_failure(entry, row) else entry.succeeded = entry.succeeded + 1 end
      if row.decision == "revise" then entry.changed = entry.changed + 1 end
    end
  end
  for _, entry in ipairs(list) do entry.verdict = verdict_of(entry) end
  return list
end

local function failures_of(entry)
  local parts = {}
  for _, failure in ipairs(entry.failures) do
    local code = failure.code and (" [%s]"):format(failure.code) or ""
    parts[#parts + 1] = ("%d times %s%s"):format(failure.count, failure.class, code):gsub("^1 times ", "once ")
  end
  return table.concat(parts, ", ")
end

local words = {
  consistent = "consistent: %d of %d attempts failed, all alike", varying = "consistent in failing, not in how: %d of %d attempts failed",
  intermittent = "intermittent: %d of %d attempts failed", unknown = "not known whether consistent: %d of %d attempts failed",
  none = "%d of %d attempts failed",
}

--- One model's counts in words.
---@param entry table
---@return string
function M.words(entry)
  local text = words[entry.verdict]:format(entry.failed, entry.attempts)
  if entry.failed > 0 then text = ("%s (%s)"):format(text, failures_of(entry)) end
  if entry.changed > 0 then text = ("%s; the request was changed %d times between them"):format(text, entry.changed):gsub("1 times", "once") end
  return text
end

return M
