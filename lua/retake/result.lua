--- What a job that succeeded gives.
local core = require "retake.core"
local download = require "retake.job.download"

local M = {}

local Result = {}
Result.__index = Result

-- Of several results asked for, those that failed while others succeeded.
local function failures_of(job)
  local faults = {}
  for i, failure in ipairs(job.record_.failures or {}) do
    faults[i] = core.fault { class = failure.class or "unknown", code = failure.code, message = failure.message, field = failure.field,
      category = failure.category, effect = "finished", billed = "unknown", provider = job.provider, model = job.model, operation = "poll",
      task_id = job.task_id }
  end
  return faults
end

--- failures: faults of the results that failed while others succeeded.
---@return table result failures, outputs (URLs), files (paths, where saved), model, credits, task_id, attempts
function M.new(job)
  local record = job.record_
  return setmetatable({
    job = job, outputs = record.outputs, files = record.files or {}, model = record.request.model, credits = record.credits,
    task_id = record.task and record.task.id, attempts = record.attempts, failures = failures_of(job),
  }, Result)
end

--- Saves the outputs: the first to this path, "boat-2.mp4" and so on beside it. URLs that have expired are refreshed.
---@param path string
---@return string[]|nil files, userdata|nil fault
function Result:save(path)
  if type(path) ~= "string" or path == "" then error("save needs a path", 2) end
  local files, fault = {}, nil
  self.job.client:call(function() fault = download.run(self.job, path, files) end)
  if fault then return nil, fault end
  self.files = files
  return files
end

return M
