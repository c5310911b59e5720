--- Sleeping on libuv's loop.
local core = require "retake.core"
local loop = require "retake.host.luv_loop"

--- Suspends the coroutine it is called in; elsewhere it waits, and the loop goes on where it can.
---@param seconds number
return function(seconds)
  local thread, main = coroutine.running()
  if main then thread = nil end
  if not thread and not loop.can_run() then return core.sleep(seconds) end
  local timer, over = loop.uv.new_timer(), false
  local function go_on()
    local ok, trouble = coroutine.resume(thread)
    if not ok then loop.report(debug.traceback(thread, tostring(trouble))) end
  end
  timer:start(loop.milliseconds(seconds), 0, function()
    over = true
    timer:close()
    if thread then loop.deliver(go_on) else loop.let_go() end
  end)
  if thread then return coroutine.yield() end
  loop.run_until(function() return over end, seconds)
end
