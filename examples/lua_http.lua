--- A web service on cqueues and lua-http: POST /jobs starts a job, GET /jobs/ID tells how it stands, GET /jobs/ID/events follows it, and
-- DELETE /jobs/ID cancels it. Server, jobs and whoever asks share one thread of the machine, and none of them waits for another.
--
--   lua examples/lua_http.lua 8000     serves
--   lua examples/lua_http.lua          serves on a free port, asks itself for two pictures, and ends
-- Debian has lua-http for Lua 5.1 to 5.3; its files run on 5.4 as they are.
package.path = package.path .. ";/usr/share/lua/5.3/?.lua;/usr/share/lua/5.1/?.lua"
local cjson = require "cjson"
local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local headers_of = require "http.headers"
local http_request = require "http.request"
local http_server = require "http.server"
local retake = require "retake"

local simulator, controller = os.getenv "RETAKE_SIMULATOR", cqueues.new()
local client = retake.client {
  providers = { runway = { key = simulator and "key_for_the_simulator" or nil, base_url = simulator } },
  host = "cqueues", policy = retake.policy.standard { tries = 3 }, max_credits = 50,
  on_error = function(trouble) io.stderr:write(tostring(trouble), "\n") end,
}
local jobs = {} -- by id; a service that lasts would keep them in a journal

local function state_of(job)
  local result = job:result()
  return { id = job.id, state = job.state, progress = job.progress, fault = job.fault and job.fault.message, output = result and result.outputs[1] }
end

local function answer(stream, status, value, more)
  local headers = headers_of.new()
  headers:append(":status", status)
  headers:append("content-type", "application/json")
  for name, text in pairs(more or {}) do headers:append(name, text) end
  stream:write_headers(headers, false)
  stream:write_body_from_string(cjson.encode(value) .. "\n")
end

local function start(stream)
  local ok, wish = pcall(cjson.decode, stream:get_body_as_string(10) or "")
  if not ok or type(wish) ~= "table" then return answer(stream, "400", { error = "a JSON object is needed" }) end
  local started, job = pcall(client.start, client, { model = "runway/gen4_image", prompt = wish.prompt, ratio = "1920:1080" })
  if not started then return answer(stream, "400", { error = job }) end
  jobs[job.id] = job
  answer(stream, "202", state_of(job), { location = "/jobs/" .. job.id })
end

-- Server-sent events. Callbacks of jobs do not wait for a slow reader: they note the event and ring.
local function follow(stream, job)
  local headers, events, bell, left = headers_of.new(), {}, condition.new(), false
  headers:append(":status", "200")
  headers:append("content-type", "text/event-stream")
  stream:write_headers(headers, false)
  job:on("event", function(event)
    if left then return end
    events[#events + 1] = event.event
    bell:signal()
  end)
  while true do
    for _, name in ipairs(events) do
      left = not stream:write_chunk(("event: %s\ndata: %s\n\n"):format(name, cjson.encode(state_of(job))), false)
      if left then return end
    end
    events = {}
    if job.done then return stream:write_chunk("", true) end
    bell:wait()
  end
end

local function serve(_, stream)
  local asked = assert(stream:get_headers(10))
  local method, path = asked:get ":method", asked:get ":path"
  local id, events = path:match "^/jobs/([^/]+)(.*)$"
  local job = id and jobs[id]
  if method == "POST" and path == "/jobs" then return start(stream) end
  if not job then return answer(stream, "404", { error = "there is no such job" }) end
  if method == "DELETE" then
    job:cancel()
    job:await() -- holds up this request alone
  elseif events == "/events" then return follow(stream, job) end
  answer(stream, "200", state_of(job))
end

local server = assert(http_server.listen { host = "127.0.0.1", port = tonumber(arg[1]) or 0, cq = controller, onstream = serve,
  onerror = function(_, _, operation, why) if operation == "onstream" then io.stderr:write(tostring(why), "\n") end end })
assert(server:listen())
local address = ("http://127.0.0.1:%d"):format((select(3, server:localname())))
io.stdout:setvbuf "line"
print("listening on " .. address)

-- What a browser would do: post a job, follow its events, and look at how it ended.
local function ask(prompt)
  local request = http_request.new_from_uri(address .. "/jobs")
  request.headers:upsert(":method", "POST")
  request:set_body(cjson.encode { prompt = prompt })
  local headers = assert(request:go(10))
  local place = address .. headers:get "location"
  local _, stream = assert(http_request.new_from_uri(place .. "/events"):go(10))
  local chunk = stream:get_next_chunk() -- stream:each_chunk() would do, but an iterator cannot wait in Lua 5.1
  while chunk do
    for name in chunk:gmatch "event: (%S+)" do print(prompt, name) end
    chunk = stream:get_next_chunk()
  end
  local _, ended = assert(http_request.new_from_uri(place):go(10))
  local job = cjson.decode(ended:get_body_as_string(10))
  print(prompt, job.state, job.output or job.fault)
end

if not arg[1] then
  local asking = 2
  for _, prompt in ipairs { "a paper boat on a river", "a tin soldier in it" } do
    controller:wrap(function()
      ask(prompt)
      asking = asking - 1
      if asking == 0 then server:close() end
    end)
  end
end
assert(controller:loop())
client:close()
