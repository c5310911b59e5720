local cjson = require "cjson"
local core = require "retake.core"
local command = require "spec.support.command"
local exit_codes = require "retake.cli.exit_codes"
local library = require "retake"
local options_of = require "retake.cli.options"
local simulator_of = require "spec.support.simulator"
local terminal = require "retake.cli.terminal"

-- unpack has another place in each Lua
local function unpacked(list, first)
  first = first or 1
  if first <= #list then return list[first], unpacked(list, first + 1) end
end

local KEY = "key_that_must_stay_secret"

local function words(...)
  local list = { "bin/retake" }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return list
end

local function retake(...)
  return command.run(words(...), { env = { RUNWAYML_API_SECRET = KEY } })
end

describe("exit codes", function()
  it("are one for each family of the taxonomy, no two the same, none the shell's or the usage error's", function()
    local families, listed, codes = {}, {}, {}
    for _, info in ipairs(core.classes()) do families[info.class:match "^[^.]+"] = true end
    for _, entry in ipairs(exit_codes.families) do
      listed[entry.family] = true
      assert.is_nil(codes[entry.code], entry.family)
      codes[entry.code] = true
      assert.is_true(entry.code >= 10 and entry.code < 126, entry.family)
    end
    assert.same(families, listed)
  end)

  it("stand in the help text, every one", function()
    local code, out = retake "--help"
    assert.equal(0, code)
    for _, entry in ipairs(exit_codes.families) do
      assert.truthy(out:find(("%3d  %s"):format(entry.code, entry.family), 1, true), entry.family)
    end
  end)
end)

describe("options", function()
  local known = {
    { name = "model", value = "MODEL", help = "" }, { name = "max-credits", value = "N", kind = "number", help = "" },
    { name = "fallback", value = "MODEL", many = true, help = "" }, { name = "json", help = "" },
  }

  it("are read in all their forms", function()
    local options = options_of.parse({ "--model", "a/b", "--max-credits=1.5", "--fallback", "c/d", "--fallback=e/f", "--json", "-", "--", "--x" },
      known)
    assert.same({ model = "a/b", max_credits = 1.5, fallback = { "c/d", "e/f" }, json = true, "-", "--x" }, options)
  end)

  it("are refused with the reason", function()
    for reason, args in pairs {
      ["unknown option: --key"] = { "--key", "x" },
      ["unknown option: -k"] = { "-k" },
      ["--model needs a value: MODEL"] = { "--model", "--json" },
      ["--max-credits needs a number, not '0x10'"] = { "--max-credits", "0x10" },
      ["--max-credits needs a number, not 'nan'"] = { "--max-credits", "nan" },
      ["--json takes no value"] = { "--json=yes" },
    } do
      local options, told = options_of.parse(args, known)
      assert.is_nil(options)
      assert.equal(reason, told)
    end
  end)
end)

describe("text for the terminal", function()
  it("holds no control characters, and is cut between characters", function()
    assert.equal("a?[31mb c\n", terminal.clean "a\27[31mb c\n")
    assert.equal("a?b", terminal.clean "a\194\155b")
    assert.equal("a b", terminal.line "a\r\n\tb")
    assert.equal("bl\195\164u", terminal.cut("bl\195\164ulich", 4))
    assert.equal("", terminal.cut("", 4))
  end)
end)

describe("retake", function()
  it("names its subcommands where it does not know one", function()
    for _, args in ipairs { {}, { "generat" } } do
      local code, out, err = command.run(words(unpacked(args)))
      assert.equal(2, code)
      assert.equal("", out)
      assert.truthy(err:find("generate", 1, true))
    end
  end)
end)

