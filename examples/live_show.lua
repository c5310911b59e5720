--- A live show: in 90 seconds something is on air, whatever happens. A clip if there is one by then, else the picture that is at hand.
local retake = require "retake"
local policy = retake.policy

local simulator = os.getenv "RETAKE_SIMULATOR"
local here = arg and arg[0]:match "^(.*)/[^/]*$" or "."
local output, PICTURE = arg and arg[1] or "show.mp4", here .. "/boat.jpg"

local ON_AIR, LOADING = 90, 5 -- seconds from now, and what the show needs to load a clip
local ENOUGH = 40 -- seconds that the quick model takes, with some to spare

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = policy.chain {
    policy.only_if_fast(10, policy.backoff { tries = 1, base = 1, cap = 3, within = 15 }), -- a quick failure leaves time for the same again
    policy.limit({ seconds = ON_AIR - LOADING - ENOUGH }, policy.fallback { "runway/gen4_turbo" }), -- while the quick model can make it
    policy.give_up "there is no time for more",
  },
  deadline = ON_AIR - LOADING, -- holds over everything: waits, attempts, models, the download
}
local job = client:start {
  model = "runway/gen4.5", prompt = "a paper boat in a storm", image = PICTURE, ratio = "1280:720", duration = 5, save = output,
}
job:on("event", function(event)
  if event.event == "fault" or event.event == "decision" then
    print(("%5.1f s  %s"):format(job.age, event.decision and event.decision .. " " .. (event.model or "") or tostring(event.fault)))
  end
end)
local result, fault = job:await()

print(("%5.1f s  on air: %s"):format(job.age, result and result.files[1] or PICTURE))
if fault and fault.task_id and fault.effect == "accepted" then
  print(("task %s may still run, and be charged"):format(fault.task_id))
end
