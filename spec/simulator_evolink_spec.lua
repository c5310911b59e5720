-- The stand-in for EvoLink: real shapes, real refusals, keys that replay, and money that adds up.
local json = require "cjson"
local start = require("spec.support.simulator").start
local client = require "spec.support.simulator_client"

local HEADERS = { ["Authorization"] = "Bearer sk-spec", ["Content-Type"] = "application/json" }
local BOAT = { model = "veo-3.1-fast-generate-preview", prompt = "a paper boat", duration = 8 }

describe("the simulator as EvoLink", function()
  local simulator

  local function request(method, path, body, extra)
    local headers = client.with(HEADERS, extra or {})
    return client.request(simulator, method, path, body, headers)
  end
  local function submit(body, key, path)
    return request("POST", path or "/v1/videos/generations", body or BOAT, key and { ["Idempotency-Key"] = key })
  end
  local function poll(id) return request("GET", "/v1/tasks/" .. id) end
  local function state() return simulator:state().evolink end

  setup(function() simulator = start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  it("makes a task, shows its states one a read, and ends with a link to a real file", function()
    simulator:script { estimated_time = 60, tasks = { { states = { "pending", { "processing", 0.4 }, "completed" } } } }
    local status, created = submit()
    assert.equal(200, status)
    assert.truthy(created.id:find "^task%-unified%-%d+%-%x+$")
    assert.equal("video.generation.task", created.object)
    assert.equal("pending", created.status)
    assert.equal(60, created.task_info.estimated_time)
    assert.equal(80, created.usage.credits_reserved)
    assert.is_nil(created.usage.credits_used)
    assert.equal(100000 - 80, state().balance)
    assert.equal("pending", select(2, poll(created.id)).status)
    local _, running = poll(created.id)
    assert.equal("processing", running.status)
    assert.equal(40, running.progress)
    local _, done = poll(created.id)
    assert.equal("completed", done.status)
    assert.equal(80, done.usage.credits_used)
    local code, file, headers = client.request(simulator, "GET", done.results[1], nil, {})
    assert.equal(200, code)
    assert.equal("video/mp4", headers["content-type"])
    assert.equal("ftyp", file:sub(5, 8))
  end)

  it("stands beside Runway under one address", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local _, own = submit()
    local status, other = client.submit(simulator)
    assert.equal(200, status)
    assert.equal("completed", select(2, poll(own.id)).status)
    assert.equal("SUCCEEDED", select(2, client.poll(simulator, other.id)).status)
  end)

  it("gives credits back for what failed, and says so", function()
    simulator:script { tasks = { { states = { { "failed", code = "generation_timeout", failure = "The task did not complete" } } },
      { states = { { "failed", failure = false } } }, { states = { { "failed", code = "x", credits = 5 } } } } }
    local _, one = submit()
    local _, task = poll(one.id)
    assert.equal("generation_timeout", task.error.code)
    assert.equal(0, task.usage.credits_used)
    assert.equal("refunded", task.billing.refund_status)
    assert.equal(100000, state().balance)
    local _, two = submit()
    assert.is_nil(select(2, poll(two.id)).error)
    local _, three = submit()
    assert.equal(5, select(2, poll(three.id)).usage.credits_used)
    assert.equal(100000 - 5, state().balance)
  end)

  it("answers a key it has seen with the same task, charged once", function()
    simulator:script {}
    local key = "11111111-2222-4333-8444-555555555555"
    local _, first, headers = submit(BOAT, key)
    assert.is_nil(headers["idempotency-replayed"])
    local status, second, replayed = submit(BOAT, key)
    assert.equal(200, status)
    assert.equal(first.id, second.id)
    assert.equal("true", replayed["idempotency-replayed"])
    assert.equal(100000 - 80, state().balance)
    assert.equal(1, #simulator:submissions { paid = true })
    local conflict, body = submit(client.with(BOAT, { prompt = "another" }), key)
    assert.equal(409, conflict)
    assert.equal("idempotency_conflict", body.error.code)
    assert.equal(first.id, body.error.task_id)
    assert.equal(400, (submit(BOAT, "short")))
    assert.are_not.equal(first.id, select(2, submit(BOAT, "another-key-of-16-or-more")).id)
  end)

  it("replays what was accepted although the answer was lost", function()
    simulator:script { faults = { { on = "submit", after_accept = true, status = 500 } } }
    local key = "11111111-2222-4333-8444-555555555555"
    local status, body = submit(BOAT, key)
    assert.equal(500, status)
    assert.equal("internal_error", body.error.code)
    assert.equal(200, (submit(BOAT, key)))
    assert.equal(1, #simulator:submissions { paid = true })
  end)

  it("reads tasks in batches and leaves out the unknown ones", function()
    simulator:script {}
    local _, one = submit()
    local _, two = submit()
    local status, body = request("POST", "/v1/tasks/batch", { task_ids = { one.id, "task-unified-1-00000000", two.id } })
    assert.equal(200, status)
    assert.equal(2, #body.data)
    assert.equal(two.id, body.data[2].id)
    local ids = {}
    for i = 1, 51 do ids[i] = one.id end
    assert.equal(400, (request("POST", "/v1/tasks/batch", { task_ids = ids })))
    assert.equal(400, (request("POST", "/v1/tasks/batch", {})))
  end)

  it("refuses in EvoLink's words", function()
    simulator:script { balance = 10, blocked = { { "weapon", how = "refusal" } } }
    local function code(body, path)
      local status, answer = submit(body, nil, path)
      return status .. " " .. tostring(answer.error.code)
    end
    assert.equal("402 insufficient_quota", code(BOAT))
    assert.equal("404 model_not_found", code(client.with(BOAT, { model = "nobody" })))
    assert.equal("400 invalid_parameters", code(BOAT, "/v1/images/generations"))
    assert.equal("400 invalid_parameters", code(client.with(BOAT, { model = "sora-2-preview", duration = 5 })))
    assert.equal("400 invalid_media_url", code(client.with(BOAT, { image_urls = { "data:image/png;base64,AAAA" } })))
    assert.equal("400 content_policy_violation", code(client.with(BOAT, { prompt = "a weapon" })))
    assert.equal("400 invalid_request", code "[")
    local status, body = client.request(simulator, "GET", "/v1/credits", nil, { ["Authorization"] = "Bearer nonsense" })
    assert.equal(401, status)
    assert.equal("unauthorized", body.error.code)
    assert.equal(404, (poll "task-unified-1-00000000"))
    assert.equal("invalid_task_id", select(2, poll "nonsense").error.code)
    assert.equal(405, (request("GET", "/v1/videos/generations")))
  end)

  it("writes its errors in every shape that has been seen", function()
    simulator:script { faults = {
      { on = "submit", status = 429, shape = "A" }, { on = "submit", status = 429, shape = "B" }, { on = "submit", status = 429, shape = "C" },
      { on = "submit", status = 429, shape = "D" }, { on = "submit", status = 429, shape = "D2" },
      { on = "submit", status = 200, shape = "E", code = 40001, message = "too large" }, { on = "submit", status = 401, shape = "F" },
      { on = "submit", status = 502, shape = "G" },
    } }
    local function answer() return select(2, submit()) end
    assert.equal("rate_limit_exceeded", answer().error.code)
    local b = answer().error
    assert.equal(429, b.code)
    assert.equal("retry after 60 seconds", b.fallback_suggestion)
    assert.equal("", answer().error.type)
    assert.is_nil(answer().error.code)
    assert.is_string(answer().message)
    assert.same({ success = false, code = 40001, msg = "too large" }, answer())
    assert.equal("unauthorized", answer().error)
    assert.truthy(answer():find "<html>")
  end)

  it("fails a task whose image cannot be fetched, or whose prompt is refused", function()
    simulator:script { assets = { ["gone.png"] = "input media URL could not be fetched (not found)" }, blocked = { "boat" } }
    local _, one = submit(client.with(BOAT, { prompt = "x", image_urls = { "https://example.com/gone.png" } }))
    poll(one.id)
    assert.equal("image_processing_error", select(2, poll(one.id)).error.code)
    local _, two = submit()
    poll(two.id)
    assert.equal("content_policy_violation", select(2, poll(two.id)).error.code)
  end)

  it("keeps files", function()
    simulator:script { files = 2 }
    local form = '--X\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
      .. client.PNG_HEAD .. "\r\n--X--\r\n"
    local status, body = request("POST", "/api/v1/files/upload/stream", form, { ["Content-Type"] = "multipart/form-data; boundary=X" })
    assert.equal(200, status)
    assert.is_true(body.success)
    assert.truthy(body.data.file_url:find "^https://.*%.png$")
    assert.equal("a.png", body.data.original_name)
    local _, second = request("POST", "/api/v1/files/upload/base64", { base64_data = "data:image/png;base64," .. client.base64(client.PNG_HEAD) })
    assert.is_true(second.success)
    local full
    status, full = request("POST", "/api/v1/files/upload/url", { file_url = "https://example.com/a.png" })
    assert.equal(200, status) -- an error, under 200
    assert.equal(40003, full.code)
    assert.equal(2, select(2, request("GET", "/api/v1/files/list")).data.total)
    assert.is_true(select(2, request("DELETE", "/api/v1/files/" .. body.data.file_id)).success)
    assert.equal(404, select(2, request("DELETE", "/api/v1/files/" .. body.data.file_id)).code)
    assert.equal(1, select(2, request("GET", "/api/v1/files/quota")).data.used_files)
    assert.equal(40002, select(2, request("POST", "/api/v1/files/upload/url", { file_url = "https://example.com/a.exe" })).code)
  end)

  it("tells credits and models", function()
    simulator:script { balance = 500 }
    local _, body = request("GET", "/v1/credits")
    assert.equal(500, body.data.user.remaining_credits)
    assert.is_true(body.success)
    assert.is_true(#select(2, request("GET", "/v1/models")).data > 50)
  end)

  it("shows a task that is over in the submission's answer", function()
    simulator:script { tasks = { { at_once = true, states = { "completed" } } } }
    local _, body = submit()
    assert.equal("completed", body.status)
    assert.equal(1, #body.results)
    assert.equal(body.id, json.decode(json.encode(body)).id)
  end)
end)
