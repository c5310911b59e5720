--- Hosts: how to wait here. A host is a table of four functions and a name:
--   now()                  seconds since 1970; never steps back
--   sleep(seconds)         suspends the caller
--   wait(engine, seconds)  suspends the caller until the engine has something to do, at most so long
--   spawn(fn)              runs fn beside the caller
-- `driven` is true where the host's own loop calls client:step(), so that await in a coroutine yields instead of waiting.
-- A host that steps by itself has some of these besides, each called with the client:
--   attach(client, level)  one was made on this host; level: its maker's, for error positions
--   stirred(client)        what is due has changed: after each step, and where a job was started or cancelled outside one
--   detach(client)         it is about to be closed, and its descriptor with it
-- and, where its loop has threads:
--   park()                 how the caller waits: { sleep =, wake = }, or nil to wait in host.wait
local M = {}

local names = { blocking = true, frame = true, virtual = true, luv = true, cqueues = true, copas = true, openresty = true }

-- A module's failure in one line. Where it was found but could not be loaded, the line after the first says why (memory that does not
-- suffice, say); where it was not found, those after the first name the folders that were searched.
local function reason(trouble)
  local text = tostring(trouble)
  local unloaded, why = text:match "^(error loading module[^\n]*)\n%s*([^\n]*)"
  if unloaded then return unloaded .. " " .. why end
  return (text:match "^[^\n]*":gsub("^.-:%d+: ", ""):gsub(":$", ""))
end

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
  if not names[name] then
    local list = {}
    for known in pairs(names) do list[#list + 1] = known end
    table.sort(list)
    error(("unknown host '%s': there are %s"):format(tostring(name), table.concat(list, ", ")), level)
  end
  local found, host = pcall(require, "retake.host." .. name)
  if not found then -- what it needs is not installed, or it is for another program
    error(("the host %s cannot be had here: %s"):format(name, reason(host)), level)
  end
  return host.new()
end

local loaded = package.loaded
local function in_copas(copas)
  if type(copas) ~= "table" then return false end
  if copas.running ~= nil then return copas.running == true end
  local thread, main = coroutine.running() -- 1.1.7 does not say whether its loop runs
  return thread ~= nil and not main
end

-- Where this runs, as far as it can be told, surest first: what a program has required it also means to use.
local signs = {
  { "openresty", function() return rawget(_G, "ngx") ~= nil end },
  { "luv", function() return rawget(_G, "vim") ~= nil end },
  { "frame", function() return rawget(_G, "love") ~= nil end },
  { "cqueues", function() return type(loaded.cqueues) == "table" and loaded.cqueues.running() ~= nil end },
  { "copas", function() return in_copas(loaded.copas) end },
  { "luv", function() return (loaded.luv or loaded.uv) and true or false end },
  -- made before the loop runs: outside of its threads these two wait as a plain script does
  { "cqueues", function() return type(loaded.cqueues) == "table" end },
  { "copas", function() return type(loaded.copas) == "table" end },
}

--- The host that fits where this runs.
---@return table host
function M.detect()
  for _, sign in ipairs(signs) do
    if names[sign[1]] and sign[2]() then return M.get(sign[1]) end
  end
  return M.get "blocking"
end

return M
