--- How a thread of copas waits for something that is no socket.
local copas = require "copas"

-- Before 2.0 a thread cannot sleep until it is woken. What it yields names the queue that keeps it: this one takes it from copas.
local function park_in_queue(thread)
  local given
  local queue = { insert = function() end, push = function(_, _, kept) given = kept end }
  return {
    sleep = function() coroutine.yield(queue, queue) end,
    wake = function()
      if given then return copas.addthread(given) end
      if coroutine.status(thread) == "dead" then return end -- it was in a pcall that Lua 5.1 does not yield through
      local ok, trouble = coroutine.resume(thread) -- a coroutine of the script's own, which yielded to the script
      if not ok then error(debug.traceback(thread, tostring(trouble)), 0) end
    end,
  }
end

-- Where pcall cannot be yielded through, copas has one that runs in a coroutine of its own, inside the thread.
local function own_thread(running)
  local coxpcall = package.loaded.coxpcall
  return coxpcall and coxpcall.running and coxpcall.running() or running
end

-- copas wakes its threads alone. A coroutine of the script's own, inside one, yielded to the script: where copas has had its turn and the caller
-- still waits, it goes on from here.
local function park_in_copas(thread)
  local waits = false
  local function go_on()
    copas.sleep(0) -- after those that were woken
    if not waits or coroutine.status(thread) ~= "suspended" then return end
    local ok, trouble = coroutine.resume(thread)
    if not ok then error(debug.traceback(thread, tostring(trouble)), 0) end
  end
  return {
    sleep = function()
      waits = true
      if copas.pauseforever then copas.pauseforever() else copas.sleep(-1) end
      waits = false
    end,
    wake = function()
      copas.wakeup(thread)
      copas.addthread(go_on)
    end,
  }
end

--- For the caller.
---@return { sleep: function, wake: function }|nil way nil outside of any thread
return function()
  local thread, main = coroutine.running()
  if not thread or main then return nil end
  if not copas.wakeup then return park_in_queue(thread) end
  return park_in_copas(own_thread(thread))
end
