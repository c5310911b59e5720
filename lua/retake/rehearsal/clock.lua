--- The clock of a rehearsal: a host whose time stands still until something waits. Unlike the virtual host's it does not go on by itself, so
-- that the same rehearsal takes the same seconds on every machine.
local M = {}

---@param start number seconds since 1970 that it begins with
---@return table host
function M.new(start)
  local time = start
  local host = { name = "virtual" }
  function host.now() return time end
  function host.sleep(seconds) time = time + math.max(seconds, 0) end
  function host.wait(engine, seconds)
    time = time + math.max(seconds, 0)
    return engine:step(0)
  end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

return M
