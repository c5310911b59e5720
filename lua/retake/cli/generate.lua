--- retake generate: one job from a shell.

local cjson = require "cjson.safe"
local exit_codes = require "retake.cli.exit_codes"
local json = require "retake.json_line"
local ledger = require "retake.ledger"
local options_of = require "retake.cli.options"
local progress_of = require "retake.cli.progress"
local provider_of = require "retake.provider"
local record_of = require "retake.cli.record"
local retake = require "retake"
local terminal = require "retake.cli.terminal"

-- What describes the request, by its field; the rest of the options is about how it is done.
local REQUEST = {
  { name = "model", value = "MODEL", help = "provider/model, such as runway/gen4_turbo" },
  { name = "prompt", value = "TEXT", help = "what is to be seen" },
  { name = "negative-prompt", value = "TEXT", help = "what is not to be seen" },
  { name = "image", value = "SOURCE", help = "a file, an https URL, a data URI or a provider's id; several: a list (images)", many = true },
  { name = "last-image", value = "SOURCE", help = "the last frame" },
  { name = "video", value = "SOURCE", help = "a video to work from" },
  { name = "audio", value = "SOURCE", help = "a sound to work from" },
  { name = "ratio", value = "W:H", help = "such as 1280:720" },
  { name = "width", value = "PIXELS", kind = "number", help = "for models that take sides in place of a ratio" },
  { name = "height", value = "PIXELS", kind = "number", help = "" },
  { name = "duration", value = "SECONDS", kind = "number", help = "length of the output" },
  { name = "seed", value = "N", kind = "number", help = "" },
  { name = "count", value = "N", kind = "number", help = "outputs wanted" },
  { name = "extra", value = "JSON", help = "an object of the provider's own fields, sent as it is" },
}

local OTHER = {
  { name = "out", value = "FILE", help = "save the output here (several: FILE, then FILE with -2, -3 and so on)" },
  { name = "fallback", value = "MODEL", help = "where to go when the model fails; may be given several times", many = true },
  { name = "deadline", value = "SECONDS", kind = "number", help = "for the whole job, waits included (default 3600)" },
  { name = "max-credits", value = "N", kind = "number", help = "for the whole job (default: no limit)" },
  { name = "max-attempts", value = "N", kind = "number", help = "submissions of the whole job (default 12)" },
  { name = "record", value = "FILE", help = "keep the job's record here, after each step" },
  { name = "resume", value = "FILE", help = "go on with the job of this record, in place of a request" },
  { name = "base-url", value = "URL", help = "the provider's address, such as a simulator's" },
  { name = "ca-file", value = "FILE", help = "certificates to trust in place of the system's" },
  { name = "virtual", help = "skip the waits; only with a simulator on this machine" },
  { name = "json", help = "the result or the failure as JSON on standard output" },
  { name = "quiet", help = "no progress and no ledger" },
  { name = "help", help = "this text" },
}

