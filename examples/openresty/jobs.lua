--- The jobs of this worker, and what is shown of the jobs of all. Each worker has a client of its own; what a page asks for may be another worker's
-- job, so that stands in a dictionary that they share.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson.safe"
local folder = require "folder"
local records = require "records"
local retake = require "retake"

local M = {}

local MOST_SHOWN = 50

--- What can be made here, by the names that the page uses.
M.kinds = {
  picture = { extension = ".png", request = { model = "runway/gen4_image", ratio = "1280:720" } },
  video = { extension = ".mp4", request = { model = "runway/gen4.5", ratio = "1280:720", duration = 5 } },
}

local shown = ngx.shared.shown

---- what is shown ---------------------------------------------------------------------------------------------------------------------

-- Where a job is, for somebody who waits for it.
local words = {
  uploaded = "The input is uploaded.", submitting = "Sending the request …", submitted = "Accepted; the provider is at work.",
  recovering = "Looking whether the provider has it …", progress = "The provider is at work.",
  poll_failed = "The provider does not answer; asking again.",
  skipped = "That model cannot do it; trying the next.", fallback = "Going to another model.", saved = "Saving the result …",
}

local function saying(event)
  if event.event == "decision" and event.decision == "retry" then
    return ("Did not work; trying again in %.0f seconds."):format(math.ceil(event.delay or 0))
  end
  return words[event.event]
end

local function attempts_of(job)
  local rows = {}
  for place, row in ipairs(job.attempts) do
    rows[place] = {
      model = row.provider .. "/" .. row.model, outcome = row.class or (row.ended_at and "succeeded" or "under way"), code = row.code,
      decision = row.decision, credits = row.credits, seconds = row.ended_at and row.ended_at - row.started_at,
    }
  end
  return #rows > 0 and rows or nil -- an empty table is an object in JSON
end

-- A fault in plain words, for the page: what happened, who can do something about it, and what the provider said.
local function trouble_of(fault)
  local text = fault:explain()
  return { meaning = text:match "meaning:%s*([^\n]+)", advice = text:match "who acts:%s*([^\n]+)", class = fault.class, code = fault.code,
    said = fault.message }
end

local function number_of(id)
  local number = shown:get("number:" .. id)
  if number then return number end
  number = shown:incr("count", 1, 0)
  shown:set("number:" .. id, number)
  shown:set("id:" .. number, id)
  return number
end

local function show(job, event)
  local before = cjson.decode(shown:get("job:" .. job.id)) or {}
  local request = job.request
  local over = job.done and (job.fault and "failed" or "succeeded")
  local view = {
    id = job.id, number = number_of(job.id), prompt = request.prompt, model = job.provider .. "/" .. job.model, state = over or "running",
    progress = job.progress, says = not over and (event and saying(event) or before.says or "Waiting for its turn.") or nil,
    attempts = attempts_of(job), trouble = job.fault and trouble_of(job.fault),
    result = over == "succeeded" and request.save and "/results/" .. request.save:match "[^/]+$" or nil,
  }
  shown:set("job:" .. job.id, cjson.encode(view))
  shown:set("version:" .. job.id, shown:incr("version", 1, 0))
end

--- What is shown of a job, as JSON.
---@param id string
---@return string|nil
function M.view(id) return shown:get("job:" .. id) end

--- The newest jobs that changed after that version, oldest first, and the version now.
---@param version integer
---@return string[] views, integer version
function M.changed(version)
  local views, now = {}, shown:get "version" or 0
  if now == version then return views, now end
  if now < version then version = 0 end -- of an nginx before this one
  local count = shown:get "count" or 0
  for number = math.max(1, count - MOST_SHOWN + 1), count do
    local id = shown:get("id:" .. number)
    local changed = id and shown:get("version:" .. id)
    if changed and changed > version then views[#views + 1] = M.view(id) end
  end
  return views, now
end

---- jobs from worker to worker ----------------------------------------------------------------------------------------------------------

local shared
local function client()
  if shared then return shared end
  local simulator = os.getenv "RETAKE_SIMULATOR"
  shared = retake.client {
    providers = { runway = { base_url = simulator, key = simulator and "key_for_the_simulator" or nil } },
    policy = retake.policy.standard { tries = 3 }, max_credits = 200, deadline = 1800,
    host = require("retake.host.openresty").new { leaving = records.leave },
    on_event = function(event, job) show(job, event) end,
    on_error = function(trouble) ngx.log(ngx.ERR, trouble) end,
  }
  return shared
end

local function adopt(record) show(client():adopt(record)) end

-- One a second: those that a worker leaves at a reload.
local function look() records.take(adopt) end

--- In init_worker_by_lua: goes on with what other workers left, before nginx was stopped too.
function M.begin()
  folder.keep_others_out()
  records.ready() -- so that what is wrong stands in the log before somebody asks for a job
  assert(ngx.timer.every(1, look))
end

--- Starts a job; it goes on whatever becomes of the request that asks for it.
---@param kind string of M.kinds
---@param prompt string
---@return string|nil id, string|nil trouble what is wrong with it
function M.start(kind, prompt)
  local request = { prompt = prompt, save = records.result_path(ngx.var.request_id .. M.kinds[kind].extension) }
  for name, value in pairs(M.kinds[kind].request) do request[name] = value end
  local ok, job = pcall(function() return client():start(request) end)
  if not ok then return nil, tostring(job):gsub("^[^:]+:%d+: ", "") end
  show(job)
  return job.id
end

return M
