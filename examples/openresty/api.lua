--- What the locations of nginx.conf answer.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson.safe"
local jobs = require "jobs"
local records = require "records"

local M = {}

local function answer(status, text)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.print(text)
end

local function refuse(status, why) answer(status, cjson.encode { error = why }) end

-- In place of nginx's own pages.
local words = {
  [404] = "There is nothing at this address.", [405] = "That cannot be done with this address.",
  [413] = "That is too long: a job takes 32 kB at most.",
}

--- What nginx refuses by itself under /jobs, as JSON too.
function M.refused()
  local status = ngx.status
  refuse(status, words[status] or status < 500 and "The request is faulty." or "Something went wrong on the server.")
end

-- PCRE looks at the text before it matches: nothing is found in what is not UTF-8.
local function is_utf8(text) return ngx.re.find(text, "", "u") ~= nil end

-- JSON that says so: a form of another site can send none.
local function body()
  if not (ngx.var.content_type or ""):find "^application/json" then return nil, 415, "Send the job as JSON." end
  ngx.req.read_body()
  local decoded = cjson.decode(ngx.req.get_body_data() or "")
  if type(decoded) ~= "table" then return nil, 400, "That is no JSON object." end
  return decoded
end

local function start()
  local asked, status, why = body()
  if not asked then return refuse(status, why) end
  local prompt = type(asked.prompt) == "string" and asked.prompt:match "^%s*(.-)%s*$" or ""
  if prompt == "" then return refuse(400, "Say what it should show.") end
  if not is_utf8(prompt) then return refuse(400, "The prompt has to be text in UTF-8.") end
  local kind = asked.kind or "picture"
  if not jobs.kinds[kind] then return refuse(400, "It can make a picture or a video.") end
  if not records.ready() then return refuse(503, "No job can be started now: the server has nowhere to keep it. Its log says why.") end
  local id, trouble = jobs.start(kind, prompt)
  if not id then return refuse(400, trouble) end
  ngx.header["Location"] = "/jobs/" .. id
  answer(202, jobs.view(id))
end

--- POST: a new job. GET: the newest.
function M.jobs()
  local method = ngx.req.get_method()
  if method == "POST" then return start() end
  if method ~= "GET" then return refuse(405, "Jobs are posted, or got.") end
  answer(200, "[" .. table.concat((jobs.changed(0)), ",") .. "]")
end

local function refuse_unknown() refuse(404, "No such job is known here.") end

--- One job, as it stands.
---@param id string
function M.job(id)
  local view = jobs.view(id)
  if not view then return refuse_unknown() end
  answer(200, view)
end

-- Seconds between two looks, and until a sign of life for what stands between here and the page.
local LOOK, SIGN = 0.2, 15

-- Server-sent events: what `look` has to say, until it says that this was all. The browser comes back by itself, to another worker where this one
-- exits.
---@param look fun(): string|nil, boolean|nil
local function stream(look)
  ngx.header["Content-Type"], ngx.header["Cache-Control"], ngx.header["X-Accel-Buffering"] = "text/event-stream", "no-cache", "no"
  local silent, sent = 0, ngx.print "retry: 1000\n\n"
  while sent and not ngx.worker.exiting() do
    local text, over = look()
    silent = text and 0 or silent + LOOK
    if silent >= SIGN then
      text, silent = ":\n\n", 0
    end
    if text then sent = ngx.print(text) end
    sent = sent and ngx.flush(true)
    if over then return end
    ngx.sleep(LOOK)
  end
end

--- Each job that changes, as JSON.
function M.events()
  local version = tonumber(ngx.var.http_last_event_id) or 0
  stream(function()
    local views, now = jobs.changed(version)
    version = now
    for place, view in ipairs(views) do views[place] = ("id: %d\ndata: %s\n\n"):format(version, view) end
    return #views > 0 and table.concat(views) or nil
  end)
end

-- The id of a job's last event. A browser comes back after it, as after every end, and names it: 204 tells it to stay away, as 404 does.
local LAST = "over"

local function is_over(view) return cjson.decode(view).state ~= "running" end

--- One job, now and whenever it changes, until it has ended or is forgotten.
---@param id string
function M.job_events(id)
  local view, seen = jobs.view(id), nil
  if not view then return refuse_unknown() end
  if ngx.var.http_last_event_id == LAST and is_over(view) then return ngx.exit(ngx.HTTP_NO_CONTENT) end
  stream(function()
    view = jobs.view(id)
    if not view then return nil, true end
    if view == seen then return nil end
    seen = view
    local over = is_over(view)
    return (over and "id: " .. LAST .. "\n" or "") .. "data: " .. view .. "\n\n", over
  end)
end

return M
