--- Labelled errors (spec/corpus): reading them, and judging a fault by its label.
local cjson = require "cjson.safe"
local core = require "retake.core"

local M = {}

-- Bodies keep their nulls, the label's own fields do not.
local function known(value)
  if value ~= cjson.null then return value end
end

--- The rows of a file.
---@param name string
---@return table[] rows { line, provider, expect, category, ..., evidence = what classify takes, without a provider }
function M.rows(name)
  local rows = {}
  for line in io.lines("spec/corpus/" .. name) do
    local row = assert(cjson.decode(line))
    row.line = line
    row.evidence = { operation = known(row.operation), status = known(row.status), headers = known(row.headers), body = known(row.body) }
    rows[#rows + 1] = row
  end
  return rows
end

--- Whether a class is among those expected; an empty list expects no failure.
---@param class string|nil
---@param expect string[]
---@return boolean exactly, boolean family
function M.judge(class, expect)
  if #expect == 0 or not class then return #expect == 0 and not class, #expect == 0 and not class end
  local exactly, family = false, false
  for _, one in ipairs(expect) do
    exactly = exactly or one == class
    family = family or one:match "^%a+" == class:match "^%a+"
  end
  return exactly, family
end

local retry_of = {}
for _, info in ipairs(core.classes()) do retry_of[info.class] = info.retry end

--- Whether a class lets the same request go again after a while.
---@param class string|nil
---@return boolean
function M.may_go_again(class)
  return class ~= nil and retry_of[class] == "wait"
end

--- Whether an error must never be sent again as it is: refused content, credits, keys.
---@param expect string[]
---@return boolean
function M.is_grave(expect)
  local best = expect[1] or ""
  return best:find "^content" ~= nil or best:find "^account" ~= nil and best ~= "account.quota"
end

return M
