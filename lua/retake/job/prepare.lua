--- prepare: the request is checked and its assets are inspected before anything is sent; files too big to go inline are uploaded.
local core = require "retake.core"
local assets = require "retake.job.assets"
local request_of = require "retake.request"

-- The name of no submission: encoding is only tried here.
local NO_ONE = "00000000-0000-4000-8000-000000000000"

-- Where the output goes, before it is paid for. The file is put in its place by renaming, so what stands there has to be a file.
local function problem_with_save(path)
  if not path then return nil end
  local kind = core.path_kind(path)
  local message = (kind == "directory" or kind == "other") and ("%s is not a file"):format(path)
    or not core.path_writable(path) and ("%s cannot be written"):format(path) or nil
  return message and { class = "request.invalid", field = "save", message = message, hint = "name a file in a folder that can be written" }
end

local function problem_with_key(job, definition, settings)
  if not definition.auth or settings.key then return nil end
  return { class = "account.unauthorized", message = "no key was given for " .. job.provider,
    hint = ("set %sproviders.%s.key of the client"):format(definition.key_variable and definition.key_variable .. ", or " or "", job.provider) }
end

return function(job)
  local record = job.record_
  local definition, settings = job.client:provider(job.provider)
  if not definition then
    return job:fail_with { class = "model.unavailable", message = ("no provider is called '%s'"):format(job.provider) }
  end
  local stand_ins = assets.stand_ins(record.request)
  stand_ins.model = job.model
  local call, problem = definition.submit.encode(stand_ins, { key = NO_ONE })
  problem = problem or problem_with_save(record.request.save) or assets.inspect(job, definition, job.model)
  if not call or problem then return job:fail_with(problem) end
  -- after what is wrong with the request: that can be seen without a key
  problem = problem_with_key(job, definition, settings)
  if problem then return job:fail_with(problem) end
  record.content = request_of.content_fingerprint(record.request)
  local fault = assets.upload_all(job, definition, settings)
  if fault then return job:fail(fault) end
  job:go "submit"
end
