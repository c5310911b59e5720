--- What a stand-in does with a request around its own handlers: what the script may match on is read first, access is checked, the handler
--- runs, and what it says of the task goes into the log.
local json = require "retake.simulator.json"
local log = require "retake.simulator.log"

local M = {}

-- Reads the body where it is small enough to be read at once, and what a submission is about.
local function look(service, request, operation, context, prompt_field)
  context.operation, context.path = operation, request.path
  local task = context.task_id and service.tasks[context.task_id]
  if task then context.model, context.task, context.prompt = task.model, task.ordinal, task.prompt end
  if context.streams then return end
  local size
  request.text, size = request.body()
  context.bytes = size > 0 and size or nil
  if operation ~= "submit" then return end
  local body = json.decode(request.text or "")
  if type(body) ~= "table" then return end
  context.model = type(body.model) == "string" and body.model or nil
  context.prompt = type(body[prompt_field]) == "string" and body[prompt_field] or nil
  context.prompt_digest = context.prompt and log.digest(context.prompt)
end

--- What a request is about, before anything is done about it.
---@param service table a stand-in
---@param request table
---@param parts { route: function, check_access: function, prompt_field: string }
---@return table context  { operation =, model =, prompt =, path =, task =, task_id = }
---@return fun(): table, table? handle  does it: response, facts for the log
function M.receive(service, request, parts)
  local operation, handler, context = parts.route(request)
  look(service, request, operation, context, parts.prompt_field)
  return context, function()
    if not context.is_open then
      local response, facts = parts.check_access(service, request)
      if response then return response, facts end
    end
    local response, facts = handler(service, request, context)
    facts = facts or {}
    if operation == "submit" and facts.task_id then
      context.task_id = facts.task_id
      local task = service.tasks[facts.task_id]
      if task then task.prompt = context.prompt end
    end
    return response, facts
  end
end

return M
