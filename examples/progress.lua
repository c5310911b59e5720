--- Twenty jobs at once, a line of progress for each: on a terminal the lines are rewritten where they stand, elsewhere each change is a line.
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"
local COUNT = 20

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  max_credits = 20, -- each
}

local status = os.execute "test -t 1"
local on_terminal = status == true or status == 0 -- Lua 5.1 gives a number
local lines = {}

-- A bar of 20 signs.
local function bar(share)
  local full = math.floor((share or 0) * 20 + 0.5)
  return ("#"):rep(full) .. ("."):rep(20 - full)
end

local function line_of(number, job)
  local words = (job.done and job.state or job.status or job.state):lower()
  local after = job.fault and "  " .. tostring(job.fault) or ""
  return ("%2d  [%s]  %s%s"):format(number, bar(words == "succeeded" and 1 or job.progress), words, after)
end

-- Up to the job's line, and back down below the last one. \27[K clears what stood there; what is longer than the line would wrap.
local function show(number, job)
  local line = line_of(number, job)
  if line == lines[number] then return end
  lines[number] = line
  if not on_terminal then return print(line) end
  io.write(("\27[%dA\r%s\27[K\27[%dB\r"):format(COUNT - number + 1, line:sub(1, 79), COUNT - number + 1))
  io.flush()
end

if on_terminal then io.write(("\n"):rep(COUNT)) end
local jobs = {}
for number = 1, COUNT do
  local job = client:start { model = "runway/gen4_image", prompt = "a paper boat, take " .. number, ratio = "1920:1080" }
  jobs[number] = job
  job:on("event", function() show(number, job) end)
end
client:run()

local succeeded = 0
for _, job in ipairs(jobs) do succeeded = succeeded + (job:result() and 1 or 0) end
print(("%d of %d succeeded"):format(succeeded, COUNT))
os.exit(succeeded == COUNT and 0 or 1)
