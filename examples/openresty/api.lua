--- What the locations of nginx.conf answer.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson.safe"
local jobs = require "jobs"

local M = {}

local function answer(status, text)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.print(text)
end

local function refuse(status, why) answer(status, cjson.encode { error = why }) end

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
  local kind = asked.kind or "picture"
  if not jobs.kinds[kind] then return refuse(400, "It can make a picture or a video.") end
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

--- One job, as it stands.
---@param id string
function M.job(id)
  local view = jobs.view(id)
  if not view then return refuse(404, "No such job is known here.") end
  answer(200, view)
end

-- Seconds between two looks, and until a sign of life for what stands between here and the page.
local LOOK, SIGN = 0.2, 15

--- Server-sent events: each job that changes, as JSON. The browser comes back by itself, to another worker where this one exits.
---@param id string|nil only this job
function M.events(id)
  ngx.header["Content-Type"], ngx.header["Cache-Control"], ngx.header["X-Accel-Buffering"] = "text/event-stream", "no-cache", "no"
  local version, silent = tonumber(ngx.req.get_headers()["Last-Event-ID"]) or 0, 0
  local sent = ngx.print "retry: 1000\n\n"
  while sent and not ngx.worker.exiting() do
    local views, now = jobs.changed(version, id)
    version = now
    for _, view in ipairs(views) do sent = ngx.print(("id: %d\ndata: %s\n\n"):format(version, view)) end
    silent = #views > 0 and 0 or silent + LOOK
    if silent >= SIGN then
      sent, silent = ngx.print ":\n\n", 0
    end
    sent = sent and ngx.flush(true)
    ngx.sleep(LOOK)
  end
end

return M
