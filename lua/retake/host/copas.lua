--- copas: a thread of copas steps the client while jobs run. copas watches sockets, and before 2.0 knows no timers: so an alarm of the engine's
-- makes its descriptor readable when something is due.
local blocking = require "retake.host.blocking"
local copas = require "copas"
local core = require "retake.core"
local park = require "retake.host.copas_park"
local socket_of = require "retake.host.copas_socket"

local M = {}

-- Calls it; copas tells of its error as of any thread's, and the caller goes on.
local function protect(fn, ...)
  local ok, trouble = pcall(fn, ...)
  if not ok then copas.addthread(function() error(trouble, 0) end) end
  return ok
end

local function wake(state)
  local waiting = state.waiting
  state.waiting = nil
  for _, way in ipairs(waiting or {}) do protect(way.wake) end
end

-- One thread a client: select tells of a descriptor once, however many wait for it.
local function drive(client, state)
  local socket = socket_of(client.engine)
  state.driven = true
  copas.addthread(function()
    while (client.running > 0 or state.waiting) and not client.closed do
      copas.receive(socket)
      if not client.closed and not protect(client.step, client, blocking.TURN) then client:stir() end
      wake(state)
    end
    state.driven = nil
    wake(state)
  end)
end

---@return table host
function M.new()
  local host = { name = "copas", driven = true, now = blocking.steady_clock(), park = park }
  local states = setmetatable({}, { __mode = "k" }) -- by engine: its client, and when the alarm rings

  function host.attach(client)
    states[client.engine] = { client = setmetatable({ client }, { __mode = "v" }) }
  end

  function host.stirred(client)
    local state = states[client.engine]
    if (client.running > 0 or state.waiting) and not state.driven then drive(client, state) end
    blocking.set_alarm(client, state, state.driven and not state.waiting)
  end

  function host.wait(engine, seconds)
    local state, way = states[engine], park()
    local client = way and state and state.client[1]
    if not client then return engine:step(seconds) end
    client.schedule:add(host.now() + seconds, { ring = function() end })
    state.waiting = state.waiting or {}
    table.insert(state.waiting, way)
    client:stir()
    way.sleep()
  end

  function host.sleep(seconds)
    if not park() then return core.sleep(seconds) end
    local clock = core.engine { concurrency = 1 }
    clock:alarm(math.max(seconds, 0))
    copas.receive(socket_of(clock))
    clock:close()
  end

  function host.spawn(fn) copas.addthread(fn) end

  return host
end

return M
