--- A frame loop, as in a game: client:step() once a frame does what is due and never waits. The job is asked for its state.
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = "frame",
}
local job = client:start {
  model = "runway/gen4_turbo", prompt = "a paper boat", image = "https://example.com/boat.jpg", ratio = "1280:720", duration = 2,
}
job:on("progress", function(event) print(event.status, event.progress or "") end)

local frames = 0
while not job.done do
  client:step()
  frames = frames + 1 -- here a game would move and draw
  client.host.sleep(1 / 60) -- and here its main loop would wait for the next frame
end
if not job:result() then error(job.fault:explain()) end
print(("done after %d frames: %s"):format(frames, job:result().outputs[1]))
