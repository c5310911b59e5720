--- How EvoLink writes its answers, and its errors in each of the shapes that have been seen: A is today's, B has integer codes, C came
-- through from a model's own service, D and D2 hold a message only, E is the files API's, F is OAuth's, G is a proxy's page.

local rand = require "openssl.rand"
local json = require "retake.simulator.json"

local M = {}

function M.random_hex(bytes)
  return (rand.bytes(bytes):gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

--- An answer with the headers the service sends.
---@return table response
function M.blank()
  return { status = 200, headers = { { "x-request-id", "req_" .. M.random_hex(8) } }, body = "" }
end

---@param status integer
---@param body table
---@return table response
function M.answer(status, body)
  local response = M.blank()
  response.status, response.body = status, json.encode(body)
  table.insert(response.headers, 1, { "content-type", "application/json; charset=utf-8" })
  return response
end

-- What each status is called where nobody says more.
local USUAL = {
  [400] = { "invalid_request", "Invalid request parameters", "invalid_request_error", "invalid_request_error" },
  [401] = { "unauthorized", "Invalid or expired token", "authentication_error", "authentication_error" },
  [402] = { "insufficient_quota", "Insufficient quota. Please top up your account.", "insufficient_quota", "insufficient_quota_error" },
  [403] = { "permission_denied", "You don't have permission to access this resource", "invalid_request_error", "permission_error" },
  [404] = { "task_not_found", "Task not found or expired", "invalid_request_error", "not_found_error" },
  [409] = { "idempotency_conflict", "Idempotency-Key was already used with a different request", "invalid_request_error",
    "invalid_request_error" },
  [413] = { "request_too_large", "Image file too large", "invalid_request_error", "request_too_large_error" },
  [429] = { "rate_limit_exceeded", "Too many requests, please try again later", "rate_limit_error", "rate_limit_error" },
  [500] = { "internal_error", "Internal server error", "api_error", "internal_server_error" },
  [502] = { "upstream_error", "Upstream AI service unavailable", "api_error", "upstream_error" },
  [503] = { "service_unavailable", "Service temporarily unavailable", "api_error", "service_unavailable_error" },
}

local SUGGESTIONS = { [429] = "retry after 60 seconds", [503] = "retry after 30 seconds", [502] = "try different model" }

local SHAPES = {}

function SHAPES.A(_, said)
  local body = { code = said.code, message = said.message, type = said.type, param = said.param }
  for name, value in pairs(said.fields or {}) do body[name] = value end
  return { error = body }
end

function SHAPES.B(status, said)
  return { error = { code = status, message = said.message, type = said.old_type, param = said.param,
    fallback_suggestion = SUGGESTIONS[status] } }
end

function SHAPES.C(status, said) return { error = { message = said.message, type = "", param = "", code = status } } end

function SHAPES.D(_, said) return { error = { message = said.message } } end

function SHAPES.D2(_, said) return { message = said.message } end

function SHAPES.E(status, said) return { success = false, code = tonumber(said.code) or status, msg = said.message } end

function SHAPES.F(_, said) return { error = said.code, error_description = said.message } end

function SHAPES.G(status, said)
  return string.format("<html><head><title>%d %s</title></head><body><h1>%s</h1></body></html>", status, said.message, said.message)
end

--- An error's body.
---@param status integer
---@param said table?  { code =, message =, type =, param =, fields = } where it is not the usual one of the status
---@param shape string?  "A" (default) to "G"
---@return table|string body
function M.error_body(status, said, shape)
  said = said or {}
  local usual = USUAL[status] or USUAL[status >= 500 and 500 or 400]
  local whole = {
    code = said.code or usual[1], message = said.message or usual[2], type = said.type or usual[3], old_type = said.type or usual[4],
    param = said.param, fields = said.fields,
  }
  return (SHAPES[shape or "A"] or SHAPES.A)(status, whole)
end

--- The same as an answer.
---@return table response
---@return table facts
function M.refuse(status, said, shape)
  local body = M.error_body(status, said, shape)
  local facts = { refused = said and said.message or (USUAL[status] or USUAL[400])[2], code = said and said.code }
  if type(body) == "table" then return M.answer(status, body), facts end
  local response = M.blank()
  response.status, response.body = status, body
  table.insert(response.headers, 1, { "content-type", "text/html" })
  return response, facts
end

return M
