--- How Runware writes its answers: { data = [...], errors = [...] }, and its errors in every form that has been seen of it.
--
-- A script names the form as `shape`, of the whole script, of a fault or of a state:
--   errors   { data = [], errors = [ item ] }        (default)       bare    { errors = [ item ] }
--   status   the same, the item with status = "error"                data    { data = [ { status = "error", error = { code, message } } ] }
--   single   { error = item }                                        frame   [ { errors = [ item ] } ]
--   legacy   { error = true, errorId, errorMessage }

local rand = require "openssl.rand"
local json = require "retake.simulator.json"

local M = {}

---@param bytes integer
---@return string hex
function M.random_hex(bytes)
  return (rand.bytes(bytes):gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

---@return string uuid  version 4
function M.uuid()
  local h = M.random_hex(16)
  return string.format("%s-%s-4%s-a%s-%s", h:sub(1, 8), h:sub(9, 12), h:sub(14, 16), h:sub(18, 20), h:sub(21, 32))
end

---@return table response
function M.blank()
  return { status = 200, headers = { { "x-request-id", M.uuid() } }, body = "" }
end

---@param status integer
---@param body table
---@return table response
function M.answer(status, body)
  local response = M.blank()
  response.status, response.body = status, json.encode(body)
  table.insert(response.headers, 1, { "content-type", "application/json" })
  return response
end

local function list(items) return #items > 0 and items or json.empty_list end

--- A body of items that went well and items that did not.
---@param data table[]
---@param errors table[]
---@param shape string?
---@return table body
function M.body(data, errors, shape)
  if #errors == 0 then return { data = list(data) } end
  if shape == "data" then
    local all = {}
    for _, item in ipairs(data) do all[#all + 1] = item end
    for _, item in ipairs(errors) do
      all[#all + 1] = { taskType = item.taskType, taskUUID = item.taskUUID, status = "error", error = { code = item.code, message = item.message,
        responseContent = item.responseContent } }
    end
    return { data = all }
  end
  if #data > 0 then return { data = data, errors = errors } end
  if shape == "bare" then return { errors = errors } end
  if shape == "single" then return { error = errors[1], taskUUID = errors[1].taskUUID, taskType = errors[1].taskType } end
  if shape == "frame" then return { { errors = errors } } end
  if shape == "legacy" then return { error = true, errorId = 19, errorMessage = errors[1].message } end
  if shape == "status" then
    for _, item in ipairs(errors) do item.status = "error" end
  end
  return { data = json.empty_list, errors = errors }
end

local BY_STATUS = {
  [400] = { "invalidParameter", "Invalid value for 'model' parameter." },
  [401] = { "invalidApiKey", "Invalid API key. Get one at https://my.runware.ai/signup" },
  [402] = { "insufficientCredits", "Insufficient credits. Please top up your balance." },
  [403] = { "permissionDenied", "The API key doesn't have permissions to perform the request." },
  [404] = { "notFound", "The requested resource doesn't exist." },
  [429] = { "rateLimitExceeded", "Too many requests." },
  [500] = { "internalServerError", "Something went wrong on Runware's end." },
  [503] = { "serviceUnavailable", "The service is temporarily unavailable." },
}

--- The body of a fault that names a status or a code and no body.
---@param plan table
---@return table body
function M.fault_body(plan)
  local known = BY_STATUS[plan.status or 500] or { "standardError", "An error occurred." }
  return M.body({}, { { code = plan.code or known[1], message = plan.message or known[2] } }, plan.shape)
end

return M
