--- What tells one request of a job from another: its fields, and what they come to at the provider. A field that a model does not take, or that
-- says what holds anyway, makes no other request of it: what was sent for it is the same, and so is what may become of it.
local assets = require "retake.job.assets"
local provider = require "retake.provider"
local request_of = require "retake.request"

local M = {}

-- The name of no submission.
local NO_ONE = "00000000-0000-4000-8000-000000000000"

-- Words and inputs are told apart by the content's fingerprint, which knows that a space more is no change.
local function without_content(request, model)
  local plain = assets.stand_ins(request)
  for _, name in ipairs { "prompt", "negative_prompt" } do
    if plain[name] and plain[name] ~= "" then plain[name] = "words" end
  end
  plain.model = model
  return plain
end

--- What would be sent for a request, as a hash; nil where that cannot be told.
---@param client table
---@param request table
---@param content string its fingerprint
---@return string|nil wire 16 hex digits
function M.wire(client, request, content)
  local name, model = provider.split(request.model)
  local definition = client:provider(name)
  if not definition then return nil end
  local encoded, call = pcall(function() return (definition.submit.encode(without_content(request, model), { key = NO_ONE })) end)
  if not encoded or type(call) ~= "table" then return nil end
  return request_of.digest(content, { model = request.model, path = call.path, body = call.body })
end

--- The name that the job's history knows a request by: of an earlier one where the same was sent for it.
---@param record table
---@param request table
---@param content string
---@param wire string|nil
---@return string hash 16 hex digits
function M.name(record, request, content, wire)
  local hash = request_of.hash(request, content)
  if record.history and record.history[hash] then return hash end
  for known, entry in pairs(wire and record.history or {}) do
    if entry.wire == wire then return known end
  end
  return hash
end

--- Notes what the failed request is known by. Most requests do not fail, and nobody asks after the name of those.
---@param job table
function M.note(job)
  local record = job.record_
  if not record.content or record.hash and record.wire then return end -- it was never prepared, or a decision named it
  record.wire = M.wire(job.client, record.request, record.content)
  record.hash = M.name(record, record.request, record.content, record.wire)
end

return M
