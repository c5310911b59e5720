--- A job's progress for people, on standard error: one line that is rewritten on a terminal, plain lines in a pipe.

local terminal = require "retake.cli.terminal"

local M = {}
M.__index = M

local function percent(progress)
  return progress and (" %.0f %%"):format(progress * 100) or ""
end

local function sides(report)
  return report.width and (" %.0fx%.0f"):format(report.width, report.height) or ""
end

local words = {
  inspected = function(event)
    local report = event.report
    if not report.ok then return event.field .. " does not fit: " .. report.problems[1].message end
    local size = report.size and (", %.0f bytes"):format(report.size) or ""
    return ("%s fits: %s%s%s"):format(event.field, report.media_type or report.source, sides(report), size)
  end,
  uploaded = function() return "uploaded" end,
  submitting = function(event) return ("attempt %d, to %s/%s"):format(event.attempt, event.provider, event.model) end,
  submitted = function(event) return "accepted as task " .. event.task_id end,
  progress = function(event) return tostring(event.status) .. percent(event.progress) end,
  poll_failed = function(event) return ("no news of the task: %s, %d in a row"):format(event.class, event.failures) end,
  fault = function(event)
    return event.class .. (event.code and " [" .. event.code .. "]" or "") .. (event.message and ": " .. event.message or "")
  end,
  decision = function(event)
    local delay = event.delay and event.delay > 0 and (" in %.1f s"):format(event.delay) or ""
    return "policy: " .. event.decision:gsub("_", " ") .. (event.model and " to " .. event.model or "") .. delay
  end,
  gate = function(event)
    if event.delay then return ("gate: %s in %.1f s (%s)"):format(event.decision, event.delay, event.rule) end
    return ("gate: no %s (%s)"):format(event.decision, event.rule)
  end,
  skipped = function(event) return ("%s is passed over: %s"):format(event.model, event.reason) end,
  translated = function(event)
    local texts = {}
    for place, change in ipairs(event.changes) do texts[place] = change.text end
    return ("for %s: %s"):format(event.model, table.concat(texts, "; "))
  end,
  refreshed = function() return "the output's address was renewed" end,
  saved = function(event) return ("saved %s, %.0f bytes"):format(event.path, event.size or 0) end,
  journal_failed = function(event) return "the record could not be written: " .. event.message end,
}

--- An event in words, or nil for one that is not worth a line.
---@param event table
---@return string|nil
function M.words(event)
  local say = words[event.event]
  return say and terminal.line(say(event)) or nil
end

---@param options { live: boolean, now: fun(): number, columns: integer|nil, stream: file*|nil } live: rewrite one line
---@return table progress
function M.new(options)
  local progress = setmetatable({ live = options.live, now = options.now, stream = options.stream or io.stderr, text = "" }, M)
  progress.started = options.now()
  progress.columns = options.columns or options.live and terminal.columns() or 80
  if not options.live then progress.stream:setvbuf "line" end
  return progress
end

local function clock(seconds)
  return ("%d:%02d"):format(math.floor(seconds / 60), math.floor(seconds % 60))
end

--- Shows the line anew: the time goes on although nothing happens.
function M:tick()
  if not self.live then return end
  local line = clock(self.now() - self.started) .. "  " .. self.text
  -- the last column stays free: a full line would wrap, and \r would not come back to its start
  self.stream:write("\r\27[K", terminal.cut(line, self.columns - 1))
  self.stream:flush()
end

--- Tells an event.
---@param event table
function M:event(event)
  local text = M.words(event)
  if not text then return end
  self.text = text
  if self.live then return self:tick() end
  self.stream:write(("%8.1f s  %s\n"):format(event.at - self.started, text))
end

--- Takes the line away.
function M:finish()
  if self.live then
    self.stream:write "\r\27[K"
    self.stream:flush()
  end
end

return M
