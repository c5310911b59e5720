--- The conformance run: love.update steps every client, each case runs in a coroutine of its own.
local conformance = require "spec.hosts.conformance"
local in_coroutine = require "spec.hosts.in_coroutine"
local retake = require "retake"

local M = {}

local BUDGET = 0.001

local clients, suite, case = {}, nil, nil

-- Called in the suite's coroutine, which update goes on with once the case is over.
local function run(fn)
  local thread, outcome = in_coroutine(fn)
  case = thread
  coroutine.resume(thread)
  coroutine.yield()
  return outcome()
end

local function new_client(options)
  local client = retake.client(options)
  assert(client.host.name == "frame", "found the host " .. client.host.name)
  clients[#clients + 1] = client
  return client
end

function M.load(base_url)
  suite = coroutine.create(function()
    local failed = conformance.run { run = run, client = new_client, base_url = base_url }
    love.event.quit(failed == 0 and 0 or 1)
  end)
  assert(coroutine.resume(suite))
end

function M.update()
  for place = #clients, 1, -1 do
    if clients[place].closed then table.remove(clients, place) else clients[place]:step(BUDGET) end
  end
  if coroutine.status(case) == "dead" and coroutine.status(suite) ~= "dead" then assert(coroutine.resume(suite)) end
end

return M
