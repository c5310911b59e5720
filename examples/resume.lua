--- A job outlives its process: its record, written as JSON after the submission, is all that another process needs to go on.
local cjson = require "cjson"
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"

-- Policy and callbacks are functions: they are not in the record, and each process gives its own.
local function new_client()
  return retake.client {
    providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
    host = simulator and "virtual" or "blocking",
  }
end

local first = new_client()
local job = first:start {
  model = "runway/gen4_turbo", prompt = "a paper boat", image = "https://example.com/boat.jpg", ratio = "1280:720", duration = 2,
}
while not job.done and not job.task_id do first:wait() end
if job.done then error(job.fault:explain()) end
local text = cjson.encode(job:record())
print(("task %s is at the provider; its record has %d bytes"):format(job.task_id, #text))
first:close() -- as the end of the process would

local second = new_client()
local result, fault = second:adopt(cjson.decode(text)):await()
if not result then error(fault:explain()) end
print("finished by another client: " .. result.outputs[1])
print(("submissions: %d"):format(#result.attempts))
