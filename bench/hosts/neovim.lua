--- Ticks of a timer in Neovim, taken where a plugin takes them: in the main loop, not in libuv's callback.
-- usage: RETAKE_BASE_URL=... nvim --headless -u NONE -i NONE -n -c "luafile bench/hosts/neovim.lua"
local vim = rawget(_G, "vim")
local ticks = require "bench.ticks"

local timer, thread = (vim.uv or vim.loop).new_timer(), nil
local go_on = vim.schedule_wrap(function()
  local ok, trouble = coroutine.resume(thread)
  if ok then return end
  io.stderr:write(tostring(trouble), "\n")
  vim.cmd "cquit"
end)
local function sleep(seconds)
  timer:start(math.max(math.floor(seconds * 1000), 1), 0, go_on)
  coroutine.yield()
end

thread = coroutine.create(function()
  local good = ticks.run { name = "Neovim", sleep = sleep, log = function(line) io.stdout:write(line, "\n") end }
  timer:close()
  vim.cmd(good and "qall!" or "cquit")
end)
go_on()
