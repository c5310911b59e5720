--- What a job that succeeded gives.
local download = require "retake.job.download"

local M = {}

local Result = {}
Result.__index = Result

---@return table result outputs (URLs), files (paths, where saved), model, credits, task_id, attempts
function M.new(job)
  local record = job.record_
  return setmetatable({
    job = job, outputs = record.outputs, files = record.files or {}, model = record.request.model, credits = record.credits,
    task_id = record.task and record.task.id, attempts = record.attempts,
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
