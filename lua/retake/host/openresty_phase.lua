--- What nginx lets Lua do where: only some phases can wait, and a client's own flows belong to no request and can start no timer.
local ngx = rawget(_G, "ngx")
local semaphore = require "ngx.semaphore"

local M = {}

local CAN_WAIT = {
  rewrite = true, server_rewrite = true, access = true, content = true, timer = true, ssl_cert = true, ssl_client_hello = true,
  ssl_session_fetch = true, preread = true,
}

-- A wait without an end of its own is made of such.
local LONG = 3600

local postponed = {}

--- How the light thread that calls this waits, and whoever can says that it goes on.
---@param level integer whose mistake it is where the phase does not let anybody wait, as for error
---@return { sleep: fun(seconds: number|nil), wake: function, is_request: fun(): boolean }
function M.park(level)
  local phase = ngx.get_phase()
  if not CAN_WAIT[phase] then
    error(phase == "init" and "nothing can be awaited here: what runs for the client waits with client:sleep and job:await in its own coroutine"
      or ("nothing can be awaited in nginx's phase %s: a content handler or a timer can"):format(phase), level)
  end
  local bell = assert(semaphore.new())
  return {
    wake = function() bell:post(1) end,
    sleep = function(seconds)
      repeat
        local woken, why = bell:wait(math.max(seconds or LONG, 0.001))
        if not woken and why ~= "timeout" then error("nginx does not wait: " .. why, 0) end
      until woken or seconds
    end,
    -- A thread that was killed meanwhile, with its request, does not wait any more.
    is_request = function() return phase ~= "timer" and bell:count() < 0 end,
  }
end

--- Calls it with a request or timer at hand: now, or as soon as the flow that calls this lets go of one.
---@param fn function|nil nil: only those that were postponed
function M.at_hand(fn)
  postponed[#postponed + 1] = fn
  if ngx.get_phase() == "init" then return end
  local list = postponed
  postponed = {}
  for _, one in ipairs(list) do one() end
end

--- Runs it in a light thread of its own that no request ends.
---@param fn function
function M.timer(fn)
  M.at_hand(function()
    local called, ok, why = pcall(ngx.timer.at, 0, function() fn() end)
    if not called or not ok then ngx.log(ngx.ERR, "retake: nginx gives no timer: ", tostring(called and why or ok)) end
  end)
end

return M
