--- download: the outputs land on disk. The task is paid for, so this is tried again by itself, and never by submitting anew.
local classify = require "retake.classify"
local core = require "retake.core"
local http = require "retake.http"
local poll = require "retake.job.poll"

local M = {}

local TRIES = 6
local FIRST_WAIT, LONGEST_WAIT = 2, 60

--- Where the n-th output goes: "boat.mp4", then "boat-2.mp4" and so on.
---@param path string
---@param place integer
---@return string
function M.path_for(path, place)
  if place == 1 then return path end
  local stem, extension = path:match "^(.*)(%.[^./\\]*)$"
  return ("%s-%d%s"):format(stem or path, place, extension or "")
end

-- Output URLs run out; reading the task again gives fresh ones.
local function refresh(job)
  local definition = job.client:provider(job.provider)
  if not job.record_.task then return end
  local task = poll.read_task(job, definition)
  if task and task.task_id == job.record_.task.id and task.outputs and #task.outputs > 0 then
    job.record_.outputs = task.outputs
    job:emit("refreshed", { outputs = task.outputs })
  end
end

-- What the task has cost is known by now, whatever becomes of its output.
local function with_cost(job, fault)
  local credits = job.record_.credits
  if not fault or not credits then return fault end
  local fields = fault:totable()
  fields.credits, fields.billed = credits, credits > 0 and "yes" or "no"
  return core.fault(fields)
end

-- An output that came inside the answer: written beside its place first, so that a full disk leaves no half of it.
local function write_inline(uri, path)
  local parts = core.data_uri(uri)
  if not parts or not parts.base64 then return { kind = "protocol", sent = false, message = "the output is a data URI that cannot be read" } end
  local temporary = path .. ".part"
  local file, trouble = io.open(temporary, "wb")
  if file then
    local written, reason = file:write(core.base64_read(uri, parts.offset, 0, parts.decoded))
    local closed, late = file:close()
    trouble = not written and reason or not closed and late or nil
    if not trouble then written, trouble = os.rename(temporary, path) end
    if written and not trouble then return { kind = "response", status = 200, size = parts.decoded } end
    os.remove(temporary)
  end
  return { kind = "storage", sent = false, message = "the output cannot be written: " .. tostring(trouble) }
end

local function fetch(job, place, path)
  local _, settings = job.client:provider(job.provider)
  local url, task = job.record_.outputs[place], job.record_.task
  local evidence = { provider = job.provider, model = job.model, operation = "download", task_id = task and task.id }
  local outcome
  local began, inline = job.client.host.now(), url:find "^data:" ~= nil
  if inline then outcome = write_inline(url, path)
  elseif http.allowed_url(url) then
    outcome = http.download(job.client, settings, url, path, job:left())
    evidence.status, evidence.headers = outcome.status, outcome.headers
    evidence.body = (outcome.status or 0) >= 300 and outcome.body or nil
  else outcome = { kind = "protocol", sent = false, message = "the output's address is not https" } end
  evidence.transport = outcome
  local fault = classify.classify(evidence)
  if not inline then
    http.note(job.client, job, { provider = job.provider, operation = "download", method = "GET", url = url, model = job.model }, began, outcome,
      fault)
  end
  return with_cost(job, fault), outcome
end

--- Fetches all outputs; those that are there already are not fetched again.
---@param job table
---@param path string
---@param files table list to fill, output by output
---@return userdata|nil fault
function M.fetch_all(job, path, files)
  for place = #files + 1, #job.record_.outputs do
    local to = M.path_for(path, place)
    local fault, outcome = fetch(job, place, to)
    if fault then return fault end
    files[place] = to
    job:emit("saved", { path = to, size = outcome.size })
  end
end

--- One more wait, or none when it is time to give up.
---@param fault userdata
---@param tries integer tries so far
---@return number|nil seconds
function M.wait_before_retry(fault, tries)
  if fault.retry ~= "wait" and fault.class ~= "task.not_found" or tries >= TRIES then return nil end
  return fault.retry_after or poll.jittered(math.min(FIRST_WAIT * 2 ^ (tries - 1), LONGEST_WAIT))
end

--- Fetches all outputs, waiting and trying again where that helps.
---@return userdata|nil fault
function M.run(job, path, files)
  local client = job.client
  for tries = 1, TRIES do
    local fault = M.fetch_all(job, path, files)
    if not fault then return nil end
    local wait = M.wait_before_retry(fault, tries)
    if not wait or job.cancelled then return fault end
    if job:left() and wait > job:left() then return fault end
    job:emit("fault", { class = fault.class, code = fault.code, message = fault.message, operation = "download" })
    client:sleep(wait)
    if fault.class == "task.not_found" then refresh(job) end
  end
end

--- The state: outputs to the path the request named.
function M.download(job)
  local record = job.record_
  record.files = record.files or {}
  local fault = M.run(job, record.request.save, record.files)
  if job.cancelled then return end
  if fault then return job:fail(fault) end
  job:finish "succeeded"
end

return M
