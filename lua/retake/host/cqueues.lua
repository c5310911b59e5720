--- cqueues, and lua-http on it: a thread of the controller steps the client while jobs run; whoever awaits one waits on a condition.
local blocking = require "retake.host.blocking"
local condition = require "cqueues.condition"
local core = require "retake.core"
local cqueues = require "cqueues"

local M = {}

-- Waits until the engine has something to do.
local function poll(engine, seconds)
  cqueues.poll({ pollfd = engine:pollfd(), events = "r" }, seconds)
end

-- One thread for each controller that jobs were started in: a controller may be left alone by its program, and the jobs with it.
local function drive_on(controller, client, threads)
  threads[controller] = true
  controller:wrap(function()
    while client.running > 0 and not client.closed do
      poll(client.engine)
      local ok, trouble = client.closed, nil
      if not ok then ok, trouble = pcall(client.step, client, blocking.TURN) end
      if not ok then
        controller:wrap(function() error(trouble, 0) end) -- for whoever looks after the controller's errors; this thread goes on
        client:stir()
      end
    end
    threads[controller] = nil
  end)
end

---@param given userdata|nil the controller for jobs that are started outside of one; default: none, they wait for client:run or await
---@return table host
function M.new(given)
  local host = { name = "cqueues", driven = true, now = blocking.steady_clock() }
  local driven = setmetatable({}, { __mode = "k" }) -- by client: the controllers, and when its alarm rings

  -- In a coroutine of the script's own inside a thread all waiting is cqueues' too, and passed on by those made with its wrap.
  function host.sleep(seconds)
    if cqueues.running() then cqueues.sleep(math.max(seconds, 0)) else core.sleep(seconds) end
  end

  function host.wait(engine, seconds)
    if cqueues.running() then return poll(engine, seconds) end
    return engine:step(seconds)
  end

  function host.spawn(fn)
    local controller = given or cqueues.running()
    if controller then controller:wrap(fn) else coroutine.wrap(fn)() end
  end

  function host.stirred(client)
    local state = driven[client] or { threads = setmetatable({}, { __mode = "k" }) }
    driven[client] = state
    local controller = cqueues.running() or given
    if controller and client.running > 0 and not state.threads[controller] then drive_on(controller, client, state.threads) end
    blocking.set_alarm(client, state, next(state.threads))
  end

  function host.park()
    if not cqueues.running() then return nil end
    local bell = condition.new()
    return { sleep = function() bell:wait() end, wake = function() bell:signal() end }
  end

  function host.detach(client) cqueues.cancel(client:pollfd()) end

  return host
end

return M
