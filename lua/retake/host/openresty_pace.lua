--- How long the driver of a client naps where nobody tells it that something came: shorter while bytes move, longer while a provider thinks.
-- An event of its own (a thread that watches the descriptor and writes to a socket that nginx watches) would come at most one such nap earlier in
-- a poll that is made every few seconds, and save little: `make bench` shows what 20 jobs cost a worker, naps and all.
local M = {}

-- nginx's timers know milliseconds; a nap of none would not let go of the worker.
local SHORTEST, LONGEST = 0.001, 0.01

-- Whether bytes moved since the last look, as far as the transfers under way tell.
local function moved(client, state)
  local finished, bytes = client.engine:stats().finished, 0
  for id in pairs(client.transfers) do
    local received, _, sent = client.engine:progress(id)
    bytes = bytes + (received or 0) + (sent or 0)
  end
  local same = finished == state.finished and bytes == state.bytes and client.transferring == state.transferring
  state.finished, state.bytes, state.transferring = finished, bytes, client.transferring
  return not same
end

--- Seconds to nap after a step.
---@param client table
---@param state table of this client
---@param longest number where nothing is under way
---@return number seconds
function M.nap(client, state, longest)
  local due = math.min(client:timeout() or longest, longest)
  if client.transferring > 0 then
    state.nap = moved(client, state) and SHORTEST or math.min(2 * state.nap, LONGEST)
    due = math.min(due, state.nap)
  end
  return math.max(due, SHORTEST)
end

return M
