--- What retake knows of errors in general: used for providers that nobody described, and after a provider's own rules.
local core = require "retake.core"

local M = {}

--- Transport outcomes of the engine.
local transport = {
  { class = "network.resolve", transport = "resolve" },
  { class = "network.connect", transport = "connect" },
  { class = "network.tls", transport = "tls" },
  { class = "network.timeout", transport = "timeout" },
  { class = "network.interrupted", transport = "interrupted" },
  { class = "network.protocol", transport = { "protocol", "too_large" } },
  { class = "local.storage", transport = "storage" },
  { class = "local.cancelled", transport = { "cancelled", "closed" } },
}

--- Words that mean the same thing nearly everywhere.
local words = {
  { class = "content.output", message = { "output*moderation", "output*flagged", "generated content*flagged" } },
  { class = "content.input", message = { "content moderation", "flagged", "content policy", "usage policy", "safety system", "nsfw" } },
  { class = "account.credits", status = "4xx", message = { "not enough credits", "insufficient credit", "insufficient balance",
    "insufficient fund", "payment required" } },
  { class = "account.suspended", message = { "account*suspended", "account*disabled", "account*banned", "key*disabled" } },
  { class = "limit.rate", message = { "too many requests", "rate limit", "too many concurrent" } },
  { class = "provider.capacity", status = { "4xx", "5xx" }, message = { "overloaded", "at capacity", "no capacity" } },
}

--- Statuses, when nothing more was said.
local statuses = {
  { class = "account.unauthorized", status = 401 },
  { class = "account.credits", status = 402 },
  { class = "task.not_found", status = { 403, 404, 410 }, operation = "download",
    hint = "the output's URL has expired: read the task again for a fresh one" },
  { class = "account.forbidden", status = 403 },
  { class = "task.not_found", status = { 404, 410 }, operation = { "poll", "cancel" } },
  { class = "request.invalid", status = { 404, 405, 406, 410, 415, 422 } },
  { class = "network.timeout", status = 408 },
  { class = "task.duplicate", status = 409, operation = "submit" },
  { class = "request.too_large", status = { 413, 414, 431 } },
  { class = "limit.rate", status = 429 },
  { class = "provider.internal", status = 500 },
  { class = "provider.unavailable", status = { 502, 503, 504 } },
  { class = "provider.capacity", status = 529 },
  { class = "request.invalid", status = "4xx" },
  { class = "provider.internal", status = "5xx" },
  { class = "network.protocol", status = { "1xx", "2xx", "3xx" } },
}

M.rules = {}
for _, part in ipairs { transport, words, statuses } do
  for _, rule in ipairs(part) do M.rules[#M.rules + 1] = rule end
end

M.compiled = core.rules(M.rules, "generic")

local function text(value)
  if type(value) == "string" and value ~= "" then return value end
  if type(value) == "number" then return ("%.14g"):format(value) end
end

local function add(findings, error_table)
  local finding = {
    code = text(error_table.code) or text(error_table.status),
    type = text(error_table.type),
    message = text(error_table.message) or text(error_table.detail) or text(error_table.error),
    field = text(error_table.param) or text(error_table.field),
  }
  if finding.code or finding.type or finding.message then findings[#findings + 1] = finding end
end

--- Where bodies of unknown providers hold their errors.
---@param body table a decoded JSON body
---@return table findings
function M.evidence(body)
  local findings = {}
  if type(body.error) == "table" then add(findings, body.error)
  elseif text(body.error) then add(findings, { message = body.error, code = body.code, type = body.type }) end
  if type(body.errors) == "table" then
    for i = 1, math.min(#body.errors, 32) do
      local item = body.errors[i]
      if type(item) == "table" then add(findings, item) elseif text(item) then add(findings, { message = item }) end
    end
  end
  if #findings == 0 and (text(body.message) or text(body.detail)) then
    local failed = text(body.code) or text(body.type) or body.success == false
    if failed or not (body.id or body.status) then add(findings, body) end
  end
  return findings
end

return M
