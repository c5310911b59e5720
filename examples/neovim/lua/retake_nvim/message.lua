--- Messages that never ask for ENTER: one line each, cut to what the last line of the screen holds. :RetakeJobs has the whole of them.
-- luacheck: globals vim
local M = { whole = {} } -- the last that were cut and are of no job, whose line has it all

local MOST_KEPT = 5

local SHORTEST = 12 -- cells that a prompt is left at least

-- The ruler and the keys of 'showcmd' may have a part of that line.
local function room()
  local free = vim.o.columns - 12
  if vim.v.echospace > 0 then free = math.min(free, vim.v.echospace) end
  return math.max(20, free)
end

local function flat(text) return vim.fn.strtrans((text:gsub("%s+", " "))) end

--- A text that takes no more cells than these.
---@param text string
---@param cells integer
---@return string
function M.cut(text, cells)
  if vim.fn.strdisplaywidth(text) <= cells then return text end
  local short = vim.fn.strcharpart(text, 0, cells - 3)
  while vim.fn.strdisplaywidth(short) > cells - 3 do short = vim.fn.strcharpart(short, 0, vim.fn.strchars(short) - 1) end
  return short .. "..."
end

local function say(level, text)
  vim.notify(M.cut(text, room()), vim.log.levels[level], { title = "retake" })
end

--- Tells something.
---@param level "INFO"|"WARN"|"ERROR"
---@param form string
function M.tell(level, form, ...)
  local text = flat("retake: " .. form:format(...))
  if vim.fn.strdisplaywidth(text) > room() then
    M.whole[#M.whole + 1] = text
    if #M.whole > MOST_KEPT then table.remove(M.whole, 1) end
  end
  say(level, text)
end

--- Tells something of a job. Its prompt is the first to be shortened.
---@param level "INFO"|"WARN"|"ERROR"
---@param prompt string
---@param form string what follows the prompt
function M.tell_of(level, prompt, form, ...)
  local rest = flat(form:format(...))
  local left = room() - vim.fn.strdisplaywidth("retake: " .. rest)
  say(level, "retake: " .. M.cut(flat(prompt), math.max(SHORTEST, left)) .. rest)
end

--- Tells what has been made. The name has the prompt in it, so it does by itself where there is no room for both.
---@param prompt string
---@param name string the file's, without its folder
function M.tell_made(prompt, name)
  local both = flat(("retake: %s is here: %s"):format(prompt, name))
  say("INFO", vim.fn.strdisplaywidth(both) <= room() and both or flat(("retake: %s is here"):format(name)))
end

return M