describe("retake explain", function()
  local function explain(input, ...)
    return command.run(words("explain", ...), { input = input })
  end

  it("tells a class, a family and a provider's code", function()
    local code, out = explain(nil, "content.input")
    assert.equal(0, code)
    assert.truthy(out:find("who acts:", 1, true))
    code, out = explain(nil, "local")
    assert.equal(0, code)
    assert.truthy(out:find("local.deadline", 1, true) and out:find("local.storage", 1, true))
    code, out = explain(nil, "SAFETY.INPUT.TEXT")
    assert.equal(0, code)
    assert.truthy(out:find("a code of runway\ncontent.input:", 1, true))
  end)

  it("says so where nothing is known", function()
    -- A task that failed is provider.internal whatever its code, so each made-up word was once taken for one of Runway's codes.
    local code, out, err = explain(nil, "hello")
    assert.equal(22, code)
    assert.equal("", out)
    assert.truthy(err:find("nothing is known of hello", 1, true))
  end)

  it("reads a body", function()
    local code, out = explain('{"error":"You do not have enough credits to run this task."}', "-", "--operation", "submit", "--status", "400")
    assert.equal(0, code)
    assert.truthy(out:find("^account%.credits"))
    assert.truthy(out:find("exit code: 14", 1, true))
    code, out = explain('{"id":"1","status":"RUNNING"}', "-", "--provider", "runway", "--status", "200")
    assert.equal(0, code)
    assert.equal("That shows no failure.\n", out)
  end)

  it("takes a body without --provider as retake.classify does, and tells where it would mean something else", function()
    -- It once guessed the provider: a rate_limit_exceeded of anybody was told to be Runway's.
    local body = '{"error":{"code":"rate_limit_exceeded","message":"slow"}}'
    local code, out = explain(body, "-", "--status", "429")
    assert.equal(0, code)
    assert.truthy(out:find("(poll, HTTP 429)", 1, true) and out:find("of generic:", 1, true), out)
    assert.is_nil(out:find "at runway")
    assert.equal(out, select(2, explain(body, "-", "--status", "429", "--provider", "generic")))
    body = '{"id":"1","status":"FAILED","failureCode":"13","failure":"x"}'
    code, out = explain(body, "-", "--status", "200", "--provider", "runway")
    assert.equal(0, code)
    assert.truthy(out:find "^provider.internal")
    assert.is_nil(out:find "  at ")
    local _, others = explain(body, "-", "--status", "200")
    local fault = library.classify { operation = "poll", status = 200, body = body }
    assert.equal(fault.class, others:match "^[%w_.]+")
    assert.equal(fault.class ~= "provider.internal" and "  at runway: provider.internal\n" or nil, others:match "  at runway: %S+\n")
  end)

  it("tells a status", function()
    local code, out = explain(nil, "429")
    assert.equal(0, code)
    assert.truthy(out:find("^HTTP 429 means\nlimit.rate: "), out)
  end)

  it("lets no escape sequence of a body through", function()
    local _, out = explain('{"id":"1","status":"FAILED","failure":"\\u001b[2Jgone"}', "-")
    assert.truthy(out:find("gone", 1, true))
    assert.is_nil(out:find "\27")
  end)

  it("refuses what makes no sense", function()
    for _, args in ipairs { {}, { "a", "b" }, { "-", "--provider", "nobody" }, { "-", "--operation", "cook" }, { "content", "--status", "400" } } do
      assert.equal(2, (explain("", unpacked(args))))
    end
  end)
end)

