--- The conformance run in Neovim. RETAKE_BASE_URL names the simulator, RETAKE_MODE how the cases run.
-- usage: nvim --headless -u NONE -i NONE -n -c "luafile spec/hosts/neovim.lua"
-- main: the cases wait in the command itself, in vim.wait; loop: each runs in a coroutine of its own while the editor idles
local vim = rawget(_G, "vim")
local conformance = require "spec.hosts.conformance"
local in_coroutine = require "spec.hosts.in_coroutine"
local retake = require "retake"

local function leave(failed) vim.cmd(failed == 0 and "qall!" or "cquit") end

local suite

-- Called in the suite's coroutine: it sleeps until the case is over.
local function in_loop(fn)
  local thread, outcome = in_coroutine(fn)
  vim.schedule(function() coroutine.resume(thread) end)
  local timer = (vim.uv or vim.loop).new_timer()
  timer:start(5, 5, vim.schedule_wrap(function()
    if timer:is_closing() or coroutine.status(thread) ~= "dead" then return end
    timer:close()
    coroutine.resume(suite)
  end))
  coroutine.yield()
  return outcome()
end

local given = {
  run = vim.env.RETAKE_MODE == "loop" and in_loop or function(fn) return xpcall(fn, debug.traceback) end,
  client = function(options)
    local on_event = options.on_event
    options.on_event = function(...)
      vim.api.nvim_buf_line_count(0) -- forbidden in the loop's own callbacks
      on_event(...)
    end
    local client = retake.client(options)
    assert(client.host.name == "luv", "found the host " .. client.host.name)
    return client
  end,
  base_url = vim.env.RETAKE_BASE_URL,
  log = function(line) io.stdout:write(line, "\n") end,
}

if vim.env.RETAKE_MODE == "loop" then
  suite = coroutine.create(function() leave(conformance.run(given)) end)
  coroutine.resume(suite)
else leave(conformance.run(given)) end
