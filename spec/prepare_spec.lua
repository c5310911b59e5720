-- What is wrong with a request is told without a key: a missing key was once told first, so that nothing could be checked without one.
local retake = require "retake"

describe("a job without a key", function()
  local client

  before_each(function()
    -- "" is no key, and hides one of the environment
    client = retake.client { host = "virtual", inspect_urls = false, policy = retake.policy.give_up, providers = {
      runway = { key = "", base_url = "http://127.0.0.1:1" } } }
  end)
  after_each(function() client:close() end)

  local function fault_of(fields)
    local request = { model = "runway/gen4_turbo", prompt = "a boat", image = "https://example.com/a.png", ratio = "1280:720", duration = 5 }
    for name, value in pairs(fields) do request[name] = value end
    local job = client:start(request)
    local result, fault = job:await()
    assert.is_nil(result)
    assert.equal("none", fault.effect)
    assert.equal(0, job.submissions)
    return fault
  end

  it("hears what is wrong with its parameters", function()
    local fault = fault_of { ratio = "7:5" }
    assert.equal("request.invalid ratio", fault.class .. " " .. fault.field)
  end)

  it("hears of a file that is not there, and of one that does not fit", function()
    assert.equal("asset.invalid_uri", fault_of({ image = "no_such_file.png" }).class)
    assert.equal("asset.media_type", fault_of({ image = "spec/fixtures/clip.mp4" }).class)
  end)

  it("hears of a place where nothing can be saved", function()
    assert.equal("save", fault_of({ save = "/no/such/folder/boat.mp4" }).field)
  end)

  it("hears of the key where all else is well", function()
    local fault = fault_of {}
    assert.equal("account.unauthorized", fault.class)
    assert.equal("no key was given for runway", fault.message)
    assert.truthy(fault.hint:find("RUNWAYML_API_SECRET", 1, true))
  end)
end)
