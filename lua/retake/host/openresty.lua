--- nginx with its Lua module, OpenResty. A client belongs to its worker; its jobs belong to no request, and go on when that which started them
-- is over. nginx watches no descriptors but its own, so the engine is looked after between naps; whoever awaits something waits in its own
-- light thread alone.
local ngx = rawget(_G, "ngx") or error "the host openresty is for nginx with its Lua module"
local blocking = require "retake.host.blocking"
local driver = require "retake.host.openresty_driver"
local phase = require "retake.host.openresty_phase"

local M = {}

local used = false -- whether this process has made a client: from then on "init" is but where flows are

local REFUSED = "a client belongs to the worker that uses it, and in init_by_lua there is none yet: make it at first use, in a handler"

--- A host for clients of this worker.
---@param options { leaving: fun(records: table[])|nil }|nil leaving: called in a timer when the worker exits while jobs run, with their records
---@return table host
function M.new(options)
  local leaving = options and options.leaving
  local host = { name = "openresty", driven = true, now = blocking.steady_clock(), spawn = phase.timer }
  local states = setmetatable({}, { __mode = "k" }) -- by engine

  function host.attach(client, level)
    if not used and ngx.get_phase() == "init" then
      client.engine:close()
      error(REFUSED, level)
    end
    used = true
    states[client.engine] = { client = setmetatable({ client }, { __mode = "v" }) }
  end

  function host.stirred(client)
    phase.at_hand()
    driver.stir(client, states[client.engine], leaving)
  end

  function host.park()
    local way = phase.park(5) -- whoever called job:await() or client:run()
    return way
  end

  function host.sleep(seconds) ngx.sleep(math.max(seconds, 0.001)) end -- none at all would only burn time

  function host.wait(engine, seconds)
    local state, way = states[engine], phase.park(4) -- whoever called client:wait()
    state.waiting = state.waiting or {}
    table.insert(state.waiting, way)
    state.client[1]:stir()
    way.sleep(seconds)
  end

  function host.detach(client) driver.release(states[client.engine]) end

  return host
end

return M
