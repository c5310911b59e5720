--- Runs jobs against the simulator on the virtual clock, for specs.
--
--   local main_job = require("spec.support.main_job")
--   local run = main_job.run(simulator, { script }, { request fields }, { client options })
--   run.result, run.fault, run.job, run.events, run.seconds (virtual), run.paid (paid submissions in the provider's log), run.submissions

local patience = require "spec.support.patience"
local retake = require "retake"

local M = {}

local request_defaults = {
  model = "runway/gen4_turbo", prompt = "a paper boat on a river", image = "https://example.com/boat.png", ratio = "1280:720", duration = 5,
}

--- A client for the simulator.
function M.client(simulator, options)
  local settings = { key = "key_spec", base_url = simulator.base_url, timeout = patience.timeout(simulator.scripted) }
  local all = { host = "virtual", providers = { runway = settings } }
  for key, value in pairs(options or {}) do
    if key == "runway" then
      for name, setting in pairs(value) do settings[name] = setting end
    else all[key] = value end
  end
  return retake.client(all)
end

function M.request(fields)
  local request = {}
  for key, value in pairs(request_defaults) do request[key] = value end
  for key, value in pairs(fields or {}) do request[key] = value end
  return request
end

local function observe(run, client)
  run.events, run.by_name = {}, {}
  run.job:on("event", function(event)
    collectgarbage() -- whatever the core holds has to survive a collection between any two steps
    run.events[#run.events + 1] = event
    run.by_name[event.event] = run.by_name[event.event] or {}
    table.insert(run.by_name[event.event], event)
  end)
  run.client = client
end

function M.run(simulator, script, fields, options)
  simulator:script(script)
  local run = {}
  local client = M.client(simulator, options)
  local began = client.host.now()
  run.job = client:start(M.request(fields))
  observe(run, client)
  run.result, run.fault = run.job:await()
  run.seconds = client.host.now() - began
  client:close()
  run.submissions, run.paid = #simulator:submissions(), #simulator:submissions { paid = true }
  return run
end

--- Waits, in virtual seconds, between the n-th submission's failure and the next submission.
function M.wait_between(run, n)
  local row, following = run.job.attempts[n], run.job.attempts[n + 1]
  return following.started_at - row.ended_at
end

function M.temporary(extension)
  local name = os.tmpname()
  os.remove(name)
  return name .. (extension or "")
end

return M
