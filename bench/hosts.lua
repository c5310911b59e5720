--- Runs bench/hosts/*.lua, each in its own host, against one slow simulator.
-- usage: lua5.4 bench/hosts.lua [HOST...]
package.path = "./?.lua;" .. package.path
local ticks = require "bench.ticks"
local simulator_of = require "spec.support.simulator"

local modules = "LUA_PATH='./?.lua;./lua/?.lua;./lua/?/init.lua;;'"

local function lua(version, script)
  return ("%s LUA_CPATH='./build/lua%s/?.so;;' lua%s bench/hosts/%s.lua"):format(modules, version, version, script)
end

-- Where that is allowed a host goes before all else that runs on the machine, and does not wait for it: what is measured is the host's own.
local code = os.execute "chrt -f 1 true 2>/dev/null"
local first = (code == true or code == 0) and "chrt -f 1 " or ""

-- A host that has its own Lua is measured with that; the others with 5.4. `many`: of several processes, which would keep each other waiting.
local hosts = {
  { name = "plain", line = lua("5.4", "plain") },
  { name = "luv", line = lua("5.4", "luv") },
  { name = "neovim", line = modules .. " LUA_CPATH='./build/lua5.1/?.so;;' "
    .. "nvim --headless -u NONE -i NONE -n -c 'luafile bench/hosts/neovim.lua'" },
  { name = "cqueues", line = lua("5.4", "cqueues") },
  { name = "copas", line = lua("5.4", "copas") },
  { name = "love", line = modules .. " LUA_CPATH='./build/lua5.1/?.so;;' XDG_RUNTIME_DIR=\"${XDG_RUNTIME_DIR:-/tmp}\" love bench/hosts/love",
    many = true },
  { name = "openresty", line = lua("5.4", "openresty"), many = true }, -- starts nginx, which has its own
}

local wanted = {}
for _, name in ipairs(arg) do wanted[name] = true end

local simulator, good = simulator_of.start { script = ticks.script() }, true
for _, host in ipairs(hosts) do
  if #arg == 0 or wanted[host.name] then
    local ended = os.execute(("RETAKE_BASE_URL=%s timeout 300 %senv %s"):format(simulator.base_url, host.many and "" or first, host.line))
    good = (ended == true or ended == 0) and good
  end
end
simulator:stop()
os.exit(good and 0 or 1)
