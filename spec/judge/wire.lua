--- Requests as they go over the wire: each typical one, and each with a value spoilt, from a client to the simulator. Prints what arrived, one
--- JSON object a line: { path, body, of }. What retake refuses by itself does not arrive.
local cjson = require "cjson"
local main_job = require "spec.support.main_job"
local simulator_of = require "spec.support.simulator"
local retake = require "retake"

local spoilt = { ratio = "7:5", duration = 99, seed = -1, count = 77, prompt = "", negative_prompt = ("x"):rep(40000) }

local simulator = simulator_of.start { script = { keep_bodies = true, balance = 1e9, faults = { { on = "submit", status = 400, times = "always",
  body = { error = "only looked at" } } } } }

local function send(request)
  local client = main_job.client(simulator, { policy = retake.policy.give_up })
  client:start(request):await()
  client:close()
end

local function with(request, name, value)
  local copy = {}
  for key, item in pairs(request) do copy[key] = item end
  copy[name] = value
  return copy
end

-- A picture that can be read: the stand-in of the table is a header alone.
local png = "data:image/png;base64," .. require("retake.core").base64(assert(io.open("spec/fixtures/boat.png", "rb")):read "*a")

local function readable(value)
  if value == "data:image/png;base64,iVBORw0KGgo=" then return png end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = readable(item) end
  return copy
end

local asked = 0
for _, row in ipairs(dofile "spec/contract/typical.lua") do
  local request = readable(row[2])
  request.model = "runway/" .. request.model
  for _, name in ipairs { "video", "audio" } do -- a request has one of these; more go by way of extra
    if type(request[name]) == "table" then request[name] = request[name][1] end
  end
  send(request)
  asked = asked + 1
  for name, value in pairs(spoilt) do
    send(with(request, name, value))
    asked = asked + 1
  end
end
for _, entry in ipairs(simulator:submissions()) do
  io.write(cjson.encode { path = entry.path, body = cjson.decode(entry.body) }, "\n")
end
simulator:stop()
io.stderr:write(asked, " requests asked for\n")
