--- A provider of one's own: one more asynchronous API in a few tables. "studio" takes { prompt, length }, answers with { id }, and is asked
--- about at /v1/tasks/ID; here the simulator stands in for it.
-- usage: RETAKE_SIMULATOR=http://127.0.0.1:PORT lua examples/custom_provider.lua [OUT]     (bin/retake simulate prints the address)
local retake = require "retake"

local states = { PENDING = "queued", THROTTLED = "queued", RUNNING = "running", SUCCEEDED = "succeeded", FAILED = "failed" }

retake.provider.define {
  name = "studio",
  base_url = "https://api.studio.example",
  key_variable = "STUDIO_API_KEY",
  auth = { header = "Authorization", prefix = "Bearer " },
  headers = { ["X-Runway-Version"] = "2024-11-06" },
  request_id = { "x-request-id" },

  submit = {
    encode = function(request)
      if not request.prompt then return nil, { class = "request.invalid", field = "prompt", message = "a prompt is needed" } end
      return { path = "/v1/text_to_video", body = {
        model = request.model, promptText = request.prompt, ratio = request.ratio or "1280:720", duration = request.duration or 5 } }
    end,
    decode = function(body) return type(body.id) == "string" and { task_id = body.id } or nil end,
  },

  poll = {
    path = function(task_id) return "/v1/tasks/" .. task_id end,
    floor = 5,
    decode = function(body)
      return { task_id = body.id, status = body.status, state = states[body.status], progress = tonumber(body.progress),
        outputs = type(body.output) == "table" and body.output or {} }
    end,
  },

  cancel = { path = function(task_id) return "/v1/tasks/" .. task_id end, gone = { 404 } },

  -- assets that do not fit are refused before they cost a failed call
  limits = { kinds = { image = true }, media_types = { ["image/png"] = true, ["image/jpeg"] = true }, max_side = 4096 },

  -- where its errors stand, and what they mean; the generic rules come after these
  evidence = function(body)
    if body.status == "FAILED" then return { { code = body.failureCode, message = body.failure or "failed" } } end
    return body.error and { { code = body.code, message = tostring(body.error) } } or {}
  end,
  rules = {
    { class = "content.input", code = "SAFETY.*", category = "general" },
    { class = "provider.internal", code = "INTERNAL.*", floor = 10 },
    { class = "account.credits", message = "not enough credits" },
  },
}

local simulator = os.getenv "RETAKE_SIMULATOR"
local client = retake.client {
  providers = { studio = { base_url = simulator, key = simulator and "key_example" } },
  host = simulator and "virtual" or nil,
  on_event = function(event)
    if event.event ~= "inspected" then print(event.event, event.status or event.class or event.path or event.model or "") end
  end,
}
local job = client:start { model = "studio/gen4.5", prompt = "a paper boat", duration = 4, save = arg[1] or "build/custom.mp4" }
local result, fault = job:await()
if not result then
  io.stderr:write(fault:explain(), "\n")
  os.exit(1)
end
print("saved " .. result.files[1])
