--- What bench/hosts/openresty.lua asks of a worker of nginx.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson"
local retake = require "retake"
local ticks = require "bench.ticks"

local M = {}

--- The ticks of a light thread.
function M.ticks()
  local function sleep(seconds) ngx.sleep(math.max(seconds, 0.001)) end
  local good = ticks.run { name = "nginx", base_url = ngx.var.arg_base_url, sleep = sleep, log = ngx.say }
  ngx.say(good and "good" or "missed")
end

local order = cjson.encode { id = 17, lines = { { name = "boat", count = 2, price = 3.5 }, { name = "river", count = 1, price = 12 } }, paid = false }

--- A request as a service answers them: some JSON read, changed and written.
function M.answer()
  local decoded = cjson.decode(order)
  local sum = 0
  for _, line in ipairs(decoded.lines) do sum = sum + line.count * line.price end
  decoded.sum, decoded.paid = sum, true
  ngx.say(cjson.encode(decoded))
end

local JOBS = 20
local client, folder, ended

local function start(number)
  local path = ("%s/%d.mp4"):format(folder, number)
  local job = client:start {
    model = "runway/gen4_turbo", prompt = "a paper boat", image = "examples/boat.jpg", ratio = "1280:720", duration = 5, save = path,
  }
  local function over(event)
    ended[event.event] = (ended[event.event] or 0) + 1
    if not client.closed then start(number) end
  end
  job:on("succeeded", over)
  job:on("failed", over)
end

--- Always 20 jobs from now on, at the pace that Runway has: the first question after 5 seconds, then about every 7.
function M.start()
  folder, ended = os.tmpname(), {}
  os.remove(folder)
  os.execute("mkdir " .. folder)
  client = retake.client { providers = { runway = { key = "key_bench", base_url = ngx.var.arg_base_url } } }
  for number = 1, JOBS do start(number) end
  ngx.say "started"
end

--- No jobs any more: how many succeeded and how many failed.
function M.stop()
  client:close()
  os.execute("rm -rf " .. folder)
  ngx.say(("%d %d"):format(ended.succeeded or 0, ended.failed or 0))
end

--- The seconds of the processor that this worker has used.
function M.clock() ngx.say(os.clock()) end

return M
