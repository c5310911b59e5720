--- How long a spec's client waits for an answer, in real seconds: shortly where the script has the simulator fall silent, which the spec waits out,
-- and long everywhere else: on a busy machine a sound answer was once taken for silence.
local M = {}

local SHORT, LONG = 1, 15

local function falls_silent(script)
  if type(script) ~= "table" then return false end
  if script.action == "silence" or script.action == "stall" then return true end
  for _, item in pairs(script) do
    if falls_silent(item) then return true end
  end
  return false
end

--- Time-outs of a provider's settings.
---@param script table|nil the simulator's
---@param short number|nil seconds without a byte where it falls silent; 1 when not given
---@return table
function M.timeout(script, short)
  local seconds = falls_silent(script) and (short or SHORT) or LONG
  return { connect = 5, first_byte = seconds, idle = seconds, total = 30 }
end

return M