local ALL = {}
for _, list in ipairs { REQUEST, OTHER } do
  for _, option in ipairs(list) do ALL[#ALL + 1] = option end
end

local function usage()
  return "usage: retake generate --model MODEL [options]\n       retake generate --resume FILE [options]\nthe request:\n"
    .. options_of.help(REQUEST) .. "how it is done:\n" .. options_of.help(OTHER)
    .. "The provider's key comes from the environment (RUNWAYML_API_SECRET), never from the command line.\n"
    .. "Standard output gets the saved files, or the output's URLs without --out; progress, failures and the ledger go to standard error.\n"
    .. "exit codes:\n" .. exit_codes.help()
end

local function request_of(options)
  local request = {}
  for _, option in ipairs(REQUEST) do
    local field = option.name:gsub("-", "_")
    request[field] = options[field]
  end
  if options.image then
    request.image = #options.image == 1 and options.image[1] or nil
    request.images = #options.image > 1 and options.image or nil
  end
  if options.extra then
    request.extra = cjson.decode(options.extra)
    if type(request.extra) ~= "table" then return nil, "--extra has to be a JSON object" end
  end
  request.save = options.out
  return request
end

local function given_request(options)
  for _, option in ipairs(REQUEST) do
    if options[option.name:gsub("-", "_")] ~= nil then return option.name end
  end
end

-- Whether a file can be made there: better asked before anything is paid for.
local function cannot_write(path)
  local probe = path .. ".tmp"
  local file, reason = io.open(probe, "wb")
  if not file then return reason end
  file:close()
  os.remove(probe)
end

-- What is wrong with the options, seen together.
local function contradiction(options)
  if options[1] then return "unexpected argument: " .. options[1] end
  if options.resume then
    local name = given_request(options)
    if name then return ("--resume goes on with the request of its record: --%s cannot be given"):format(name) end
  elseif not options.model then return "--model is missing" end
  if options.virtual and not (options.base_url or ""):find "^https?://127%.0%.0%.1[:/]" then
    return "--virtual is for a simulator on this machine: --base-url http://127.0.0.1:PORT"
  end
  if options.record and not options.resume and record_of.is_unfinished(options.record) then
    return ("%s holds a job that is not over: go on with --resume %s, or remove the file"):format(options.record, options.record)
  end
  for _, name in ipairs { "out", "record" } do
    local reason = options[name] and cannot_write(options[name])
    if reason then return ("--%s cannot be written: %s"):format(name, reason) end
  end
end

-- A mistake in the arguments is thrown by the library at its caller, which is this file: only the words are of use.
local function told(fn, ...)
  local ok, value = pcall(fn, ...)
  if ok then return value end
  return nil, (tostring(value):gsub("^[^:]+:%d+: ", ""))
end

local function client_of(options, model, journal, on_event)
  local name = provider_of.split(model)
  local settings = (options.base_url or options.ca_file) and { base_url = options.base_url, ca_file = options.ca_file } or nil
  return told(function()
    return retake.client {
      providers = name and settings and { [name] = settings } or nil,
      policy = retake.policy.standard { fallback = options.fallback },
      deadline = options.deadline, max_credits = options.max_credits, max_attempts = options.max_attempts,
      journal = journal, host = options.virtual and "virtual" or nil, on_event = on_event,
    }
  end)
end

---@return table|nil started { client =, job =, progress = }
---@return string|nil reason
local function start(options)
  local record, request, reason
  if options.resume then record, reason = record_of.read(options.resume) else request, reason = request_of(options) end
  if reason then return nil, reason end
  local path = options.record or options.resume
  local progress
  local client
  client, reason = client_of(options, (record and record.request or request).model, path and record_of.new(path), function(event)
    if progress then progress:event(event) end
  end)
  if not client then return nil, reason end
  if not options.quiet then progress = progress_of.new { live = terminal.is_terminal(2), now = client.host.now } end
  local job
  job, reason = told(record and client.adopt or client.start, client, record or request)
  if not job then return nil, reason end
  return { client = client, job = job, progress = progress }
end

-- To the end of the job; false where Ctrl-C came first: lua throws that as an error of its own.
local function follow(started)
  local client, job, progress = started.client, started.job, started.progress
  local ok, trouble = pcall(function()
    while not job.done do
      client:wait(progress and progress.live and 1 or nil)
      if progress then progress:tick() end
    end
  end)
  if progress then progress:finish() end
  if ok then return true end
  if not tostring(trouble):find "interrupted!" then error(trouble, 0) end
  return false
end

local function write_json(job, result, fault, code)
  io.stdout:write(json.encode {
    ok = result ~= nil, exit_code = code, fault = fault and fault:totable(), attempts = job.attempts,
    model = result and result.model, task_id = job.task_id, credits = result and result.credits,
    files = result and result.files, outputs = job.outputs, -- a paid output that could not be saved can still be fetched
  }, "\n")
end

local function write_result(result)
  for _, line in ipairs(#result.files > 0 and result.files or result.outputs) do io.stdout:write(terminal.line(line), "\n") end
end

-- A record that was made without --out can be given one later.
local function save(options, result)
  if not options.out or not result or #result.files > 0 then return result end
  local files, fault = result:save(options.out)
  if files then return result end
  return nil, fault
end

local function interrupted(options, job)
  io.stderr:write "interrupted\n"
  if job.task_id then io.stderr:write("task ", job.task_id, " goes on at the provider\n")
  elseif job.state == "submitting" then io.stderr:write "the submission was under way: it may have been accepted, and may be charged\n" end
  local path = options.record or options.resume
  local base_url = options.base_url and " --base-url " .. options.base_url or "" -- without it the provider itself would be asked
  if path then io.stderr:write("go on with: retake generate --resume ", path, base_url, "\n") end
  return exit_codes.interrupted
end

local function conclude(options, job)
  local fault = job.fault
  local result, trouble = save(options, job:result())
  fault = fault or trouble
  local code = fault and exit_codes.of(fault.class) or exit_codes.success
  if options.json then write_json(job, result, fault, code) elseif result then write_result(result) end
  io.stdout:flush()
  if fault then
    io.stderr:write(terminal.clean(fault:explain()), "\n")
    for _, url in ipairs(job.outputs or {}) do io.stderr:write("the paid output is at ", terminal.line(url), "\n") end
  end
  if not options.quiet then io.stderr:write(terminal.clean(ledger.format(job.attempts)), "\n") end
  return code
end

local function refuse(reason)
  io.stderr:write("retake generate: ", terminal.line(reason), "\nretake generate --help shows the options\n")
  return exit_codes.usage
end

---@param args string[]
---@return integer exit_code
return function(args)
  local options, reason = options_of.parse(args, ALL)
  if not options then return refuse(reason) end
  if options.help then
    io.stdout:write(usage())
    return exit_codes.success
  end
  reason = contradiction(options)
  if reason then return refuse(reason) end
  local started
  started, reason = start(options)
  if not started then return refuse(reason) end
  if not follow(started) then return interrupted(options, started.job) end
  return conclude(options, started.job)
end
