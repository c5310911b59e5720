--- The Lua side of the C program beside it: one job, and the functions that the program calls.
local cjson = require "cjson"
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
}
local job

local M = {}

function M.start(prompt, path)
  job = client:start { model = "runway/gen4_image", prompt = prompt, ratio = "1920:1080", save = path }
end

--- Waits a tenth of a second at most.
---@return boolean done, string state, number|nil progress
function M.step()
  client:wait(0.1)
  return job.done, job.state, job.progress
end

--- What another process needs to go on with the job, as JSON.
function M.record() return cjson.encode(job:record()) end

---@return string|nil file, string|nil why in words
function M.result()
  local result = job:result()
  if result then return result.files[1] end
  return nil, job:explain()
end

return M
