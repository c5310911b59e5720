--- How EvoLink tells of things: what a rehearsal answers in its place.
local M = {}

M.sample = "veo-3.1-fast-generate-preview"

function M.task_id(unique)
  return "task-unified-" .. unique
end

local function task(id, status, call)
  return { id = id, object = "video.generation.task", status = status, model = call.model, progress = status == "completed" and 100 or 50 }
end

function M.accepted(id, call)
  local body = task(id, "pending", call)
  body.progress = 0
  body.usage = call.estimate and { credits_reserved = call.estimate } or nil
  return body
end

function M.running(id, call)
  return task(id, "processing", call)
end

function M.succeeded(id, url, call)
  local body = task(id, "completed", call)
  body.results = {}
  for place = 1, call.count do body.results[place] = url end
  body.usage = call.estimate and { credits_used = call.estimate } or nil
  return body
end

---@param told { code: string, message: string, state: string|nil }
function M.failed(id, told, call)
  local body = task(id, told.state or "failed", call)
  body.error = { code = told.code, message = told.message, type = "task_error" }
  return body
end

function M.refused(told)
  return { error = { code = told.code, message = told.message, type = told.type, param = told.about } }
end

--- Several tasks in one answer.
function M.batch(bodies)
  return { data = bodies }
end

--- The tasks that such a call asks for.
function M.asked_for(body)
  return body.task_ids
end

function M.uploaded()
  return { success = true, code = 200, data = { file_url = "https://rehearsal.invalid/file" } }
end

M.words = {
  ["content.input"] = { on = "poll", code = "content_policy_violation", message = "The prompt violates the content policy" },
  ["content.output"] = { on = "poll", code = "output_moderation_failed", message = "The generated video was withheld by moderation" },
  ["request.invalid"] = { on = "submit", status = 400, code = "invalid_parameters", message = "duration is out of range", about = "duration" },
  ["request.too_large"] = { on = "submit", status = 413, code = "request_too_large", message = "The request is too large" },
  ["model.unavailable"] = { on = "submit", status = 404, code = "model_not_found", message = "The model does not exist" },
  ["account.unauthorized"] = { on = "submit", status = 401, code = "unauthorized", message = "Invalid or expired token" },
  ["account.forbidden"] = { on = "submit", status = 403, code = "permission_denied", message = "You don't have permission to access this resource" },
  ["account.credits"] = { on = "submit", status = 402, code = "insufficient_quota", message = "Insufficient quota. Please top up your account." },
  ["account.quota"] = { on = "submit", status = 403, code = "key_daily_limit_exceeded", message = "The key's daily limit is reached" },
  ["limit.rate"] = { on = "submit", status = 429, code = "rate_limit_exceeded", message = "Too many requests, please try again later" },
  ["provider.capacity"] = { on = "poll", code = "resource_exhausted", message = "The model is overloaded" },
  ["provider.internal"] = { on = "poll", code = "internal_error", message = "Internal server error" },
  ["provider.unavailable"] = { on = "submit", status = 503, code = "service_unavailable", message = "Service temporarily unavailable",
    type = "service_unavailable_error" },
  ["provider.timeout"] = { on = "poll", code = "generation_timeout", message = "The generation took too long" },
  ["provider.upstream"] = { on = "poll", code = "upstream_error", message = "The model's provider failed" },
  ["generation.failed"] = { on = "poll", code = "generation_failed_no_content", message = "Nothing was generated" },
  ["task.cancelled"] = { on = "poll", state = "cancelled", code = "task_cancelled", message = "The task was cancelled" },
  ["task.duplicate"] = { on = "submit", status = 409, code = "idempotency_conflict",
    message = "Idempotency-Key was already used with a different request" },
}

return M
