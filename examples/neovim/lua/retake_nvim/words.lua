--- A job in words for who knows the plugin and not the module: its state, what it failed of, and its story.
local M = {}

local states = { prepare = "preparing", submit = "submitting", submitting = "submitting", poll = "waiting", download = "saving",
  decide = "deciding", recover = "recovering", cancel = "cancelling", succeeded = "done" }

--- A job's state in a word or two; the statusline, the list and the text beside the place all have it from here.
---@param job table
---@return string
function M.state(job)
  if job.done and job.fault then return job.fault.class == "local.cancelled" and "cancelled" or "failed" end
  if job.state == "poll" and job.progress then return ("%.0f%%"):format(job.progress * 100) end
  return job.state == "poll" and job.status and job.status:lower() or states[job.state] or job.state
end

-- Where the module's words are too long for a line that has a prompt in it as well.
local headlines = {
  ["content.input"] = "moderation refused it", ["content.output"] = "it was made, and withheld by moderation",
  ["model.unavailable"] = "there is no such model for this account", ["account.unauthorized"] = "no valid key was given",
  ["submit.unknown"] = "nobody knows whether it was accepted", ["local.deadline"] = "it took too long",
}

--- What a job failed of, as half a sentence.
---@param fault table
---@return string
function M.headline(fault)
  return headlines[fault.class] or require("retake.plain_words").failure(fault.class)
end

-- What the module's advice names and the plugin has not: functions of the client, subcommands, the support bundle.
local foreign = {
  { "; `client:unblock` lets it be sent again once a person has cleared it", "" },
  { "; `retake check` tells what [^.;]- wants of it", "" },
  { "send (%S+) the support bundle", "write to %1 with what stands here" },
  { "Send it to (%S+) with the support bundle", "Send it to %1 with what stands here" },
  { "with the ids of the support bundle", "with the ids that stand here" },
}

--- The story of a job as retake tells it, without what only a program could do.
---@param text string
---@return string
function M.story(text)
  for _, pair in ipairs(foreign) do text = text:gsub(pair[1], pair[2]) end
  local kept = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do -- what is left, in words of a later version, is of no use here either
    if not (line:find "client:%w" or line:find "support bundle" or line:find "`retake %w") then kept[#kept + 1] = line end
  end
  return table.concat(kept, "\n")
end

return M
