--- What a job tells of itself: to a person, and to the provider's support. These are methods of the job.
local core = require "retake.core"
local story = require "retake.story"
local support_bundle = require "retake.support_bundle"

local M = {}

--- The job's story in plain words: what failed, what was done about it, what it cost, what to do next. While it runs too.
---@return string text several lines
function M.explain(job)
  return story.tell(job.record_, job.client.host.now())
end

local bundle_options = { prompt = true, sources = true, key = true }

-- The keys that this job was sent with, and what tells them apart without giving them away.
local function keys_of(job)
  local keys, fingerprints = {}, {}
  for _, row in ipairs(job.record_.attempts) do
    local _, settings = job.client:provider(row.provider)
    if settings and settings.key and not fingerprints[row.provider] then
      local fingerprint = core.fingerprint()
      fingerprint:add(settings.key)
      keys[#keys + 1], fingerprints[row.provider] = settings.key, fingerprint:hex():sub(1, 12)
    end
  end
  return keys, fingerprints
end

-- How the job's models did for all jobs of its client.
local function health_of(job)
  local health, found = job.client:health(), {}
  for _, row in ipairs(job.record_.attempts) do
    local name = row.provider .. "/" .. row.model
    local entry = health[name]
    if entry then found[name] = { succeeded = entry.succeeded, failed = entry.failed } end
  end
  return next(found) and found or nil
end

--- What the provider's support asks for. No prompt, no input and no key stand in it, but where they are asked for.
---@param options { prompt: boolean|nil, sources: boolean|nil, key: boolean|nil }|nil prompt: with the prompt; sources: with the URLs and paths
---  of the inputs; key: with a fingerprint of the key (never the key)
---@return table bundle plain data, with bundle:markdown() and bundle:json()
function M.support_bundle(job, options)
  for name in pairs(options or {}) do
    if not bundle_options[name] then error(("support_bundle: unknown option '%s'"):format(tostring(name)), 2) end
  end
  options = options or {}
  local keys, fingerprints = keys_of(job)
  return support_bundle.of(job.record_, { prompt = options.prompt, sources = options.sources, keys = keys,
    account = options.key and next(fingerprints) and fingerprints or nil, health = health_of(job), now = job.client.host.now() })
end

return M
