--- libuv's loop, in Neovim and with plain luv: a poll handle on the engine's descriptor and a timer for each client that has something to do.
-- A client at rest has neither: it costs nothing, does not keep the loop going, and can be collected.
-- Bytes are moved in the loop's callbacks; the script's callbacks run where they may do anything.
local blocking = require "retake.host.blocking"
local loop = require "retake.host.luv_loop"
local sleep = require "retake.host.luv_sleep"

local entries = {} -- by engine

local function step(entry)
  if entry.waiting then return loop.let_go() end
  if entry.stepping or not entry.due or entry.client.closed then return end
  entry.due, entry.stepping = false, true
  local ok, trouble = pcall(entry.client.step, entry.client, blocking.TURN)
  entry.stepping = false
  if not ok then loop.report(trouble) end
  if entry.due then loop.deliver(function() step(entry) end) end -- fell due again meanwhile, in a loop that a callback ran
end

-- Not at once: a timer that is set to 0 in its own callback is called again before libuv looks at anything else (1.44).
local function arm(entry)
  local seconds = not entry.due and entry.client:timeout()
  if seconds then entry.timer:start(math.max(loop.milliseconds(seconds), 1), 0, entry.tick) else entry.timer:stop() end
end

local function release(engine)
  local entry = entries[engine]
  if not entry then return end
  entries[engine], entry.due = nil, true
  if entry.waiting then loop.let_go() end
  entry.poll:close()
  entry.timer:close()
  loop.settle()
end

local function hold(client)
  local engine = client.engine
  local entry = { client = client, poll = assert(loop.uv.new_poll(engine:pollfd())), timer = loop.uv.new_timer() }
  entries[engine] = entry
  function entry.tick()
    if entries[engine] ~= entry then return end
    local ready = engine:step(0)
    if not ready then return release(engine) end -- in a child: the descriptor is its parent's
    if not entry.due and (ready > 0 or entry.waiting or client:timeout() == 0) then
      entry.due = true
      loop.deliver(function() step(entry) end)
    end
    if entries[engine] == entry then arm(entry) end
  end
  entry.poll:start("r", entry.tick)
  return entry
end

local function wait(engine, seconds)
  local entry = entries[engine]
  if not entry or not loop.can_run() then return engine:step(seconds) end
  entry.waiting = true
  if not entry.due then entry.timer:start(loop.milliseconds(seconds), 0, entry.tick) end
  local going_on = loop.run_until(function() return entry.due end, seconds)
  entry.waiting, entry.due = false, false
  if not going_on then error("interrupted", 0) end
end

local function stirred(client)
  if client.running == 0 and client.transferring == 0 then return release(client.engine) end
  arm(entries[client.engine] or hold(client))
end

loop.at_exit(function() for _, entry in pairs(entries) do entry.client:close() end end)

---@return table host
local function new()
  return {
    name = "luv", driven = true, now = blocking.steady_clock(), sleep = sleep, wait = wait, stirred = stirred,
    spawn = function(fn) return coroutine.wrap(fn)() end, detach = function(client) release(client.engine) end,
  }
end

return { new = new }
