--- The ledger of a job: one row an attempt. It is what a person debugs with, and what support asks for.
local M = {}

-- What the request has that the script did not ask for, as texts.
local function changes_of(record)
  local texts = {}
  for place, change in ipairs(record.changes or {}) do texts[place] = change.text end
  return #texts > 0 and texts or nil
end

--- Opens the row of an attempt.
---@param record table
---@param provider string
---@param model string
---@param now number seconds since 1970
---@return table row
function M.open(record, provider, model, now)
  local row = { provider = provider, model = model, operation = "submit", started_at = now, effect = "none", billed = "no",
    changes = changes_of(record) }
  record.attempts[#record.attempts + 1] = row
  return row
end

--- The row of the attempt under way, or nil before the first.
---@param record table
---@return table|nil row
function M.current(record)
  local row = record.attempts[#record.attempts]
  return row and not row.ended_at and row or nil
end

local refund_words = { "refund", "not be charged", "not charged", "no charge", "credits?[%w ]* returned", "returned to your" }

-- What the provider says and what it charges are two things: where they differ, whoever pays wants to know.
local function refund_that_was_none(fault)
  if not fault.credits or fault.credits <= 0 or not fault.message then return nil end
  local words = fault.message:lower()
  for _, word in ipairs(refund_words) do
    if words:find(word) then return ("its words call it refunded, its cost is %g"):format(fault.credits) end
  end
end

-- What is sent without a submission.
local sent_beside = { upload = true, download = true }

--- Closes the row with its fault; opens one for a failure that came before anything was sent. Our own verdicts (a deadline, a budget) are no
--- attempts: they close a row that is open, and leave none of their own.
---@param record table
---@param fault userdata
---@param provider string
---@param model string
---@param now number
---@return table|nil row
function M.failed(record, fault, provider, model, now)
  local row = M.current(record)
  if not row then
    if fault:is "local" then return end
    row = M.open(record, provider, model, now)
    if fault.effect == "none" and not sent_beside[fault.operation] then row.sent = false end -- found here: the provider saw nothing of it
  end
  row.operation = fault.operation or row.operation
  row.class, row.code, row.message = fault.class, fault.code, fault.message
  row.effect, row.billed, row.credits = fault.effect, fault.billed, fault.credits
  -- an output that cannot be fetched was paid for in the row of its task
  if fault.operation == "download" then row.billed, row.credits = "no", nil end
  row.task_id = fault.task_id or row.task_id
  row.request_id = fault.request_id or row.request_id
  row.ended_at = now
  row.flag = refund_that_was_none(fault)
  return row
end

--- Notes that nothing was sent, because the provider or the model is not to be tried now. However often a job is told so in a row, it is one
--- row: `turned_away` counts.
---@param record table
---@param fault userdata
---@param provider string
---@param model string
---@param now number
function M.turned_away(record, fault, provider, model, now)
  local last = record.attempts[#record.attempts]
  local times = 1
  if last and last.turned_away and last.provider == provider and last.model == model then
    times, last.ended_at = last.turned_away + 1, nil
  end
  M.failed(record, fault, provider, model, now).turned_away = times
end

--- Closes a row that is still open as its job ends: what it says of effect and cost stays.
---@param record table
---@param fault userdata
---@param now number
function M.left_open(record, fault, now)
  local row = M.current(record)
  if not row then return end
  row.class, row.code, row.message = row.class or fault.class, row.code or fault.code, row.message or fault.message
  row.ended_at = now
end

--- Closes the row of the attempt that succeeded.
function M.succeeded(record, credits, now)
  local row = M.current(record)
  if not row then return end
  row.effect, row.ended_at, row.credits = "finished", now, credits
  row.billed = credits and (credits > 0 and "yes" or "no") or "unknown"
end

--- Notes what was decided after the last attempt.
function M.decided(record, decision, delay, why)
  local row = record.attempts[#record.attempts]
  if row then row.decision, row.delay, row.why = decision, delay, why end
end

--- Credits spent so far, as far as anyone knows: where the provider gave no number and the attempt may have cost something, its
--- estimate counts, so that a limit errs on the safe side.
---@param record table
---@return number credits
function M.spent(record)
  local sum = 0
  for _, row in ipairs(record.attempts) do
    if row.credits then sum = sum + row.credits
    elseif row.effect ~= "none" then sum = sum + (row.estimate or 0) end
  end
  return sum
end

local columns = {
  { "#", function(_, place) return tostring(place) end },
  { "model", function(row) return row.provider .. "/" .. row.model end },
  { "outcome", function(row) return row.class or row.ended_at and "succeeded" or "under way" end },
  { "code", function(row)
    local code = row.code or ""
    return (row.turned_away or 1) > 1 and ("%s x%d"):format(code, row.turned_away) or code
  end },
  { "decision", function(row)
    if not row.decision then return "" end
    return row.delay and row.delay > 0 and ("%s after %.1f s"):format(row.decision, row.delay) or row.decision
  end },
  { "effect", function(row) return row.effect or "" end },
  { "billed", function(row) return row.billed or "" end },
  { "credits", function(row) return row.credits and ("%g"):format(row.credits) or row.billed == "no" and "0" or "?" end },
  { "seconds", function(row) return row.ended_at and ("%.1f"):format(row.ended_at - row.started_at) or "" end },
}

--- The ledger as a table for people.
---@param attempts table[]
---@return string text lines, without a final newline
function M.format(attempts)
  local rows, widths = { {} }, {}
  for i, column in ipairs(columns) do rows[1][i] = column[1] end
  for place, row in ipairs(attempts) do
    local cells = {}
    for i, column in ipairs(columns) do cells[i] = column[2](row, place) end
    rows[#rows + 1] = cells
  end
  for _, cells in ipairs(rows) do
    for i, cell in ipairs(cells) do widths[i] = math.max(widths[i] or 0, #cell) end
  end
  local lines = {}
  for _, cells in ipairs(rows) do
    for i, cell in ipairs(cells) do cells[i] = cell .. (" "):rep(widths[i] - #cell) end
    lines[#lines + 1] = (table.concat(cells, "  "):gsub("%s+$", ""))
  end
  for place, row in ipairs(attempts) do
    if row.flag then lines[#lines + 1] = ("attempt %d: %s"):format(place, row.flag) end
  end
  return table.concat(lines, "\n")
end

return M
