--- How a provider of a script's own tells of things in a rehearsal. Nobody but its definition knows the form of its answers, and a definition
--- can only read: so the rehearsal's copy of it reads this form. Errors are classified by the definition's own rules all the same.
local M = {}

function M.task_id(unique)
  return unique
end

function M.accepted(id)
  return { rehearsed = true, id = id, status = "queued" }
end

function M.running(id)
  return { rehearsed = true, id = id, status = "running" }
end

function M.succeeded(id, url)
  return { rehearsed = true, id = id, status = "succeeded", output = url }
end

function M.failed(id, told)
  return { rehearsed = true, id = id, status = told.state or "failed", error = { code = told.code, message = told.message } }
end

function M.refused(told)
  return { error = { code = told.code, message = told.message, param = told.about } }
end

function M.uploaded()
  return { rehearsed = true }
end

local function ours(body)
  return type(body) == "table" and body.rehearsed == true
end

local function with(part, own)
  local copy = {}
  for key, value in pairs(part) do copy[key] = value end
  for key, value in pairs(own) do copy[key] = value end
  return copy
end

--- A copy of the definition that reads what is written here.
---@param definition table
---@return table copy
function M.readable(definition)
  local poll = with(definition.poll, {
    encode = function(id) return { method = "GET", path = "/rehearsal/" .. id } end,
    decode = function(body)
      return ours(body) and { task_id = body.id, status = body.status, state = body.status, outputs = { body.output } } or nil
    end,
  })
  poll.batch = nil
  return with(definition, {
    poll = poll,
    submit = with(definition.submit, { decode = function(body) return ours(body) and { task_id = body.id } or nil end }),
    upload = definition.upload and with(definition.upload, {
      decode = function(body) return ours(body) and { uri = "https://rehearsal.invalid/file" } or nil end,
    }),
  })
end

M.words = {}

return M
