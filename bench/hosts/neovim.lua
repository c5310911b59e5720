--- Ticks of a timer in Neovim, taken in libuv's callback: what is scheduled from there 0.7.2 by itself holds back now and then, for 'updatetime'.
-- usage: RETAKE_BASE_URL=... nvim --headless -u NONE -i NONE -n -c "luafile bench/hosts/neovim.lua"
local vim = rawget(_G, "vim")
local ticks = require "bench.ticks"

local timer, thread = (vim.uv or vim.loop).new_timer(), nil
local function leave(good) vim.schedule(function() vim.cmd(good and "qall!" or "cquit") end) end
local function go_on()
  local ok, trouble = coroutine.resume(thread)
  if ok then return end
  io.stderr:write(tostring(trouble), "\n")
  leave(false)
end
local function sleep(seconds)
  timer:start(math.max(math.floor(seconds * 1000), 1), 0, go_on)
  coroutine.yield()
end

thread = coroutine.create(function()
  local good = ticks.run { name = "Neovim", sleep = sleep, log = function(line) io.stdout:write(line, "\n") end }
  timer:close()
  leave(good)
end)
go_on()
