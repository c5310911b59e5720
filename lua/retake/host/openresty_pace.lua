--- How long the driver of a client naps where nobody tells it that something came: shorter while bytes move, longer while a provider thinks.
-- An event of its own (a thread that watches the descriptor and writes to a socket that nginx watches) would save at most the longest nap of a
-- poll that is made every few seconds, and bench/hosts/openresty.lua shows what the naps cost: under half a per cent of a core.
local M = {}

-- nginx's timers know milliseconds; a nap of none would not let go of the worker.
local SHORTEST, LONGEST = 0.001, 0.01

-- What can be seen of the transfers under way: any change of it means that bytes move.
local function seen(client)
  local stats, bytes = client.engine:stats(), 0
  for id in pairs(client.transfers) do
    local received, _, sent = client.engine:progress(id)
    bytes = bytes + (received or 0) + (sent or 0)
  end
  return stats.finished .. " " .. stats.running .. " " .. bytes
end

--- Seconds to nap after a step.
---@param client table
---@param state { seen: string|nil, nap: number|nil } of this client
---@param longest number where nothing is under way
---@return number seconds
function M.nap(client, state, longest)
  local due = math.min(client:timeout() or longest, longest)
  if client.transferring > 0 then
    local now = seen(client)
    state.nap = now ~= state.seen and SHORTEST or math.min(2 * state.nap, LONGEST)
    state.seen = now
    due = math.min(due, state.nap)
  end
  return math.max(due, SHORTEST)
end

return M
