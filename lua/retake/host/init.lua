--- Hosts: how to wait here. A host is a table of four functions and a name:
--   now()                  seconds since 1970; never steps back
--   sleep(seconds)         suspends the caller
--   wait(engine, seconds)  suspends the caller until the engine has something to do, at most so long
--   spawn(fn)              runs fn beside the caller
-- `driven` is true where the host's own loop calls client:step(), so that await in a coroutine yields instead of waiting.
-- A host that steps by itself has some of these besides, each called with the client:
--   attach(client)         one was made on this host
--   stirred(client)        what is due has changed: after each step, and where a job was started or cancelled outside one
--   detach(client)         it is about to be closed, and its descriptor with it
-- and, where its loop has threads:
--   park()                 how the caller waits: { sleep =, wake = }, or nil to wait in host.wait
local M = {}

local names = { blocking = true, frame = true, virtual = true, cqueues = true, copas = true }

--- The host of that name.
---@param name string|table a name, or a host of one's own
---@param level integer|nil of the caller, for error positions
---@return table host
function M.get(name, level)
  level = (level or 1) + 1
  if type(name) == "table" then
    for _, key in ipairs { "now", "sleep", "wait", "spawn" } do
      if type(name[key]) ~= "function" then error("a host needs the function " .. key, level) end
    end
    return name
  end
  if not names[name] then error("unknown host '" .. tostring(name) .. "'", level) end
  return require("retake.host." .. name).new()
end

--- The host that fits where this runs.
---@return table host
function M.detect()
  return M.get "blocking"
end

return M
