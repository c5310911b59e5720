--- Exit codes: one for each family of failures, so that a shell script can tell them apart. Help, README and specs are made from this.

local M = {}

M.success, M.crash, M.usage, M.interrupted = 0, 1, 2, 130

--- Families of classes in the taxonomy's order, each with its code and what it means for a shell script.
M.families = {
  { family = "content", code = 10, meaning = "moderation refused the content: change the prompt or the media" },
  { family = "request", code = 11, meaning = "a parameter is wrong: change the request" },
  { family = "model", code = 12, meaning = "the model is not to be had: name another" },
  { family = "asset", code = 13, meaning = "an input file or URL does not fit: change it" },
  { family = "account", code = 14, meaning = "key, credits, plan or quota: the account's owner has to act" },
  { family = "limit", code = 15, meaning = "too many requests: try again later" },
  { family = "provider", code = 16, meaning = "the provider's trouble: try again later" },
  { family = "generation", code = 17, meaning = "the model made nothing usable" },
  { family = "task", code = 18, meaning = "the task is gone or was cancelled" },
  { family = "submit", code = 19, meaning = "unknown whether a task was accepted: look before paying again" },
  { family = "network", code = 20, meaning = "no proper answer over the network" },
  { family = "local", code = 21, meaning = "ended here: deadline, budget, storage, or a refusal of the gate" },
  { family = "unknown", code = 22, meaning = "nothing is known of this failure" },
}

local others = {
  { code = M.success, meaning = "done" },
  { code = M.crash, meaning = "a mistake in retake or its installation" },
  { code = M.usage, meaning = "wrong arguments" },
}

--- The exit code for a class of failure.
---@param class string
---@return integer
function M.of(class)
  local family = class:match "^[^.]+"
  for _, entry in ipairs(M.families) do
    if entry.family == family then return entry.code end
  end
  return M.of "unknown"
end

--- All codes in order: code, what stands for it, meaning.
---@return table[] rows { code =, family = string|nil, meaning = }
function M.rows()
  local rows = {}
  for _, list in ipairs { others, M.families, { { code = M.interrupted, meaning = "interrupted (Ctrl-C)" } } } do
    for _, row in ipairs(list) do rows[#rows + 1] = row end
  end
  return rows
end

--- The codes for a help text.
---@return string
function M.help()
  local lines = {}
  for i, row in ipairs(M.rows()) do lines[i] = ("  %3d  %-11s %s"):format(row.code, row.family or "", row.meaning) end
  return table.concat(lines, "\n") .. "\n"
end

return M
