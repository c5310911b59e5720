--- Five jobs, one of them with a failure on the way, and what became of them. RETAKE_SIMULATOR names the simulator.
local retake = require "retake"

local client = retake.client { host = "virtual", providers = { runway = { key = "key_few", base_url = os.getenv "RETAKE_SIMULATOR" } } }
local jobs = {}
for number = 1, 5 do
  jobs[number] = client:start { model = "runway/gen4_image", prompt = "boat " .. number, ratio = "1920:1080" }
  jobs[number]:on("event", function() collectgarbage() end)
end
client:run()
local attempts = 0
for _, job in ipairs(jobs) do
  assert(job:result(), tostring(job.fault))
  attempts = attempts + #job.attempts
end
client:close()
print(("%s: 5 jobs in %d attempts"):format(_VERSION, attempts))