describe("retake generate", function()
  local simulator, folder, remove

  setup(function()
    simulator = simulator_of.start {}
    folder, remove = command.folder()
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  local function generate(...)
    return retake("generate", "--model", "runway/gen4_turbo", "--prompt", "a paper boat", "--image", "examples/boat.jpg", "--ratio", "1280:720",
      "--duration", "5", "--base-url", simulator.base_url, "--virtual", ...)
  end

  it("saves the output; its path is all that goes to standard output", function()
    simulator:script {}
    local path = folder .. "/boat.mp4"
    local code, out, err = generate("--out", path)
    assert.equal(0, code)
    assert.equal(path .. "\n", out)
    assert.equal("ftyp", command.read(path):sub(5, 8))
    assert.truthy(err:find("RUNNING 30 %", 1, true))
    assert.truthy(err:find("\n1  runway/gen4_turbo  succeeded +finished  yes +25 "))
    assert.is_nil(err:find "[\r\27]")
    assert.is_nil((out .. err):find(KEY, 1, true))
  end)

  it("gives the output's URLs without --out, and nothing else with --quiet", function()
    simulator:script {}
    local code, out, err = generate "--quiet"
    assert.equal(0, code)
    assert.truthy(out:find("^http://127%.0%.0%.1:%d+/output/%S+\n$"))
    assert.equal("", err)
  end)

  it("gives one JSON object, whether it went well or not", function()
    simulator:script {}
    local path = folder .. "/json.mp4"
    local code, out = generate("--json", "--out", path)
    local result = cjson.decode(out)
    assert.equal(0, code)
    assert.is_true(result.ok)
    assert.same({ path }, result.files)
    assert.equal(25, result.credits)
    assert.equal(1, #result.attempts)
    simulator:script { blocked = { "paper" } }
    code, out = generate "--json"
    result = cjson.decode(out)
    assert.equal(10, code)
    assert.is_false(result.ok)
    assert.equal(10, result.exit_code)
    assert.equal("content.input", result.fault.class)
    assert.is_nil(out:find(KEY, 1, true))
  end)

  it("falls back, within the credits allowed", function()
    local script = { tasks = { { states = { { "FAILED", code = "SAFETY.OUTPUT.VIDEO" } }, match = { model = "never" } },
      { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT" } }, times = 3 }, { states = { "SUCCEEDED" } } } }
    simulator:script(script)
    local code, _, err = generate("--fallback", "runway/gen4.5")
    assert.equal(0, code)
    assert.truthy(err:find("\n4  runway/gen4%.5 +succeeded"))
    simulator:script(script)
    code, _, err = generate("--fallback", "runway/gen4.5", "--max-credits", "30")
    assert.equal(21, code)
    assert.truthy(err:find("local.budget", 1, true))
    assert.equal(3, #simulator:submissions())
  end)

  -- one family each, over real sockets
  local failures = {
    { 10, script = { blocked = { "paper" } } },
    { 11, script = {}, "--ratio", "7:5" },
    { 12, script = {}, "--model", "runway/gen0" },
    { 13, script = {}, "--image", "no_such_file.jpg", only = true },
    { 14, script = { balance = 1 } },
    { 15, script = { faults = { { on = "upload", status = 429, body = "busy", times = "always" } } }, "--image", "BIG", only = true },
    { 16, script = { tasks = { { states = { { "FAILED", code = "INTERNAL" } } } } } },
    { 17, script = { tasks = { { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT" } } } } } },
    { 18, script = { tasks = { { states = { "CANCELLED" } } } } },
    { 19, script = { faults = { { on = "submit", after_accept = true, action = "reset" } } } },
    { 20, script = {}, "--base-url", "http://127.0.0.1:1" },
    { 21, script = {}, "--max-credits", "1" },
  }
  for _, case in ipairs(failures) do
    it("ends with " .. case[1] .. " for its family of failures", function()
      simulator:script(case.script)
      local args = { unpacked(case, 2) }
      if args[2] == "BIG" then
        args[2] = folder .. "/big.jpg"
        command.write(args[2], command.read "examples/boat.jpg" .. ("\0"):rep(4 * 1024 * 1024))
      end
      local code, out, err
      if case.only then -- another image: a second --image would be a list of them
        code, out, err = retake("generate", "--model", "runway/gen4_turbo", "--ratio", "1280:720", "--duration", "5",
          "--base-url", simulator.base_url, "--virtual", unpacked(args))
      else code, out, err = generate(unpacked(args)) end
      assert.equal(case[1], code, err)
      assert.equal("", out)
      assert.truthy(err:find("who acts:", 1, true))
    end)
  end

  it("takes the key from the environment only", function()
    simulator:script {}
    local code, _, err = generate("--key", "key_x")
    assert.equal(2, code)
    assert.truthy(err:find("unknown option: --key", 1, true))
    code, _, err = command.run(words("generate", "--model", "runway/gen4_turbo", "--image", "https://example.com/a.png", "--ratio", "1280:720"))
    assert.equal(14, code)
    assert.truthy(err:find("RUNWAYML_API_SECRET", 1, true))
  end)

  it("refuses wrong arguments before anything is sent", function()
    simulator:script {}
    for _, args in ipairs {
      { "--duration", "long" }, { "stray" }, { "--model", "gen4_turbo" }, { "--fallback", "gen4.5" }, { "--extra", "[1" }, { "--deadline", "0" },
      { "--base-url", "http://example.com" }, { "--base-url", "https://example.com", "--virtual" }, { "--resume", "x.json" },
      { "--out", folder .. "/no/such/folder/boat.mp4" }, { "--record", folder .. "/no/such/folder/boat.json" },
    } do
      local code, out, err = generate(unpacked(args))
      assert.equal(2, code, table.concat(args, " ") .. ": " .. err)
      assert.equal("", out)
    end
    assert.equal(0, #simulator:log())
  end)

  it("shows no escape sequence of the provider's, and no line of its own making twice", function()
    simulator:script { tasks = { { states = { { "FAILED", code = "SAFETY.INPUT", failure = "bad \27[2J\7 words" } } } } }
    local code, _, err = generate()
    assert.equal(10, code)
    assert.truthy(err:find("words", 1, true))
    assert.is_nil(err:find "[\27\7]")
  end)

  it("rewrites one line on a terminal, never wider than that, and takes it away", function()
    if command.shell "command -v script && command -v stty" ~= 0 then return pending "script and stty are not installed" end
    simulator:script { tasks = { { states = { "PENDING", { "FAILED", code = "INTERNAL", failure = ("very long "):rep(30) } } },
      { states = { "SUCCEEDED" } } } }
    local log = folder .. "/typescript"
    local line = command.line(words("generate", "--model", "runway/gen4_turbo", "--image", "examples/boat.jpg", "--ratio", "1280:720",
      "--base-url", simulator.base_url, "--virtual", "--out", folder .. "/t.mp4"), { env = { RUNWAYML_API_SECRET = KEY } })
    command.shell("script -qec " .. command.quote("stty cols 40; " .. line) .. " " .. command.quote(log) .. " >/dev/null")
    local text = command.read(log)
    local shown = 0
    for part in text:gmatch "\r\27%[K([^\r\n]*)" do
      shown = shown + 1
      assert.is_true(#part < 40, part)
    end
    assert.is_true(shown > 5, text)
    assert.is_nil(text:find "0:%d%d  [^\r\n]*\n") -- no progress line stays behind
    assert.truthy(text:find("1  runway/gen4_turbo", 1, true))
  end)
end)

describe("a record", function()
  local simulator, folder, remove, record

  setup(function()
    simulator = simulator_of.start {}
    folder, remove = command.folder()
    record = folder .. "/job.json"
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  local function line(...)
    return command.line(words("generate", ...), { env = { RUNWAYML_API_SECRET = KEY } })
  end

  local function request(...)
    return line("--model", "runway/gen4_turbo", "--image", "examples/boat.jpg", "--ratio", "1280:720", "--base-url", simulator.base_url, ...)
  end

  -- Runs in real time until the task exists, then gets Ctrl-C.
  local function interrupt()
    return command.shell(request("--record", record) .. " & pid=$!\n"
      .. "n=0; until grep -q '\"state\":\"poll\"' " .. command.quote(record) .. " 2>/dev/null\n"
      .. "do n=$((n + 1)); [ $n -gt 200 ] && break; sleep 0.05; done\n"
      .. "kill -INT $pid; wait $pid")
  end

  it("lets a job go on after Ctrl-C, without a second submission", function()
    simulator:script {}
    local code, _, err = interrupt()
    assert.equal(130, code)
    assert.truthy(err:find("goes on at the provider", 1, true))
    assert.truthy(err:find("--resume " .. record, 1, true))
    assert.is_nil(command.read(record):find(KEY, 1, true))
    assert.is_nil(command.read(record .. ".tmp"))

    -- a new job may not take its place: the task was paid for
    code, _, err = command.shell(request("--record", record))
    assert.equal(2, code)
    assert.truthy(err:find("not over", 1, true))
    assert.equal(1, #simulator:submissions())

    local path = folder .. "/resumed.mp4"
    local out
    code, out = command.shell(line("--resume", record, "--base-url", simulator.base_url, "--virtual", "--out", path))
    assert.equal(0, code)
    assert.equal(path .. "\n", out)
    assert.equal("ftyp", command.read(path):sub(5, 8))
    assert.equal(1, #simulator:submissions())
    assert.equal("succeeded", cjson.decode(command.read(record)).state)
  end)

  it("of a job that is over tells its end again, and asks nobody", function()
    local before = #simulator:log()
    local code, out = command.shell(line("--resume", record, "--base-url", simulator.base_url, "--quiet"))
    assert.equal(0, code)
    assert.truthy(out:find("/output/", 1, true))
    assert.equal(before, #simulator:log())
  end)

  it("has to be one", function()
    for _, text in ipairs { "", "{}", "[]", "null", '{"state":"poll","request":{}}' } do
      command.write(folder .. "/wrong.json", text)
      local code, _, err = command.shell(line("--resume", folder .. "/wrong.json"))
      assert.equal(2, code, text)
      assert.truthy(err:find("not the record of a job", 1, true), err)
    end
  end)
end)
