--- What retake knows of errors in general: used for providers that nobody described, and after a provider's own rules.
local core = require "retake.core"
local content = require "retake.provider.generic_content"
local generic_rules = require "retake.provider.generic_rules"
local words = require "retake.provider.generic_words"

local M = { name = "generic" }

M.rules = generic_rules.rules
M.rules.advice = words.split(content.advice)
M.compiled = core.rules(M.rules, "generic")

-- The category of refused content is a set of rules of its own, over the same findings.
M.categories = {}
for _, category in ipairs(content.categories) do
  M.categories[#M.categories + 1] = { class = "content.input", message = words.split(category[2]), category = category[1] }
  M.categories[#M.categories + 1] = { class = "content.input", code = words.patterns(category[2]), category = category[1] }
  M.categories[#M.categories + 1] = { class = "content.input", type = words.patterns(category[2]), category = category[1] }
end
-- Where that is all: words of four letters are part of others in codes.
M.categories[#M.categories + 1] = { class = "content.input", code = { "nsfw", "*.nsfw", "nsfw_*", "has_nsfw*", "is_nsfw" }, category = "adult" }
M.categories.advice = words.split(content.advice .. "|" .. content.examples)
M.compiled_categories = core.rules(M.categories, "categories")

return M
