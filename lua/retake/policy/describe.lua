--- What is known of policies without asking them: which classes they answer. The makers of policies say it of what they make; of a script's
-- own function nothing is known.
local M = {}

local descriptions = setmetatable({}, { __mode = "k" })

-- How sure it is that a policy answers the first failure of a class, from least to most.
M.NEVER, M.PERHAPS, M.ALWAYS = 0, 1, 2

--- Notes what a policy does.
---@param policy function
---@param answers fun(info: table): integer from a row of core.classes()
---@param parts table|nil { label = string, list = policy[], classes = fun(info: table): boolean, models = string[] } for reports
---@param move string|nil what all its decisions are: "retry", "revise", "resume", "give_up", or a model
---@param always boolean|nil it answers each failure of the classes that it answers, for as long as the gate lets it
---@return function policy the same
function M.note(policy, answers, parts, move, always)
  descriptions[policy] = { answers = answers, parts = parts, move = move, always = always }
  return policy
end

--- What all decisions of a policy are, where that is known.
---@param policy function
---@return string|nil move, boolean|nil always
function M.move(policy)
  local known = descriptions[policy]
  if known then return known.move, known.always end
end

--- How sure it is that the policy answers the first failure of the class.
---@param policy function
---@param info table a row of core.classes()
---@return integer
function M.answers(policy, info)
  local known = descriptions[policy]
  return known and known.answers(info) or not known and M.PERHAPS or M.NEVER
end

--- The policies a policy is made of.
---@param policy function
---@return table|nil parts
function M.parts(policy)
  return descriptions[policy] and descriptions[policy].parts
end

--- What may be one condition more than the policy inside knows of.
---@param policy function
---@return fun(info: table): integer
function M.perhaps(policy)
  return function(info) return math.min(M.PERHAPS, M.answers(policy, info)) end
end

return M
