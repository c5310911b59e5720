--- What a person does next about a job that failed: by the class of its failure, the provider's remedy, and what is known of its task.
local provider_of = require "retake.provider"

local M = {}

local function key_of(fault)
  local definition = fault.provider and provider_of.get(fault.provider)
  return definition and definition.key_variable or "the provider's key"
end

local function field_of(fault, otherwise)
  return fault.field and "`" .. fault.field .. "`" or otherwise
end

local function name_of(fault)
  return fault.provider or "the provider"
end

local function refused(fault)
  local what = field_of(fault, "the prompt or the media")
  local why = fault.category and fault.category ~= "general" and (" (%s)"):format(fault.category) or ""
  return ("Change %s: %s refuses it%s, and sending it again unchanged may get the account suspended. If it is a false positive, report that to "
    .. "%s, whose support cannot let the same input pass; `client:unblock` lets it be sent again once a person has cleared it."):format(what,
      name_of(fault), why, name_of(fault))
end

local function withheld(fault)
  return ("Change the prompt or the media: %s made an output and withheld it."):format(name_of(fault))
end

local function input(fault)
  return ("Repair or replace the input %s; `retake check` tells what %s wants of it."):format(field_of(fault, "at fault"), name_of(fault))
end

local function wait(fault)
  local when = fault.retry_after and fault.retry_after > 0 and ("in %.0f s"):format(fault.retry_after) or "later"
  return ("Start the job again %s, or name another model as a fallback. If it stays like this, send %s the support bundle."):format(when,
    name_of(fault))
end

local function connection() return "Look at the network here: connection, DNS, proxy, firewall, `base_url`. Then start the job again." end

local function slower(fault)
  local when = fault.retry_after and fault.retry_after > 0 and ("in %.0f s"):format(fault.retry_after) or "later"
  return ("Start the job again %s, and let fewer run at once (`providers.%s.concurrency`)."):format(when, fault.provider or "NAME")
end

local function look_first(fault)
  return ("Look at the account's usage at %s before this is sent again: a task may be running, and may be charged."):format(name_of(fault))
end

local function nobody_knows(fault)
  return ("Read %s's words above: retake does not know this failure. Send it to %s with the support bundle."):format(name_of(fault), name_of(fault))
end

-- By class, else by family. Functions of the fault.
local steps = {
  ["content.input"] = refused, ["content.output"] = withheld,
  ["request.invalid"] = function(fault) return ("Correct %s."):format(field_of(fault, "the request as the message says")) end,
  ["request.too_large"] = function() return "Make the request smaller: upload large inputs or give them as URLs." end,
  ["model"] = function(fault) return ("Name another model, or ask %s whether this account may use this one."):format(name_of(fault)) end,
  ["asset"] = input,
  ["account.unauthorized"] = function(fault) return ("Set a valid key: %s."):format(key_of(fault)) end,
  ["account.forbidden"] = function(fault) return ("Have the account's owner see what this key of %s may do."):format(name_of(fault)) end,
  ["account.suspended"] = function(fault) return ("Have the account's owner write to %s: key or account is disabled."):format(name_of(fault)) end,
  ["account.credits"] = function(fault) return ("Buy credits at %s, or settle what is open there."):format(name_of(fault)) end,
  ["account.quota"] = function(fault) return ("Wait until the limit is renewed, or have it raised at %s."):format(name_of(fault)) end,
  ["limit"] = slower,
  ["provider"] = wait,
  ["provider.upstream"] = function(fault)
    return ("Start the job again later, with simpler inputs of lower resolution, or take one of %s's own models."):format(name_of(fault))
  end,
  ["generation"] = function()
    return "Try again with inputs that do not contradict each other and are neither very small nor very large; another model tells whether it "
      .. "is the input or the model."
  end,
  ["task.not_found"] = look_first, ["task.cancelled"] = function() return "Start the job again if it is still wanted." end,
  ["task.duplicate"] = look_first, ["submit"] = look_first,
  ["network"] = connection,
  ["network.timeout"] = wait, ["network.interrupted"] = wait, ["network.protocol"] = wait,
  ["local.deadline"] = function(fault)
    if not fault.task_id then return "Start the job again with a longer `deadline`." end
    return ("Ask %s about the task %s before this is sent again: it may still be running, and may be charged. Next time give a longer "
      .. "`deadline`."):format(name_of(fault), fault.task_id)
  end,
  ["local.budget"] = function(fault)
    if fault.code == "retry_budget" then return "Start the job again later: too many calls have failed lately for more retries." end
    return "Allow the job more (`max_credits`, `max_attempts`), or name a cheaper model."
  end,
  ["local.cancelled"] = function() return nil end,
  ["local.refused"] = function() return "Change the policy: it asked for what must not be done. The failure it answered is told above." end,
  ["local.storage"] = function() return "Make room, or name another place for what could not be written." end,
  ["unknown"] = nobody_knows,
}

-- A task that was paid for must not be forgotten over the failure.
local function about_money(fault, record, list)
  if fault.effect == "unknown" and fault.class ~= "submit.unknown" then list[#list + 1] = look_first(fault) end
  if fault.billed == "yes" and not record.outputs then
    list[#list + 1] = ("It was billed although it failed: ask %s for the credits, with the ids of the support bundle."):format(name_of(fault))
  end
end

local function step_for(fault)
  local step = steps[fault.class] or steps[fault.class:match "^[^.]+"] or nobody_knows
  return step(fault)
end

-- What was made and paid for is fetched, not made again.
local function paid_outputs(fault, outputs)
  local list = { "Fetch the output before its link runs out: it was made, and the job is not to be started again for it." }
  for _, url in ipairs(outputs) do
    if not url:find "^data:" then list[#list + 1] = url end
  end
  if fault.class == "local.storage" then list[#list + 1] = step_for(fault) end
  return list
end

-- Verdicts of our own end a job over a failure that is still to be dealt with.
local function failure_behind(fault, record)
  local last = record.attempts and record.attempts[#record.attempts]
  if not fault.class:find "^local%." or fault.class == "local.cancelled" or not last or not last.class then return nil end
  return last.class ~= fault.class and last or nil
end

--- What to do next, in the order of doing it.
---@param fault table fields of the fault
---@param record table|nil of the job
---@return string[] sentences
function M.after_failure(fault, record)
  record = record or {}
  if record.outputs and #record.outputs > 0 then return paid_outputs(fault, record.outputs) end
  local list = { step_for(fault) }
  local behind = failure_behind(fault, record)
  if behind then list[#list + 1] = step_for(behind) end
  if fault.hint and fault.class ~= "submit.unknown" then -- whose hint is what was said already
    list[#list + 1] = "Remedy: " .. fault.hint:gsub("([^.!?])$", "%1.")
  end
  about_money(fault, record, list)
  if #list == 0 then list[1] = "Nothing: the job was cancelled." end
  return list
end

return M
