--- The story of a job for a person: what failed, what was done about it, what it cost, and what to do next. Told from the record alone, so
--- that a job of yesterday, or of another machine, has one too.
local accounting = require "retake.accounting"
local advice = require "retake.advice"
local plain = require "retake.plain_words"

local M = {}

-- A provider's page of an error in place of a sentence: enough of it to know it by. The support bundle has it whole.
local LONGEST_MESSAGE = 400

local function quoted(message)
  local line = message:gsub("%s+", " ")
  if #line <= LONGEST_MESSAGE then return line end
  local cut = line:sub(1, LONGEST_MESSAGE):gsub("[\192-\255][\128-\191]*$", "")
  return cut .. " ..."
end

local function name_of(row)
  return row.provider .. "/" .. row.model
end

-- A sentence: a capital at its front, a full stop at its end.
local function sentence(text)
  return (text:gsub("^%l", string.upper):gsub("([^.!?:])$", "%1."))
end

---- the attempts ----------------------------------------------------------------------------------------------------------------

local function failure_of(row)
  local code = row.code and row.code ~= row.class and (", code %s"):format(row.code) or ""
  return ("%s (%s%s)"):format(plain.failure(row.class), row.class, code)
end

local during = { upload = " while its input was uploaded", download = " while the output was downloaded", asset = " as its input was looked at" }

local function outcome_of(row)
  local took = row.ended_at and row.ended_at > row.started_at and " after " .. plain.seconds(row.ended_at - row.started_at) or ""
  if not row.ended_at then return row.task_id and "is under way" or "was sent; nothing is known of its outcome" end
  if not row.class then return "succeeded" .. took end
  if row.sent == false then
    local times = (row.turned_away or 1) > 1 and (" (%d times)"):format(row.turned_away) or ""
    return ("was not sent%s: %s"):format(times, failure_of(row))
  end
  return ("failed%s%s: %s"):format(during[row.operation] or "", took, failure_of(row))
end

-- What never reached the provider, or had no answer, is told in words of our own.
local function whose_words(row)
  local family = row.class and row.class:match "^[^.]+"
  return (row.sent == false or family == "network" or family == "submit" or family == "local") and "Because" or "In its words"
end

local function attempt_lines(rows, place, lines)
  local row = rows[place]
  lines[#lines + 1] = ("%2d. %s %s"):format(place, name_of(row), sentence(outcome_of(row)):gsub("^%u", string.lower))
  local function add(text) lines[#lines + 1] = "    " .. text end
  if row.message then add(sentence(("%s: %s"):format(whose_words(row), quoted(row.message)))) end
  for _, change in ipairs(row.changes or {}) do add("Changed for it: " .. sentence(change)) end
  for _, skipped in ipairs(row.skipped or {}) do add(sentence(("Passed over: %s, %s"):format(skipped.model, skipped.reason))) end
  if row.flag then add(sentence(row.flag)) end
  if row.effect == "unknown" and row.class then add "It may have been accepted all the same, so it was not sent again." end
  if row.decision then add(sentence("Then: " .. plain.decision(row, rows[place + 1]))) end
end

-- Attempts as a person counts them: what was sent to be made.
local function tries_of(rows)
  local count = 0
  for _, row in ipairs(rows) do
    if row.sent ~= false and row.operation ~= "download" and row.operation ~= "upload" then count = count + 1 end
  end
  return count
end

---- the beginning and the end ---------------------------------------------------------------------------------------------------

local function state_of(record, last)
  if record.state then return record.state end
  if not last then return "prepare" end
  if not last.ended_at then return "poll" end
  return last.class and "failed" or "succeeded"
end

-- A ledger without its record has no fault but that of its last row.
local function fault_of(record, last)
  return record.fault or last and last.class and last or { class = "unknown" }
end

local function span_of(record, now)
  local rows = record.attempts
  local from = record.created_at or rows[1] and rows[1].started_at
  local to = record.finished_at or (record.state ~= "succeeded" and record.state ~= "failed") and now or rows[#rows] and rows[#rows].ended_at
  return from and to and to >= from and plain.seconds(to - from) or nil
end

local waits = {
  prepare = "its request is being looked at", submit = "it waits to be sent", submitting = "it was sent, and no answer has come yet",
  recover = "it asks whether its submission was taken", poll = "its task is at work at the provider", download = "its output is being fetched",
  decide = "its policy is asked what to do", cancel = "it is being cancelled",
}

local function under_way(record, state, now)
  local text = ("The job is under way: %s"):format(waits[state] or state)
  local task = record.task
  if task and task.status then
    text = ("%s (task %s, %s%s)"):format(text, task.id, task.status, task.progress and (" %.0f %%"):format(task.progress * 100) or "")
  end
  if record.due_at and now and record.due_at > now then text = ("%s; it goes on in %s"):format(text, plain.seconds(record.due_at - now)) end
  return text .. "."
end

local function success(record, last, span)
  local made = record.outputs and plain.count(#record.outputs, "output") or "its output"
  local where = last and name_of(last) or record.request and record.request.model or "the model"
  local count = tries_of(record.attempts)
  local tries = count > 1 and ", at the " .. plain.ordinal(count) .. " attempt" or ""
  local text = ("The job succeeded: %s made %s%s%s."):format(where, made, tries, span and ", " .. span .. " after it was started" or "")
  if record.failures and #record.failures > 0 then text = ("%s %s failed."):format(text, plain.count(#record.failures, "further output")) end
  return text
end

local function failed(record, last, span)
  local fault = fault_of(record, last)
  local count = tries_of(record.attempts)
  local text = count == 0 and "The job failed before anything was sent to be made"
    or ("The job failed after %s%s"):format(plain.count(count, "attempt"), span and " and " .. span or "")
  text = ("%s: %s."):format(text, failure_of(fault))
  -- where the last row tells another failure, the end has words of its own
  if fault.message and not (last and last.class == fault.class and last.message == fault.message) then
    text = text .. "\n" .. sentence(quoted(fault.message))
  end
  return text
end

local function next_steps(record, state, last)
  if state == "failed" then return advice.after_failure(fault_of(record, last), record) end
  if state ~= "succeeded" then return { "Nothing: the job goes on by itself while its client does." } end
  local files = record.files or {}
  if #files > 0 then return { ("Nothing: the output is in %s."):format(table.concat(files, ", ")) } end
  return { "Save the output: its link runs out." }
end

--- Tells it.
---@param record { attempts: table[], state: string|nil, request: table|nil, fault: table|nil } a job's record, or its ledger alone
---@param now number|nil seconds since 1970, for a job that is under way
---@return string text several lines, without a final newline
function M.tell(record, now)
  local rows = record.attempts
  local last = rows[#rows]
  local state, span = state_of(record, last), span_of(record, now)
  local lines
  if state == "succeeded" then lines = { success(record, last, span) }
  elseif state == "failed" then lines = { failed(record, last, span) }
  else lines = { under_way(record, state, now) } end
  if #rows > 0 then lines[#lines + 1] = "" end
  for place = 1, #rows do attempt_lines(rows, place, lines) end
  lines[#lines + 1] = ""
  local cost = accounting.words(rows)
  lines[#lines + 1] = sentence(cost:find "^cost unknown" and cost or "Cost: " .. cost)
  for place, step in ipairs(next_steps(record, state, last)) do lines[#lines + 1] = (place == 1 and "Next: " or "      ") .. step end
  return table.concat(lines, "\n")
end

return M
