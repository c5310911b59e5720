--- The short job of spec/c/failing_host.c: run(base_url, output) -> "succeeded" | "failed", class.
-- Memory may run out anywhere in it. What a careful script does then is done here too: it asks again, and takes the record to a new client.

local retake = require "retake"
require "retake.inspect"

local function new_client(base_url)
  return retake.client {
    providers = { runway = { key = "key_test", base_url = base_url } }, host = "virtual", deadline = 600, on_event = function() end,
  }
end

local function await(job)
  local result, fault
  for _ = 1, 3 do
    local ok, trouble
    ok, result, fault = pcall(job.await, job)
    if ok then return result and "succeeded" or "failed", fault and fault.class end
    trouble = result
    if job.done then return job.fault and "failed" or "succeeded", job.fault and job.fault.class or trouble end
  end
end

return function(base_url, output)
  local client = new_client(base_url)
  local job = client:start {
    model = "runway/gen4_turbo", prompt = "a paper boat", image = "spec/fixtures/boat.png", ratio = "1280:720", duration = 5, save = output,
  }
  local state, class = await(job)
  if not state then
    local heir = new_client(base_url)
    state, class = await(heir:adopt(job:record()))
    heir:close()
  end
  client:close()
  return state or "unfinished", class
end
