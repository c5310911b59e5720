--- How Runway tells of things: what a rehearsal answers in its place.
local M = {}

M.sample = "gen4_turbo"

-- Charged although they fail: "moderated generations are charged" (Runway's page on failures).
local function is_charged(code)
  return code:find("^SAFETY%.") ~= nil
end

--- The answer to a submission that is accepted.
function M.accepted(id, call)
  return { id = id, estimatedCost = call.estimate and { credits = call.estimate } or nil }
end

--- An id, of a form that the API gives.
function M.task_id(unique)
  return unique
end

function M.running(id)
  return { id = id, status = "RUNNING", progress = 0.5 }
end

function M.succeeded(id, url, call)
  return { id = id, status = "SUCCEEDED", output = { url }, cost = call.estimate and { credits = call.estimate } or nil }
end

--- The end of a task that failed.
---@param told { code: string, message: string, status: string|nil }
function M.failed(id, told, call)
  local cost = call.estimate and { credits = is_charged(told.code or "") and call.estimate or 0 } or nil
  return { id = id, status = told.state or "FAILED", failure = told.message, failureCode = told.code, cost = cost }
end

--- The body of a refusal.
function M.refused(told)
  local issues = told.about and { { code = told.code or "custom", message = told.message, path = { told.about } } } or nil
  return { error = issues and "Validation of body failed" or told.message, issues = issues, docUrl = "https://docs.dev.runwayml.com/api" }
end

function M.uploaded()
  return { uploadUrl = "https://rehearsal.invalid/upload", fields = { key = "rehearsal" }, runwayUri = "runway://rehearsal" }
end

--- What it says for each class: when it is told (submit: the submission is refused, poll: the task fails), and how.
M.words = {
  ["content.input"] = { on = "poll", code = "SAFETY.INPUT.TEXT", message = "Content moderation: the prompt was flagged" },
  ["content.output"] = { on = "poll", code = "SAFETY.OUTPUT.VIDEO", message = "Content moderation: the output was withheld" },
  ["request.invalid"] = { on = "submit", status = 400, about = "duration", code = "invalid_value", message = "Invalid input" },
  ["request.too_large"] = { on = "submit", status = 413, message = "Request body is too large" },
  ["model.unavailable"] = { on = "submit", status = 403, message = "Model variant is not available" },
  ["asset.invalid_uri"] = { on = "submit", status = 400, about = "promptImage", message = "Invalid data URI." },
  ["asset.insecure_url"] = { on = "submit", status = 400, about = "promptImage", message = "Invalid asset. Only HTTPS URLs are allowed." },
  ["asset.ip_address"] = { on = "submit", status = 400, about = "promptImage", message = "Invalid asset. URLs must be hosted on a domain." },
  ["asset.unreachable"] = { on = "submit", status = 400, about = "promptImage",
    message = "Failed to fetch asset. The server hosting the asset may be down or unreachable." },
  ["asset.bad_status"] = { on = "submit", status = 400, about = "promptImage",
    message = "Failed to fetch asset. Received HTTP response code \"403\"." },
  ["asset.timeout"] = { on = "submit", status = 400, about = "promptImage", message = "Timeout while fetching asset." },
  ["asset.media_type"] = { on = "submit", status = 400, about = "promptImage", message = "Unsupported Content-Type response header: text/html" },
  ["asset.no_length"] = { on = "submit", status = 400, about = "promptImage", message = "Content-Length not provided." },
  ["asset.too_large"] = { on = "submit", status = 400, about = "promptImage", message = "Asset size exceeds 16.0MB." },
  ["asset.dimensions"] = { on = "submit", status = 400, about = "promptImage", message = "Invalid asset dimensions." },
  ["asset.aspect_ratio"] = { on = "submit", status = 400, about = "promptImage", message = "Invalid asset aspect ratio." },
  ["asset.duration"] = { on = "submit", status = 400, about = "promptVideo", message = "Asset duration must be at most 10 seconds." },
  ["asset.corrupt"] = { on = "poll", code = "ASSET.CORRUPT", message = "The asset could not be decoded" },
  ["asset.invalid"] = { on = "poll", code = "ASSET.INVALID", message = "Invalid asset" },
  ["account.unauthorized"] = { on = "submit", status = 401, message = "You did not provide a valid API key" },
  ["account.forbidden"] = { on = "submit", status = 403, message = "This API key may not do this." },
  ["account.credits"] = { on = "submit", status = 400, message = "You do not have enough credits to run this task." },
  ["account.quota"] = { on = "submit", status = 429, message = "Daily task limit reached" },
  ["limit.rate"] = { on = "submit", status = 429, message = "Too many requests per minute" },
  ["provider.capacity"] = { on = "poll", code = "THIRD_PARTY.UNAVAILABLE", message = "The model is down or at capacity" },
  ["provider.internal"] = { on = "poll", code = "INTERNAL", message = "An unexpected error occurred." },
  ["provider.unavailable"] = { on = "submit", status = 503, message = "Service Unavailable" },
  ["provider.timeout"] = { on = "poll", code = "INTERNAL.TIMEOUT", message = "The generation took too long" },
  ["provider.upstream"] = { on = "poll", code = "THIRD_PARTY.ERROR", message = "The model's provider failed" },
  ["generation.failed"] = { on = "poll", code = "INTERNAL.BAD_OUTPUT.CODE01", message = "The generation failed" },
  ["task.cancelled"] = { on = "poll", state = "CANCELLED", code = "CANCELLED", message = "The task was cancelled" },
}

return M
