-- URLs of assets are asked for as the provider would ask before anything is paid, and again for the limits of a model that a job falls back to.
-- Over real TLS servers with a test authority; the provider is the simulator.
local hosts = require "spec.support.asset_hosts"
local made = require "spec.support.made_media"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local succeeds = { tasks = { { states = { "SUCCEEDED" } } } }

describe("a job's URLs", function()
  local simulator, folder, port, stop
  setup(function()
    simulator = simulator_of.start()
    folder = os.tmpname()
    os.remove(folder)
    assert(hosts.run("mkdir -p %s", folder))
    hosts.certificates(folder)
    local function answer(body, media_type)
      local head = ("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"):format(media_type, #body)
      return { HEAD = { head }, GET = { head, body } }
    end
    port, stop = hosts.raw(folder, {
      -- 2.2: not over what gen4_turbo takes (2.358), but over what gen4.5 does (2)
      ["/wide.png"] = answer(made.png(880, 400, 4096), "image/png"),
      ["/page.png"] = answer("<html>gone</html>", "text/html"),
    })
  end)
  teardown(function()
    stop()
    made.remove_all()
    hosts.run("rm -rf %s", folder)
    assert.equal("", simulator:stop())
  end)

  local function run(path, options)
    simulator:script(options.script or succeeds)
    local client = retake.client { host = "virtual", policy = options.policy or retake.policy.give_up, inspect_urls = options.inspect_urls,
      allow_addresses = { "127.0.0.1", "::1" },
      providers = { runway = { key = "key_spec", base_url = simulator.base_url, ca_file = folder .. "/ca.pem" } } }
    local one = { inspected = {} }
    local job = client:start { model = options.model or "runway/gen4_turbo", prompt = "a boat", ratio = "1280:720", duration = 5,
      image = options.url or ("https://%s:%d%s"):format(hosts.name, port, path) }
    job:on("inspected", function(event) one.inspected[#one.inspected + 1] = event.report end)
    one.result, one.fault = job:await()
    client:close()
    one.submissions = #simulator:submissions()
    return one
  end

  it("are asked for before a credit is spent, and what the provider would refuse is never sent", function()
    local one = run("/page.png", { inspect_urls = true })
    assert.equal("asset.media_type", one.fault.class)
    assert.equal("none", one.fault.effect)
    assert.equal(0, one.submissions)
    assert.equal("text/html", one.inspected[1].response.content_type)
  end)

  it("go on where they fit, asked for once however often the request goes again", function()
    local one = run("/wide.png", { inspect_urls = true, policy = retake.policy.standard(),
      script = { faults = { { on = "submit", status = 503, times = 2 } }, tasks = succeeds.tasks } })
    assert.is_nil(one.fault)
    assert.equal(3, one.submissions)
    assert.is_true(one.inspected[1].ok)
    assert.is_true(rawequal(one.inspected[1], one.inspected[3]))
  end)

  it("are held against the limits of the model that a job falls back to", function()
    local one = run("/wide.png", { inspect_urls = true, model = "runway/gen4.5", policy = retake.policy.fallback { "runway/gen4_turbo" } })
    assert.is_nil(one.fault)
    assert.equal("asset.aspect_ratio", one.inspected[1].problems[1].class)
    assert.is_true(one.inspected[#one.inspected].ok)
    assert.equal(1, one.submissions)
  end)

  it("keep a job from falling back to a model that would refuse them", function()
    local one = run("/wide.png", { inspect_urls = true, policy = retake.policy.fallback { "runway/gen4.5" },
      script = { faults = { { on = "submit", status = 503, times = "always" } } } })
    assert.is_not_nil(one.fault)
    assert.equal(1, one.submissions)
    assert.is_false(one.inspected[#one.inspected].ok)
  end)

  it("that cannot be reached from here are left to the provider, which may", function()
    local one = run(nil, { inspect_urls = true, url = "https://cdn.localhost:1/boat.png" })
    assert.is_nil(one.fault)
    assert.equal("asset.unreachable", one.inspected[1].problems[1].class)
    assert.equal(1, one.submissions)
  end)

  it("are not asked for where the provider is a stand-in on this machine, unless the client says so", function()
    local one = run("/page.png", {})
    assert.is_nil(one.fault)
    assert.is_nil(one.inspected[1].response)
  end)
end)
