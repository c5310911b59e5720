local command = require "spec.support.command"
local http_service = require "spec.support.http_service"
local simulator_of = require "spec.support.simulator"

-- Each example by its file, and what it has to print against a simulator where everything succeeds at the first question.
local expected = {
  custom_provider = { "submitted\tgen4.5", "progress\tSUCCEEDED", "saved " },
  explain_failure = { "account.credits:", "content.input [SAFETY.INPUT.TEXT]", "no failure" },
  frame_loop = { "a paper boat on a river: poll", "river: succeeded SUCCEEDED", "a tin soldier in a paper boat: done after ", " frames: http" },
  many_jobs = { "1\tsucceeded\thttp", "2\tsucceeded\thttp", "3\tsucceeded\thttp" },
  resume = { "finished by another client: http", "submissions: 1\n" },
  lua_http = { "a paper boat on a river\tsubmitted", "a tin soldier in it\tprogress", "a paper boat on a river\tsucceeded\thttp" },
  progress = { "\n 1  [##########..........]  running\n", "\n20  [####################]  succeeded\n", "20 of 20 succeeded\n" },
  quickstart = { "inspecting examples/boat.jpg", "SUCCEEDED", "is video/mp4," },
}

-- Examples of policies: run against providers in trouble, below.
local policies = { standard_policy = true, ask_a_person = true, soften_prompt = true, cheapest_first = true, live_show = true, two_accounts = true }

