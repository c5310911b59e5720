--- What drives a client in nginx: a loop in a timer, which no request ends, while there is something to do.
local ngx = rawget(_G, "ngx")
local blocking = require "retake.host.blocking"
local exit = require "retake.host.openresty_exit"
local pace = require "retake.host.openresty_pace"
local phase = require "retake.host.openresty_phase"

local M = {}

-- It asks at least so often whether the worker exits: nginx tells nobody, and whoever sleeps keeps the worker alive.
local LOOK = 1

local function wanted(client, state) return not client.closed and (client.running > 0 or client.transferring > 0 or state.waiting) end

-- Lets those go on that wait for the next step.
local function let_go(state)
  local waiting = state.waiting
  state.waiting = nil
  for _, way in ipairs(waiting or {}) do way.wake() end
end

-- Nothing where nobody sleeps: a bell rung twice would be heard twice.
local function rouse(state)
  if not state.asleep then return end
  state.asleep = false
  state.bell.wake()
end

local function drive(client, state, leaving)
  state.driving, state.bell = true, state.bell or phase.park(1)
  while wanted(client, state) do
    local ok, trouble = pcall(client.step, client, blocking.TURN)
    if not ok and not client.closed then ngx.log(ngx.ERR, "retake: ", tostring(trouble)) end
    let_go(state)
    if ngx.worker.exiting() and not client.closed then exit.try(client, leaving) end
    if wanted(client, state) then
      state.asleep = true
      state.bell.sleep(pace.nap(client, state, LOOK))
      state.asleep = false
    end
  end
  state.driving, state.asked_at = false, nil
end

--- Something changed: the driver looks at it, and is there where it has to be.
---@param client table
---@param state table of this client
---@param leaving function|nil
function M.stir(client, state, leaving)
  rouse(state)
  local now = client.host.now()
  -- A timer that nginx has no room for is forgotten by it: it is asked again.
  if state.driving or not wanted(client, state) or state.asked_at and now < state.asked_at + LOOK then return end
  state.asked_at = now
  phase.timer(function()
    if not state.driving then drive(client, state, leaving) end
  end)
end

--- The client is about to be closed.
---@param state table of this client
function M.release(state)
  rouse(state)
  let_go(state)
end

return M
