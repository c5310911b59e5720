--- How Runware tells of things: what a rehearsal answers in its place.
local M = {}

M.sample = "klingai:5@3"

local NONE = require("cjson").empty_array -- an answer without data has an empty list there, not an empty object

--- The client names its tasks itself.
function M.task_id(unique, body)
  local first = type(body) == "table" and body[1]
  return type(first) == "table" and first.taskUUID or unique
end

local function item(id, call, fields)
  fields.taskType, fields.taskUUID = call.task_type or "videoInference", id
  return fields
end

function M.accepted(id, call)
  return { data = { item(id, call, {}) } }
end

function M.running(id, call)
  return { data = { item(id, call, { status = "processing" }) } }
end

function M.succeeded(id, url, call)
  local data = {}
  local cost = call.estimate and call.estimate / call.count or nil
  for place = 1, call.count do data[place] = item(id, call, { status = "success", mediaURL = url, cost = cost }) end
  return { data = data }
end

local function failure(told, id)
  return { data = NONE, errors = { { code = told.code, message = told.message, parameter = told.about, taskUUID = id } } }
end

---@param told { code: string, message: string }
function M.failed(id, told, call)
  local errors = {}
  for place = 1, call.count do errors[place] = { code = told.code, message = told.message, taskUUID = id, status = "error" } end
  return { data = NONE, errors = errors }
end

function M.refused(told)
  return failure(told)
end

--- "Expired or never heard of": the code that names the task says no more.
function M.missing(id)
  return failure({ code = "taskNotFound", message = "The task was not found." }, id), 404
end

function M.uploaded()
  return { data = { { taskType = "mediaStorage", mediaUUID = "5f0b0f4c-1111-4111-8111-111111111111" } } }
end

M.words = {
  ["content.input"] = { on = "poll", code = "contentPolicyViolation", message = "The prompt violates the content policy" },
  ["content.output"] = { on = "poll", code = "invalidProviderContent", message = "The generated content was flagged and rejected" },
  ["request.invalid"] = { on = "submit", status = 400, code = "invalidDuration", message = "Invalid value for 'duration' parameter.",
    about = "duration" },
  ["request.too_large"] = { on = "submit", status = 413, code = "requestTooLarge", message = "The request is too large" },
  ["model.unavailable"] = { on = "submit", status = 400, code = "unsupportedModel", message = "The model is not supported" },
  ["account.unauthorized"] = { on = "submit", status = 401, code = "invalidApiKey", message = "Invalid API key." },
  ["account.forbidden"] = { on = "submit", status = 403, code = "permissionDenied",
    message = "The API key doesn't have permissions to perform the request." },
  ["account.credits"] = { on = "submit", status = 402, code = "insufficientCredits", message = "Insufficient credits. Please top up your balance." },
  ["account.quota"] = { on = "submit", status = 429, code = "quotaExceeded", message = "The monthly quota is reached" },
  ["limit.rate"] = { on = "submit", status = 429, code = "rateLimitExceeded", message = "Too many requests." },
  ["provider.capacity"] = { on = "poll", code = "serverOverloaded", message = "The servers are overloaded" },
  ["provider.internal"] = { on = "poll", code = "inferenceError", message = "The inference broke" },
  ["provider.unavailable"] = { on = "poll", code = "serviceTemporarilyUnavailable", message = "The service is temporarily unavailable." },
  ["provider.timeout"] = { on = "poll", code = "generationTimeout", message = "The generation took too long" },
  ["provider.upstream"] = { on = "poll", code = "providerError", message = "The model's provider failed" },
  ["generation.failed"] = { on = "poll", code = "taskFailed", message = "Nothing was generated" },
  ["task.cancelled"] = { on = "poll", code = "taskCancelled", message = "The task was cancelled" },
  ["task.duplicate"] = { on = "submit", status = 409, code = "conflictTaskUUID", message = "The taskUUID was used already" },
}

return M
