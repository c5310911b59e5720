--- What the specs ask of a worker of nginx: each location calls one of these.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson"
local conformance = require "spec.hosts.conformance"
local quick_provider = require "spec.support.quick_provider"
local retake = require "retake"
local thousand = require "spec.hosts.thousand"

local M = {}

local function say(line)
  ngx.say(line)
  ngx.flush(true)
end

local function new_client(options)
  local client = retake.client(options)
  assert(client.host.name == "openresty", "found the host " .. client.host.name)
  return client
end

-- Each case in a light thread of its own.
local function in_thread(fn)
  local _, ok, trouble = ngx.thread.wait(ngx.thread.spawn(function() return xpcall(fn, debug.traceback) end))
  return ok, trouble
end

local function report(log)
  return conformance.run { base_url = ngx.var.arg_base_url, client = new_client, run = in_thread, log = log }
end

function M.conformance_request() report(say) end

--- The same in a timer, which has no request: this one only tells what came out.
function M.conformance_timer()
  local lines, base_url, over = {}, ngx.var.arg_base_url, false
  assert(ngx.timer.at(0, function()
    conformance.run { base_url = base_url, client = new_client, run = in_thread, log = function(line) lines[#lines + 1] = line end }
    over = true
  end))
  while not over do ngx.sleep(0.05) end
  for _, line in ipairs(lines) do say(line) end
end

--- 1,000 jobs that wait, and what that costs the worker.
function M.thousand()
  local share, waiting = thousand.share("openresty", ngx.var.arg_base_url, function(seconds) ngx.sleep(seconds) end)
  say(("%d jobs, %.2f %% of a core"):format(waiting, share))
end

-- The worker's client, made at first use; the records of its jobs go to the folder when the worker exits.
local shared
local function client_of_worker()
  if shared then return shared end
  quick_provider()
  local folder = ngx.shared.spec:get "folder"
  local function keep(records)
    ngx.sleep(0.01) -- a timer: it may wait
    for _, record in ipairs(records) do
      local path = folder .. "/record." .. record.id
      local file = assert(io.open(path .. ".new", "w"))
      file:write(cjson.encode(record))
      file:close()
      assert(os.rename(path .. ".new", path))
    end
  end
  shared = new_client {
    providers = { quick = { key = "key_nginx", base_url = ngx.shared.spec:get "base_url" } },
    host = require("retake.host.openresty").new { leaving = keep },
    on_event = function(event)
      if event.event == "succeeded" then ngx.shared.spec:incr("succeeded", 1, 0) end
      if event.event == "failed" then ngx.shared.spec:incr("failed", 1, 0) end
    end,
    on_error = function(trouble) ngx.shared.spec:set("error", tostring(trouble)) end,
  }
  return shared
end

--- For init_worker_by_lua: goes on with what another worker left.
function M.adopt()
  local function look()
    local pipe = io.popen("ls " .. ngx.shared.spec:get "folder" .. "/record.* 2>/dev/null | grep -v new")
    for path in pipe:lines() do
      local file = io.open(path)
      local record = cjson.decode(file:read "*a")
      file:close()
      os.remove(path)
      client_of_worker():adopt(record)
      ngx.shared.spec:incr("adopted", 1, 0)
    end
    pipe:close()
  end
  assert(ngx.timer.every(0.1, look))
end

local function start(prompt)
  return client_of_worker():start { model = "quick/gen4.5", prompt = prompt, ratio = "1280:720", duration = 5 }
end

--- Starts jobs, and answers at once.
function M.start()
  for _ = 1, tonumber(ngx.var.arg_count or 1) do start(ngx.unescape_uri(ngx.var.arg_prompt)) end
  say "started"
end

--- How things stand in this worker, and what was counted in all.
function M.state()
  local states = {}
  for _, job in pairs(client_of_worker().jobs) do states[job.state] = (states[job.state] or 0) + 1 end
  local spec = ngx.shared.spec
  say(cjson.encode { running = client_of_worker().running, states = states, succeeded = spec:get "succeeded" or 0, failed = spec:get "failed" or 0,
    adopted = spec:get "adopted" or 0, error = spec:get "error" })
end

--- Awaits one.
function M.await()
  local result, fault = start(ngx.unescape_uri(ngx.var.arg_prompt)):await()
  say(result and "succeeded" or tostring(fault))
end

--- A job that ends with its request, because that asks for it.
function M.bound()
  local job = start "for ever"
  assert(ngx.on_abort(function()
    job:cancel()
    ngx.exit(499)
  end))
  job:await()
end

--- A job where nginx has no timer left for a moment, and another one when it has.
function M.crowded()
  while ngx.timer.at(1.2, function() end) do end
  local job = start "a paper boat"
  ngx.sleep(1.5)
  local before = job.state
  local other = start "a paper boat"
  say(("%s, then %s and %s"):format(before, other:await() and other.state, job:await() and job.state))
end

--- In phases that cannot wait.
function M.filter()
  local job = start "a paper boat"
  local ok, trouble = pcall(function() job:await() end)
  local waited, why = pcall(function() client_of_worker():wait(1) end)
  ngx.header["X-Await"], ngx.header["X-Wait"] = tostring(ok) .. " " .. trouble, tostring(waited) .. " " .. why
end

function M.start_from_log() start "a paper boat" end

--- What a callback may do: it is in the client's own coroutine, which belongs to no request.
function M.callbacks()
  local job, seen = start "a paper boat", {}
  job:on("submitted", function()
    ngx.log(ngx.NOTICE, "logged by a callback")
    seen.slept, seen.why = pcall(ngx.sleep, 0.01)
    job.client.host.spawn(function()
      ngx.sleep(0.01)
      seen.spawned = ngx.get_phase()
      local other = start "a paper boat"
      seen.awaited = other:await() ~= nil
    end)
    local nested = new_client { providers = { quick = { key = "key_nested", base_url = ngx.shared.spec:get "base_url" } } }
    seen.nested = nested:start { model = "quick/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
  end)
  job:await()
  local nested = seen.nested:await() ~= nil
  seen.nested.client:close()
  while seen.awaited == nil do ngx.sleep(0.01) end
  say(cjson.encode { slept = seen.slept, why = seen.why, spawned = seen.spawned, awaited = seen.awaited, nested = nested })
end

--- Many light threads, of one request and of a timer, that await jobs in coroutines of their own, and client:run.
function M.threads()
  local threads, ended = {}, 0
  local function await()
    local got
    local inner = coroutine.wrap(function()
      coroutine.yield "mine"
      got = start("a paper boat"):await() ~= nil
    end)
    assert(inner() == "mine")
    inner()
    ended = ended + (got and 1 or 0)
  end
  for number = 1, 5 do threads[number] = ngx.thread.spawn(await) end
  local timer
  assert(ngx.timer.at(0, function()
    await()
    timer = true
  end))
  for _, thread in ipairs(threads) do assert(ngx.thread.wait(thread)) end
  while not timer do ngx.sleep(0.01) end
  start "a paper boat"
  client_of_worker():run()
  while client_of_worker():wait(0.01) > 0 do ngx.sleep(0) end
  say(ended .. " ended, " .. client_of_worker().running .. " running")
end

return M
