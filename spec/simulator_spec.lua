-- The simulator is itself a judge, so what is tested here is what its users rely on: real shapes, real refusals.

local start = require("spec.support.simulator").start
local client = require "spec.support.simulator_client"
local HEADERS, BOAT, with, base64, png_uri, request, submit, poll, connect, as_text
  = client.HEADERS, client.BOAT, client.with, client.base64, client.png_uri, client.request, client.submit, client.poll,
     client.connect, client.as_text

describe("the simulator", function()
  local simulator

  setup(function() simulator = start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  describe("a task", function()
    it("is made, passes its states one a poll, and ends with a link to a real file", function()
      simulator:script { tasks = { { states = { "PENDING", "THROTTLED", { "RUNNING", 0.4 }, "SUCCEEDED" } } } }
      local status, created = submit(simulator)
      assert.equal(200, status)
      assert.truthy(created.id:find "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$")
      assert.equal(60, created.estimatedCost.credits)
      local seen = {}
      for i = 1, 4 do
        local _, task = poll(simulator, created.id)
        assert.equal(created.id, task.id)
        assert.truthy(task.createdAt:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$")
        seen[i] = task.status
        if i == 3 then assert.equal(0.4, task.progress) end
        if i < 4 then assert.equal(60, task.estimatedCost.credits) end
      end
      assert.same({ "PENDING", "THROTTLED", "RUNNING", "SUCCEEDED" }, seen)
      local _, done = poll(simulator, created.id)
      assert.equal(60, done.cost.credits)
      local code, file, headers = request(simulator, "GET", done.output[1], nil, {})
      assert.equal(200, code)
      assert.equal("video/mp4", headers["content-type"])
      assert.equal(tostring(#file), headers["content-length"])
      assert.equal("ftyp", file:sub(5, 8))
      assert.truthy(file:find("moov", 1, true))
      assert.equal(100000 - 60, simulator:state().balance)
    end)

    it("serves PNG for image models, one link for each image asked for", function()
      simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
      local _, created = submit(simulator, { model = "gpt_image_2", promptText = "x", ratio = "auto", outputCount = 3 }, "/v1/text_to_image")
      local _, task = poll(simulator, created.id)
      assert.equal(3, #task.output)
      local _, file, headers = request(simulator, "GET", task.output[2], nil, {})
      assert.equal("image/png", headers["content-type"])
      assert.equal("\137PNG", file:sub(1, 4))
    end)

    it("takes its life from the n-th entry, and the last entry stays", function()
      simulator:script { tasks = { { states = { { "FAILED", code = "INTERNAL" } } },
        { states = { "SUCCEEDED" }, times = 2 }, { states = { "PENDING" } } } }
      local seen = {}
      for i = 1, 5 do
        local _, created = submit(simulator)
        local _, task = poll(simulator, created.id)
        seen[i] = task.status
      end
      assert.same({ "FAILED", "SUCCEEDED", "SUCCEEDED", "PENDING", "PENDING" }, seen)
    end)

    it("serves an entry with a match to the submissions it fits, out of order", function()
      simulator:script { tasks = { { states = { "SUCCEEDED" } }, { match = { prompt = "boat" }, states = { { "FAILED", code = "X" } } } } }
      local _, boat = submit(simulator)
      local _, tree = submit(simulator, with(BOAT, { promptText = "a tree" }))
      assert.equal("FAILED", select(2, poll(simulator, boat.id)).status)
      assert.equal("SUCCEEDED", select(2, poll(simulator, tree.id)).status)
    end)

    it("fails with the code and text it is told to, refunded unless the code is one that is charged", function()
      simulator:script { tasks = {
        { states = { { "FAILED", code = "INTERNAL", failure = 'Generation failed: {"code":13}' } } },
        { states = { { "FAILED", code = "SAFETY.INPUT.TEXT" } } },
        { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", refund = true } } },
        { states = { { "FAILED", code = "INTERNAL", credits = 7 } } },
        { states = { { "FAILED" } } },
      } }
      local costs = {}
      for i = 1, 5 do
        local _, created = submit(simulator)
        local _, task = poll(simulator, created.id)
        poll(simulator, created.id) -- settled once, however often it is read
        costs[i] = task.cost.credits
        if i == 1 then assert.same({ "INTERNAL", 'Generation failed: {"code":13}' }, { task.failureCode, task.failure }) end
        if i == 5 then assert.is_nil(task.failureCode) end
      end
      assert.same({ 0, 60, 0, 7, 0 }, costs)
      assert.equal(100000 - 60 - 7, simulator:state().balance)
    end)

    it("can be CANCELLED, of unknown status, another task's, without output, or with extra fields", function()
      simulator:script { tasks = { { states = {
        "CANCELLED" } }, { states = { "DREAMING", { "RUNNING", 0.1, id = "17f20503-6c24-4c16-946b-35dbbce2af2f" },
        { "RUNNING", fields = { note = "odd" } }, { "SUCCEEDED", count = 0 } } }, { states = { { "SUCCEEDED", output = false } } } } }
      local _, one = submit(simulator)
      local _, cancelled = poll(simulator, one.id)
      assert.same({ "CANCELLED", 0 }, { cancelled.status, cancelled.cost.credits })
      local _, two = submit(simulator)
      assert.equal("DREAMING", select(2, poll(simulator, two.id)).status)
      assert.equal("17f20503-6c24-4c16-946b-35dbbce2af2f", select(2, poll(simulator, two.id)).id)
      assert.equal("odd", select(2, poll(simulator, two.id)).note)
      local _, _, headers = poll(simulator, two.id)
      assert.truthy(headers)
      local _, three = submit(simulator)
      assert.is_nil(select(2, poll(simulator, three.id)).output)
    end)

    it("writes an empty output list as a list", function()
      simulator:script { tasks = { { states = { { "SUCCEEDED", count = 0 } } } } }
      local _, created = submit(simulator)
      local connection = connect(simulator.port)
      connection:xwrite(as_text("GET", "/v1/tasks/" .. created.id), "n", 5)
      local answer = ""
      repeat -- head and body may come one after the other
        local part = connection:xread(-4096, 5)
        answer = answer .. (part or "")
      until not part or answer:find "\r\n\r\n.+}"
      assert.truthy(answer:find('"output":[]', 1, true))
      connection:close()
    end)

    it("can be cancelled once; then it is gone, and its credits are back", function()
      simulator:script { tasks = { { states = { { "RUNNING", 0.1 } } } } }
      local _, created = submit(simulator)
      assert.equal(204, (request(simulator, "DELETE", "/v1/tasks/" .. created.id)))
      local status, body = poll(simulator, created.id)
      assert.same({ 404, "Could not find Task" }, { status, body.error })
      assert.equal(404, (request(simulator, "DELETE", "/v1/tasks/" .. created.id)))
      assert.equal(100000, simulator:state().balance)
    end)

    it("moves by the clock when told to, however often it is read", function()
      simulator:script { advance = "clock", seconds = 600, tasks = { { states = { { "RUNNING", 0.1 }, "SUCCEEDED" } } } }
      local _, created = submit(simulator)
      for _ = 1, 3 do assert.equal("RUNNING", select(2, poll(simulator, created.id)).status) end
      simulator:script { advance = "clock", seconds = 0, tasks = { { states = { { "RUNNING", 0.1 }, "SUCCEEDED" } } } }
      _, created = submit(simulator)
      assert.equal("SUCCEEDED", select(2, poll(simulator, created.id)).status)
    end)
  end)

  describe("refuses", function()
    before_each(function() simulator:script {} end)

    local function issue(changes, path, base)
      local status, body = submit(simulator, with(base or BOAT, changes), path)
      assert.equal(400, status)
      assert.equal("Validation of body failed", body.error)
      assert.truthy(body.docUrl)
      return body.issues[1]
    end

    it("a missing, foreign or malformed key", function()
      for _, value in ipairs { "", "Bearer ", "Bearer nonsense", "key_0123" } do
        local status, body = request(simulator, "POST", "/v1/text_to_video", BOAT, with(HEADERS, { ["Authorization"] = value }))
        assert.equal(401, status)
        assert.truthy(body.error)
      end
      assert.equal(0, #simulator:submissions { paid = true })
    end)

    it("a wrong version header", function()
      local status, body = request(simulator, "GET", "/v1/organization", nil, with(HEADERS, { ["X-Runway-Version"] = "2023-01-01" }))
      assert.same({ 400, "The API version that was provided in the X-Runway-Version header is not valid." }, { status, body.error })
    end)

    it("a body that is not JSON, an unknown path and a wrong method", function()
      assert.equal(400, (request(simulator, "POST", "/v1/text_to_video", "{nope")))
      assert.equal(404, (request(simulator, "GET", "/v1/nothing")))
      assert.equal(405, (request(simulator, "GET", "/v1/text_to_video")))
    end)

    it("an unknown model, and a model on the wrong path", function()
      local found = issue({ model = "gen9" })
      assert.same({ "invalid_union", "model", "No matching discriminator" }, { found.code, found.path[1], found.note })
      assert.equal("invalid_union", issue({ model = "gen4_turbo" }).code)
    end)

    it("a missing field, a wrong type, a value out of range or not on the list", function()
      local body = with(BOAT, {})
      body.duration = nil
      local _, answer = submit(simulator, body)
      assert.same({ "invalid_type", "duration", "Invalid input: expected number, received undefined" },
        { answer.issues[1].code, answer.issues[1].path[1], answer.issues[1].message })
      assert.equal("Invalid input: expected string, received number", issue({ promptText = 5 }).message)
      assert.equal("Too big: expected number to be <=10", issue({ duration = 11 }).message)
      assert.equal("Too small: expected number to be >=2", issue({ duration = 1 }).message)
      assert.equal("Invalid input: expected int, received number", issue({ duration = 2.5 }).message)
      assert.equal('Invalid option: expected one of "1280:720"|"720:1280"', issue({ ratio = "16:9" }).message)
      assert.equal("invalid_type", issue({ seed = "7" }).code)
    end)

    it("unknown keys where the model takes none, and nowhere else", function()
      assert.equal(200, (submit(simulator, with(BOAT, { foreign = 1 }))))
      local found = issue({ foreign = 1 }, nil, { model = "seedance2", promptText = "x" })
      assert.same({ "unrecognized_keys", "foreign", 'Unrecognized key: "foreign"' }, { found.code, found.keys[1], found.message })
    end)

    it("a prompt by its length in UTF-16 units, not in bytes or characters", function()
      local rocket = "\240\159\154\128" -- one character, two units, four bytes
      assert.equal(200, (submit(simulator, with(BOAT, { promptText = rocket:rep(500) }))))
      assert.equal("Too big: expected string to have <=1000 characters", issue({ promptText = rocket:rep(500) .. "x" }).message)
      assert.equal(200, (submit(simulator, with(BOAT, { promptText = ("\195\164"):rep(1000) }))))
      assert.equal("Too small: expected string to have >=1 characters", issue({ promptText = "" }).message)
    end)

    it("positions and counts of prompt images", function()
      local turbo = { model = "gen4_turbo", ratio = "1280:720" }
      local image = "https://cdn.example.com/a.png"
      assert.equal(200, (submit(simulator, with(turbo, { promptImage = { { uri = image, position = "first" } } }), "/v1/image_to_video")))
      local found = issue({ promptImage = { { uri = image, position = "last" } } }, "/v1/image_to_video", turbo)
      assert.same({ "promptImage", 0, "position" }, found.path)
      assert.equal('Invalid input: expected "first"', found.message)
      found = issue({ promptImage = { { uri = image, position = "first" }, { uri = image, position = "first" } } }, "/v1/image_to_video", turbo)
      assert.equal("too_big", found.code)
    end)

    it("assets, in the documented sentences", function()
      local cases = {
        { "data:image/png", "Invalid data URI." },
        { "data:image/png;base64,@@@@@@@@", "Invalid data URI." },
        { "data:image/png,plaintexthere", "Invalid data URI." },
        { "data:image/gif;base64,R0lGODlhAQABAAAAACw=", "Unsupported asset type. Data URIs must include the content type of the value they encode." },
        { "data:;base64,R0lGODlhAQABAAAAACw=", "Unsupported asset type. Data URIs must include the content type of the value they encode." },
        { "http://cdn.example.com/a.png", "Only HTTPS URLs are allowed." },
        { "https://203.0.113.7/a.png", "URLs must be hosted on a domain." },
        { "https://[2001:db8::1]/a.png", "URLs must be hosted on a domain." },
        { "not a url at all", "Invalid URL" },
        { png_uri(8001, 8001), "Invalid asset dimensions. Height and width must not exceed 8000px. Got 8001x8001." },
        { png_uri(462, 1000), "Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2.358. Got 0.462." },
        { "runway://0123456789", "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down." },
      }
      for _, case in ipairs(cases) do
        local found = issue({ promptImage = case[1] }, "/v1/image_to_video", { model = "gen4_turbo", ratio = "1280:720" })
        assert.same({ "custom", "promptImage", case[2] }, { found.code, found.path[1], found.message })
      end
      assert.equal(200, (submit(simulator, { model = "gen4_turbo", ratio = "1280:720", promptImage = png_uri(1280, 720) }, "/v1/image_to_video")))
    end)

    it("a JPEG by its frame header", function()
      local jpeg = "\255\216\255\224\0\16JFIF\0\1\1\0\0\1\0\1\0\0\255\192\0\17\8" .. "\0\100" .. "\4\0" .. "\3\1\17\0\2\17\0\3\17\0" .. ("x"):rep(60)
      local found = issue({ promptImage = "data:image/jpeg;base64," .. base64(jpeg) }, "/v1/image_to_video",
        { model = "gen4_turbo", ratio = "1280:720" })
      assert.equal("Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2.358. Got 10.24.", found.message)
    end)

    it("an image over the encoded limit, to the character", function()
      local head = png_uri(1280, 720)
      local turbo = { model = "gen4_turbo", ratio = "1280:720" }
      head = head:gsub("=+$", "")
      head = head .. ("A"):rep(-(#head - #"data:image/png;base64,") % 4)
      local body = with(turbo, { promptImage = head .. ("A"):rep(5242880 - #head) })
      assert.equal(200, (submit(simulator, body, "/v1/image_to_video")))
      assert.equal("too_big", issue({ promptImage = body.promptImage .. "AAAA" }, "/v1/image_to_video", turbo).code)
    end)

    it("what the script says fetching a link would lead to", function()
      simulator:script { assets = { ["slow.example"] = "Timeout while fetching asset." } }
      local found = issue({ promptImage = "https://slow.example/a.png" }, "/v1/image_to_video", { model = "gen4_turbo", ratio = "1280:720" })
      assert.equal("Timeout while fetching asset.", found.message)
    end)

    it("a submission that the balance or the daily limit does not cover", function()
      simulator:script { balance = 100 }
      assert.equal(200, (submit(simulator)))
      local status, body = submit(simulator)
      assert.same({ 400, "You do not have enough credits to run this task." }, { status, body.error })
      assert.is_nil(body.issues)
      simulator:script { daily = { ["gen4.5"] = 1 } }
      assert.equal(200, (submit(simulator)))
      assert.equal(429, (submit(simulator)))
      local _, organization = request(simulator, "GET", "/v1/organization")
      assert.equal(1, organization.usage.models["gen4.5"].dailyGenerations)
      assert.equal(1, organization.tier.models["gen4.5"].maxDailyGenerations)
      assert.equal(100000 - 60, organization.creditBalance)
    end)

    it("a request that is too big as a whole", function()
      simulator:script { max_body = 2000 }
      assert.equal(200, (submit(simulator)))
      local status, body = submit(simulator, with(BOAT, { promptText = ("x"):rep(2000) }))
      assert.same({ 413, "413 Request Entity Too Large" }, { status, body })
    end)

    it("blocked prompts, as a failed task or at once, without using up a life", function()
      simulator:script { blocked = { "dragon", { "unicorn", how = "refusal" } },
        tasks = { { states = { "SUCCEEDED" } }, { states = { "PENDING" } } } }
      local _, created = submit(simulator, with(BOAT, { promptText = "a DRAGON" }))
      poll(simulator, created.id)
      local _, task = poll(simulator, created.id)
      assert.same({ "FAILED", "SAFETY.INPUT.TEXT", "The input was flagged by our content moderation system.", 60 },
        { task.status, task.failureCode, task.failure, task.cost.credits })
      assert.equal(400, (submit(simulator, with(BOAT, { promptText = "a unicorn" }))))
      _, created = submit(simulator)
      assert.equal("SUCCEEDED", select(2, poll(simulator, created.id)).status)
    end)

    it("nobody over the concurrency limit: they wait as THROTTLED", function()
      simulator:script { concurrency = 1, tasks = { { states = { { "RUNNING", 0.5 }, "SUCCEEDED" } } } }
      local _, one = submit(simulator)
      local _, two = submit(simulator)
      assert.equal("THROTTLED", select(2, poll(simulator, two.id)).status)
      poll(simulator, one.id)
      poll(simulator, one.id)
      assert.equal("RUNNING", select(2, poll(simulator, two.id)).status)
    end)
  end)

  it("serves sixty kept-alive connections at once", function()
    simulator:script { tasks = { { states = { { "RUNNING", 0.1 } } } } }
    local connections = {}
    for i = 1, 60 do connections[i] = connect(simulator.port) end
    for _ = 1, 3 do
      for _, connection in ipairs(connections) do assert(connection:xwrite(as_text("GET", "/v1/organization"), "n", 5)) end
      for _, connection in ipairs(connections) do
        local received = ""
        repeat received = received .. assert(connection:xread(-65536, 10)) until received:find('"usage":.*}$') or received:find('"tier":.*}}}$')
        assert.truthy(received:find "^HTTP/1.1 200 OK")
      end
    end
    for _, connection in ipairs(connections) do connection:close() end
    assert.equal(180, #simulator:log())
  end)
end)
