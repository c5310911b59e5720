--- The conformance run in a plain script. usage: lua spec/hosts/plain.lua BASE_URL [HOST]
local conformance = require "spec.hosts.conformance"
local retake = require "retake"

local failed = conformance.run {
  run = function(fn) return xpcall(fn, debug.traceback) end,
  client = function(options)
    options.host = arg[2]
    local client = retake.client(options)
    assert(client.host.name == (arg[2] or "blocking"), "found the host " .. client.host.name)
    return client
  end,
  base_url = arg[1],
}
os.exit(failed == 0 and 0 or 1)
