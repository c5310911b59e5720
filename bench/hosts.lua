--- Runs bench/hosts/*.lua, each in its own host, against one slow simulator.
-- usage: lua5.4 bench/hosts.lua [HOST...]
package.path = "./?.lua;" .. package.path
local ticks = require "bench.ticks"
local simulator_of = require "spec.support.simulator"

local modules = "LUA_PATH='./?.lua;./lua/?.lua;./lua/?/init.lua;;'"

local function lua(version, script)
  return ("%s LUA_CPATH='./build/lua%s/?.so;;' lua%s bench/hosts/%s.lua"):format(modules, version, version, script)
end

-- A host that has its own Lua is measured with that; the others with 5.4.
local hosts = {
  { name = "plain", line = lua("5.4", "plain") },
  { name = "luv", line = lua("5.4", "luv") },
  { name = "neovim", line = modules .. " LUA_CPATH='./build/lua5.1/?.so;;' "
    .. "nvim --headless -u NONE -i NONE -n -c 'luafile bench/hosts/neovim.lua'" },
  { name = "cqueues", line = lua("5.4", "cqueues") },
  { name = "copas", line = lua("5.4", "copas") },
  { name = "love", line = modules .. " LUA_CPATH='./build/lua5.1/?.so;;' XDG_RUNTIME_DIR=\"${XDG_RUNTIME_DIR:-/tmp}\" love bench/hosts/love" },
  { name = "openresty", line = lua("5.4", "openresty") }, -- starts nginx, which has its own
}

local wanted = {}
for _, name in ipairs(arg) do wanted[name] = true end

local simulator, good = simulator_of.start { script = ticks.script() }, true
for _, host in ipairs(hosts) do
  if #arg == 0 or wanted[host.name] then
    local code = os.execute("RETAKE_BASE_URL=" .. simulator.base_url .. " timeout 300 env " .. host.line)
    good = (code == true or code == 0) and good
  end
end
simulator:stop()
os.exit(good and 0 or 1)
