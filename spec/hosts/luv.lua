--- The conformance run on plain luv's loop. usage: lua spec/hosts/luv.lua BASE_URL main|loop
-- main: the cases wait in the main chunk; loop: each runs in a coroutine of its own that the loop's callbacks resume.
local uv = require "luv"
local conformance = require "spec.hosts.conformance"
local in_coroutine = require "spec.hosts.in_coroutine"
local retake = require "retake"

local function in_loop(fn)
  local thread, outcome = in_coroutine(fn)
  local timer = uv.new_timer()
  timer:start(0, 0, function()
    timer:close()
    coroutine.resume(thread)
  end)
  uv.run() -- ends by itself: no client at rest keeps it going
  return outcome()
end

local failed = conformance.run {
  run = arg[2] == "loop" and in_loop or function(fn) return xpcall(fn, debug.traceback) end,
  client = function(options)
    local client = retake.client(options)
    assert(client.host.name == "luv", "found the host " .. client.host.name)
    return client
  end,
  base_url = arg[1],
}
local left = 0
uv.walk(function() left = left + 1 end)
if left > 0 then print(left .. " handles were left open") end
os.exit(failed == 0 and left == 0 and 0 or 1, true)