describe("examples", function()
  local simulator, folder, remove

  setup(function()
    simulator = simulator_of.start {}
    folder, remove = command.folder()
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  it("are all run here", function()
    local _, out = command.shell "ls examples/*.lua"
    for name in out:gmatch "examples/([%w_]+)%.lua" do
      assert.is_truthy(expected[name] or policies[name] or name == "quickstart_script" or name == "policy_spec", name)
    end
  end)

  for name, lines in pairs(expected) do
    it("run: " .. name, function()
      simulator:script { tasks = { { states = name == "progress" and { { "RUNNING", 0.5 }, "SUCCEEDED" } or { "SUCCEEDED" } } } }
      local words = { "examples/" .. name .. ".lua" }
      if name == "quickstart" or name == "custom_provider" then words[2] = folder .. "/" .. name .. ".mp4" end
      local code, out, err = command.run(words, { env = { RETAKE_SIMULATOR = simulator.base_url } })
      assert.equal("", err)
      assert.equal(0, code)
      for _, line in ipairs(lines) do assert.is_truthy(out:find(line, 1, true), line .. " in " .. out) end
    end)
  end

  -- What a terminal shows in the end: of escape sequences those for going up and down and for clearing a line are known.
  local function screen_of(text)
    local screen, row, at = { "" }, 1, 1
    while at <= #text do
      local count, what = text:match("^\27%[(%d*)(%u)", at)
      if count then
        at = at + 3 + #count
        if what == "K" then screen[row] = screen[row] or "" else row = row + (what == "A" and -1 or 1) * tonumber(count) end
      elseif text:find("^\n", at) then row, at = row + 1, at + 1
      elseif text:find("^\r", at) then at = at + 1
      else
        screen[row] = text:match("^[^\27\r\n]+", at)
        at = at + #screen[row]
      end
    end
    return screen
  end

  it("run: progress, on a terminal", function()
    simulator:script { tasks = { { states = { "RUNNING", { "RUNNING", 0.5 }, "SUCCEEDED" } }, }, balance = 20 * 8 - 1 }
    local line = command.line({ "examples/progress.lua" }, { env = { RETAKE_SIMULATOR = simulator.base_url } })
    local code, out = command.shell(("script -qec %s /dev/null"):format(command.quote(line)))
    assert.equal(1, code)
    local screen = screen_of(out)
    local counts = {}
    for number = 1, 20 do
      local shown, bar, state = screen[number]:match "^([ %d]%d)  %[([#.]+)%]  (%l+)"
      assert.equal(number, tonumber(shown), screen[number])
      assert.equal(state == "succeeded" and ("#"):rep(20) or ("."):rep(20), bar)
      assert.is_true(#screen[number] < 80)
      counts[state] = (counts[state] or 0) + 1
    end
    assert.same({ succeeded = 19, failed = 1 }, counts)
    assert.equal("19 of 20 succeeded", screen[21])
    assert.is_nil(screen[22])
  end)

  it("run: lua_http, asked from outside", function()
    simulator:script { tasks = { { states = { "RUNNING" } } } }
    local out = folder .. "/service"
    local line = command.line({ "examples/lua_http.lua", "0" }, { env = { RETAKE_SIMULATOR = simulator.base_url } })
    local _, pid = command.shell(("exec %s >%s 2>&1 & echo $!"):format(line, out))
    local http, ltn12, address = require "socket.http", require "ltn12", nil
    for _ = 1, 200 do
      address = (command.read(out) or ""):match "listening on (%S+)\n"
      if address then break end
      require("socket").sleep(0.05)
    end
    local function ask(method, path, body)
      local pieces = {}
      local _, status, headers = http.request { url = address .. path, method = method, source = body and ltn12.source.string(body),
        headers = { ["content-length"] = body and #body or 0 }, sink = ltn12.sink.table(pieces) }
      return status, table.concat(pieces), headers
    end
    local ok, trouble = pcall(function()
      assert.equal(400, (ask("POST", "/jobs", "a paper boat")))
      assert.equal(404, (ask("GET", "/jobs/nobody")))
      local status, body, headers = ask("POST", "/jobs", '{"prompt":"a paper boat"}')
      assert.equal(202, status, body)
      status, body = ask("GET", headers.location)
      assert.equal(200, status)
      assert.is_truthy(body:find('"id":"', 1, true), body)
      status, body = ask("DELETE", headers.location)
      assert.equal(200, status)
      assert.is_truthy(body:find("cancelled by the script", 1, true), body)
    end)
    command.shell("kill " .. pid)
    assert(ok, trouble)
    assert.is_truthy(command.read(out):find "^listening on %S+\n$", command.read(out))
  end)

  it("run: policy_spec, with busted and without a provider", function()
    local _, busted = command.shell "command -v busted"
    local code, out, err = command.run { busted:match "%S+", "-o", "plainTerminal", "examples/policy_spec.lua" }
    assert.equal("", err)
    assert.equal(0, code, out)
    assert.is_truthy(out:find("6 successes / 0 failures", 1, true), out)
  end)

  it("end with 1 where the job fails", function()
    simulator:script { tasks = { { states = { { "FAILED", code = "ASSET.INVALID" } } } } }
    local code, out = command.run({ "examples/quickstart.lua", folder .. "/failed.mp4" }, { env = { RETAKE_SIMULATOR = simulator.base_url } })
    assert.equal(1, code)
    assert.is_truthy(out:find("asset.invalid", 1, true))
    assert.is_nil(command.read(folder .. "/failed.mp4"))
  end)
end)

-- Refused is what names something; everything else succeeds.
local function refusing(what)
  return { keep_bodies = true, tasks = {
    { match = { prompt = what }, states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Flagged: graphic violence." } } },
    { states = { "SUCCEEDED" } },
  } }
end

local function failing(times, paid)
  local failed = { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "An unexpected error occurred.", refund = not paid }
  return { tasks = { { states = { failed }, times = times }, { states = { "SUCCEEDED" } } } }
end

-- A language model behind the protocol of chat completions: slow, and only as good as it has to be.
local LANGUAGE_MODEL = [[
local cjson = require "cjson"
return function(request)
  local messages = cjson.decode(request.body).messages
  local softer = messages[#messages].content:gsub("^[^\n]*\n", ""):gsub("bloody duel", "friendly duel")
  return { wait = 0.3, body = cjson.encode { choices = { { message = { role = "assistant", content = softer } } } } }
end
]]

describe("examples of policies", function()
  local simulator, folder, remove
  setup(function()
    simulator = simulator_of.start {}
    folder, remove = command.folder()
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  -- Runs one with a provider that behaves so; what was submitted, in order, is in the provider's log.
  local function run(name, script, options)
    options = options or {}
    simulator:script(script)
    local env = { RETAKE_SIMULATOR = simulator.base_url }
    for key, value in pairs(options.env or {}) do env[key] = value end
    local code, out, err = command.run({ options.path or "examples/" .. name .. ".lua", options.argument }, { env = env, input = options.input })
    assert.equal("", err)
    local models, prompts, statuses = {}, {}, {}
    for i, entry in ipairs(simulator:submissions()) do
      models[i], statuses[i] = entry.model, entry.status
      prompts[i] = entry.body and (type(entry.body) == "table" and entry.body or require("cjson").decode(entry.body)).promptText
    end
    return code, out, models, { prompts = prompts, statuses = statuses }
  end

  local function has(out, ...)
    for _, text in ipairs { ... } do assert.is_truthy(out:find(text, 1, true), text .. " in " .. out) end
  end

  it("run: the README's", function()
    local text = assert(command.read("README.md"):match "\n## Policies\n.-```lua\n(.-)```")
    local function set(from, to)
      local first, last = text:find(from, 1, true)
      text = text:sub(1, assert(first, from) - 1) .. to .. text:sub(last + 1)
    end
    set("-- providers = { runway = { base_url = \"http://127.0.0.1:8080\"", ("providers = { runway = { base_url = %q"):format(simulator.base_url))
    set("host = \"virtual\" ", "host = \"virtual\" --")
    set("image = \"boat.jpg\"", "image = \"examples/boat.jpg\"")
    set("save = \"boat.mp4\"", ("save = %q"):format(folder .. "/readme.mp4"))
    local path = command.write(folder .. "/readme.lua", "local retake = require 'retake'\nlocal function soften() return 'a softer prompt' end\n" .. text
      .. "\nprint(require('retake.ledger').format(job.attempts))\nassert(result, fault)\n")
    local script = { keep_bodies = true, tasks = { { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Flagged." } } },
      { states = { { "FAILED", code = "INTERNAL", failure = "Internal error." } }, times = 4 }, { states = { "SUCCEEDED" } } } }
    local code, out, models, log = run("readme", script, { path = path })
    assert.equal(0, code, out)
    assert.same({ "gen4_turbo", "gen4_turbo", "gen4_turbo", "gen4_turbo", "gen4_turbo", "gen4.5" }, models)
    assert.same({ "...", "a softer prompt" }, { log.prompts[1], log.prompts[2] })
    has(out, "revise", "retry after", "fallback", "succeeded")
    assert.is_truthy(command.read(folder .. "/readme.mp4"))
  end)

  it("run: standard_policy, through a busy provider and a model that fails", function()
    local busy = { { on = "submit", status = 503, headers = { ["Retry-After"] = "3" } } }
    local trouble = { states = { { "FAILED", code = "INTERNAL", failure = "Internal error." } }, times = 2 }
    local code, out, models, log = run("standard_policy", { faults = busy, tasks = { trouble, { states = { "SUCCEEDED" } } } })
    assert.equal(0, code, out)
    assert.same({ "gen4_turbo", "gen4_turbo", "gen4_turbo", "gen4.5" }, models)
    assert.equal(503, log.statuses[1])
    has(out, "left to a person: asset.invalid_uri", "retry after 3.", "the provider asked for 3 s", "fallback", "60 credits at runway")
    code, out, models = run("standard_policy", { tasks = { { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Flagged." } } } } })
    assert.equal(1, code)
    assert.same({ "gen4_turbo" }, models)
    has(out, "content.input")
  end)

  it("run: ask_a_person, who gives another prompt or gives up", function()
    local code, out, models, log = run("ask_a_person", refusing "famous", { input = "a tin soldier in a paper boat\n" })
    assert.equal(0, code, out)
    assert.equal(3, #models)
    assert.equal("a tin soldier in a paper boat", log.prompts[3])
    has(out, "refused: a famous actor in a paper boat", "a tin soldier in a paper boat: http")
    code, out, models = run("ask_a_person", refusing "famous", { input = "\n" })
    assert.equal(1, code)
    assert.equal(2, #models)
    has(out, "a paper boat: http", "a famous actor in a paper boat: content.input")
  end)

  describe("run: soften_prompt", function()
    local service
    setup(function() service = http_service.start(LANGUAGE_MODEL) end)
    teardown(function() service:stop() end)

    it("with a language model that is asked while the other job goes on", function()
      local env = { SOFTENER = service.url .. "/v1/chat/completions", SOFTENER_KEY = "secret" }
      local code, out, models, log = run("soften_prompt", refusing "bloody", { env = env })
      assert.equal(0, code, out)
      assert.equal(3, #models)
      assert.equal("two knights in a friendly duel", log.prompts[3])
      assert.is_truthy(out:find("done: a paper boat.*refused: two knights in a bloody duel %(revise%).*done: two knights in a friendly duel"), out)
      local asked = service:requests()
      assert.equal(1, #asked)
      assert.equal("Bearer secret", asked[1].headers.authorization)
      has(asked[1].body, "Refused for: violence", "llama3.2")
    end)

    it("with one that is not there, or whose prompts are no better", function()
      local code, out, models = run("soften_prompt", refusing "bloody", { env = { SOFTENER = "http://127.0.0.1:1/" } })
      assert.equal(1, code)
      assert.equal(2, #models)
      has(out, "give_up: network.connect", "done: a paper boat")
      code, out, models = run("soften_prompt", refusing "knights", { env = { SOFTENER = service.url } })
      assert.equal(1, code)
      assert.is_true(#models <= 4, out)
      has(out, "failed: two knights", "done: a paper boat")
    end)
  end)

  it("run: cheapest_first, in the order of prices and not beyond what may be spent", function()
    local code, out, models = run("cheapest_first", failing(2))
    assert.equal(0, code, out)
    assert.same({ "gen4.5", "gen4.5", "veo3.1_fast" }, models)
    assert.is_truthy(out:find("gen4.5 +96 credits\n.*veo3.1_fast +120 credits\n.*seedance2_fast +232 credits\n.*veo3.1 +320 credits\n"), out)
    has(out, "spent: 120 of 350 credits")
    code, out, models = run("cheapest_first", failing(20, true))
    assert.equal(1, code)
    assert.same({ "gen4.5", "gen4.5", "veo3.1_fast" }, models)
    assert.equal(100000 - 312, simulator:state().balance)
    has(out, "spent: 312 of 350 credits", "local.budget")
  end)

  it("run: live_show, on air in time with a clip or without one", function()
    local function on_air(out) return tonumber(out:match "([%d.]+) s  on air") end
    local clip = folder .. "/show.mp4"
    local code, out, models = run("live_show", failing(2), { argument = clip })
    assert.equal(0, code, out)
    assert.same({ "gen4.5", "gen4.5", "gen4_turbo" }, models)
    has(out, "on air: " .. clip)
    assert.is_true(on_air(out) < 85)
    assert.is_truthy(command.read(clip))
    code, out, models = run("live_show", { tasks = { { states = { "THROTTLED" } } } }, { argument = folder .. "/never.mp4" })
    assert.equal(0, code, out)
    assert.same({ "gen4.5" }, models)
    has(out, "on air: examples/boat.jpg", "may still run")
    assert.is_true(on_air(out) <= 85.5, out)
    local late = { tasks = { { states = { "THROTTLED", "THROTTLED", "THROTTLED", "THROTTLED", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING",
      { "FAILED", code = "INTERNAL", failure = "Internal error." } } } } }
    code, out, models = run("live_show", late, { argument = folder .. "/late.mp4" })
    assert.equal(0, code, out)
    assert.same({ "gen4.5" }, models)
    has(out, "give_up", "on air: examples/boat.jpg")
  end)

  it("run: two_accounts, each with its own key", function()
    local first, second = simulator_of.start { key = "key_first", script = { balance = 10 } }, simulator_of.start { key = "key_second" }
    second:script { tasks = { { states = { "SUCCEEDED" } } } }
    local code, out = run("two_accounts", {}, { env = { RETAKE_SIMULATOR = first.base_url, RETAKE_SIMULATOR_SECOND = second.base_url } })
    local sent, paid, rest = first:submissions(), second:submissions { paid = true }, first:submissions { paid = true }
    first:stop()
    second:stop()
    assert.equal(0, code, out)
    assert.equal(3, #paid)
    assert.same({}, rest)
    assert.is_true(#sent <= 2, out) -- the third was not even sent there
    has(out, "take 3  runway_second/gen4.5  http")
    assert.is_truthy(out:find("runway/gen4.5 +account open %(account.credits%)"), out)
    assert.is_truthy(out:find "runway_second/gen4.5 +account closed\n", out)
  end)
end)

describe("the demo", function()
  local function demo(environment)
    return command.shell(("env -u RUNWAYML_API_SECRET -u RETAKE_SIMULATOR LUA=%s %s sh tools/demo.sh"):format(command.lua, environment or ""))
  end

  it("takes its job through every failure of its script, and leaves no process behind", function()
    local code, out, err = demo()
    assert.equal("", err)
    assert.equal(0, code, out)
    for _, line in ipairs { "THROTTLED", "gate: retry in 30 s (floor)", "policy: fallback to runway/gen4.5", "policy: revise", "is video/mp4," } do
      assert.is_truthy(out:find(line, 1, true), line)
    end
    local port = out:match "asking the simulator at http://127%.0%.0%.1:(%d+)"
    assert.is_nil((require("socket").connect("127.0.0.1", port)))
  end)

  it("fails where the ledger is not the one expected, although the job succeeds", function()
    local simulator = simulator_of.start { script = { tasks = { { states = { "SUCCEEDED" } } } } }
    local code, out, err = demo("RETAKE_SIMULATOR=" .. simulator.base_url)
    simulator:stop()
    assert.is_truthy(out:find("is video/mp4,", 1, true))
    assert.equal(1, code)
    assert.is_truthy(err:find("row 2 of the ledger", 1, true))
  end)

  it("fails where the simulator does not start", function()
    local code, _, err = demo "LUA=false"
    assert.equal(1, code)
    assert.is_truthy(err:find("the simulator did not start", 1, true))
  end)
end)
