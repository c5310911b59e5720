--- The loop of a game or an engine, bare: no callbacks, no coroutines. Each frame leaves retake two milliseconds and asks the jobs how far they
-- are.
local retake = require "retake"

local BUDGET = 0.002 -- seconds of each frame
local simulator = os.getenv "RETAKE_SIMULATOR"

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = "frame",
}

local boats = {}
for number, prompt in ipairs { "a paper boat on a river", "a tin soldier in a paper boat" } do
  local job = client:start {
    model = "runway/gen4_turbo", prompt = prompt, image = "https://example.com/boat.jpg", ratio = "1280:720", duration = 2,
  }
  boats[number] = { prompt = prompt, job = job, seen = "" }
end

-- What a game would draw is printed here, where it has changed.
local function show(boat, frame)
  local job = boat.job
  local percent = job.progress and ("%.0f %%"):format(job.progress * 100) or ""
  local seen = ("%s %s %s"):format(job.state, job.status or "", percent)
  if seen == boat.seen then return end
  boat.seen = seen
  print(("frame %d: %s: %s"):format(frame, boat.prompt, seen))
  if job.state == "failed" then print(job:explain()) end
end

local frame = 0
repeat
  frame = frame + 1
  local running = client:step(BUDGET)
  for _, boat in ipairs(boats) do show(boat, frame) end
  client.host.sleep(1 / 60) -- a game's own loop would move, draw and wait for the screen
until running == 0
for _, boat in ipairs(boats) do
  local result = boat.job:result()
  if result then print(("%s: done after %d frames: %s"):format(boat.prompt, frame, result.outputs[1])) end
end
client:close()
