--- libuv's loop as Neovim has it, and as a plain script has it that requires luv: what differs between the two.
local vim = rawget(_G, "vim") -- Neovim's API
local uv = vim and (vim.uv or vim.loop) or package.loaded.uv or require "luv"

local M = { uv = uv }

-- How often Neovim looks by itself whether what it waits for has come, in ms: events make it look at once.
local LOOK = 1000

---@param seconds number
---@return integer for a timer: never too early
function M.milliseconds(seconds) return math.ceil(math.max(seconds, 0) * 1000) end

--- Runs fn where it may do anything: Neovim's API is out of bounds in the loop's own callbacks.
---@param fn function
function M.deliver(fn)
  if vim then vim.schedule(fn) else fn() end
end

--- Tells of an error that has nobody to go to; thrown into libuv, it would end a plain program.
---@param trouble any
function M.report(trouble)
  if vim then vim.notify("retake: " .. tostring(trouble), vim.log.levels.ERROR)
  else io.stderr:write("retake: ", tostring(trouble), "\n") end
end

--- Whether the loop can be run from here: not in its own callbacks.
---@return boolean
function M.can_run()
  if vim then return not vim.in_fast_event() end
  return uv.loop_mode() == nil
end

--- Runs the loop until that is so. The caller sees to it that a timer ends the wait.
---@param is_so fun(): boolean
---@param seconds number
---@return boolean going_on false where somebody has interrupted it
function M.run_until(is_so, seconds)
  if vim then
    local _, why = vim.wait(M.milliseconds(seconds), is_so, LOOK)
    return why ~= -2
  end
  while not is_so() do
    if not uv.run "once" and not is_so() then break end -- nothing is left that could make it so
  end
  return true
end

--- Ends run_until: without it the loop, once its timers have run, would wait for bytes all the same.
function M.let_go()
  if not vim then uv.stop() end
end

--- Lets closed handles go at once where nobody runs the loop: luv 1.44 crashes where a program ends while they are still on their way.
function M.settle()
  local thread, main = coroutine.running()
  if not vim and (main or not thread) and M.can_run() then uv.run "nowait" end
end

--- Calls fn when Neovim is left; a plain script closes what it opened.
---@param fn function
function M.at_exit(fn)
  if not vim then return end
  local function note() vim.api.nvim_create_autocmd("VimLeave", { callback = fn }) end
  if vim.in_fast_event() then vim.schedule(note) else note() end
end

return M
