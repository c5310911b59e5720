--- retake report: what happened to a job, from its saved record or ledger: for the provider's support, or for a person.

local cjson = require "cjson.safe"
local core = require "retake.core"
local options_of = require "retake.cli.options"
local provider_of = require "retake.provider"
local record_of = require "retake.record"
local story = require "retake.story"
local support_bundle = require "retake.support_bundle"
local terminal = require "retake.cli.terminal"

local OPTIONS = {
  { name = "story", help = "what failed, what was done, what it cost and what to do next, in place of the support bundle" },
  { name = "json", help = "the support bundle as one JSON object" },
  { name = "prompt", help = "with the prompt" },
  { name = "sources", help = "with the URLs and paths of the inputs" },
  { name = "help", help = "this text" },
}

local DONE, USAGE = 0, 2

local function usage()
  return "usage: retake report FILE [options]\n"
    .. "FILE is a job's record (retake generate --record), what retake generate --json wrote, or a ledger: a JSON list of attempts. -: standard "
    .. "input.\nThe support bundle is Markdown. Prompt, inputs and keys are left out; of a record, where the provider's "
    .. "messages quote them too.\n"
    .. options_of.help(OPTIONS) .. "exit codes: 0 told, 2 wrong arguments or no such file\n"
end

local function refuse(reason)
  io.stderr:write("retake report: ", terminal.line(reason), "\nretake report --help shows the options\n")
  return USAGE
end

local function contradiction(options)
  if not options[1] then return "which file?" end
  if options[2] then return "one file at a time: " .. options[2] end
  if options.story and options.json then return "--json goes without --story" end
end

local function read(path)
  if path == "-" then return io.stdin:read "*a" end
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text
  text, reason = file:read "*a"
  file:close()
  return text, reason -- a folder opens, and cannot be read
end

-- What retake generate --json wrote: the ledger, and the end.
local function of_result(value)
  if type(value.ok) ~= "boolean" then return nil end
  return { attempts = value.attempts or {}, state = value.ok and "succeeded" or "failed", fault = value.fault, outputs = value.outputs,
    files = value.files }
end

local texts = { "class", "code", "message", "operation", "effect", "billed", "task_id", "request_id", "decision", "why", "flag" }
local numbers = { "credits", "estimate", "delay", "ended_at", "turned_away" }

local function problem_with_notes(row)
  for _, name in ipairs { "changes", "skipped" } do
    if row[name] ~= nil and type(row[name]) ~= "table" then return name .. " is not a list" end
  end
  for _, change in ipairs(row.changes or {}) do
    if type(change) ~= "string" then return "changes is no list of texts" end
  end
  for _, skipped in ipairs(row.skipped or {}) do
    if type(skipped) ~= "table" or type(skipped.model) ~= "string" or type(skipped.reason) ~= "string" then return "skipped is no list of models" end
  end
end

local function problem_with_row(row)
  if type(row) ~= "table" or type(row.provider) ~= "string" or type(row.model) ~= "string" or type(row.started_at) ~= "number" then
    return "no row of a ledger"
  end
  for _, name in ipairs(texts) do
    if row[name] ~= nil and type(row[name]) ~= "string" then return name .. " is not a text" end
  end
  for _, name in ipairs(numbers) do
    if row[name] ~= nil and type(row[name]) ~= "number" then return name .. " is not a number" end
  end
  return problem_with_notes(row)
end

-- JSON's null is nothing here.
local function without_nulls(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    if item ~= cjson.null then copy[key] = without_nulls(item) end
  end
  return copy
end

local function whole_lists(ledger)
  for place, row in ipairs(ledger.attempts) do
    local problem = problem_with_row(row)
    if problem then return nil, ("attempt %d: %s"):format(place, problem) end
  end
  for _, name in ipairs { "outputs", "files" } do
    for _, item in ipairs(type(ledger[name]) == "table" and ledger[name] or {}) do
      if type(item) ~= "string" then return nil, name .. " is no list of texts" end
    end
  end
  if ledger.fault ~= nil and not pcall(core.fault, ledger.fault) then return nil, "its fault is none" end
  return ledger
end

---@return table|nil record or ledger
---@return string|nil reason
local function understood(value)
  if type(value) ~= "table" then return nil, "it is not JSON" end
  value = without_nulls(value)
  local record, reason
  if value.version ~= nil or value.request ~= nil then
    record, reason = record_of.check(value)
    if not record then return nil, "it is not the record of a job: " .. reason end
  else record = of_result(value) or #value > 0 and { attempts = value } end
  if not record then return nil, "it is neither the record of a job nor a ledger" end
  return whole_lists(record)
end

-- Keys of the environment, which a provider's message may quote.
local function known_keys()
  local keys = {}
  for _, name in ipairs(provider_of.built_in) do
    local definition = provider_of.get(name)
    keys[#keys + 1] = definition and definition.key_variable and os.getenv(definition.key_variable) or nil
  end
  return keys
end

---@param args string[]
---@return integer exit_code
return function(args)
  local options, reason = options_of.parse(args, OPTIONS)
  if not options then return refuse(reason) end
  if options.help then
    io.stdout:write(usage())
    return DONE
  end
  reason = contradiction(options)
  if reason then return refuse(reason) end
  local text, record
  text, reason = read(options[1])
  if not text then return refuse(reason) end
  record, reason = understood(cjson.decode(text))
  if not record then return refuse(options[1] .. ": " .. reason) end
  if options.story then
    io.stdout:write(terminal.clean(story.tell(record, core.clock())), "\n")
    return DONE
  end
  if not record.request and not options.prompt then
    io.stderr:write "retake report: a ledger does not hold the request: look whether the messages quote the prompt before this goes to anyone\n"
  end
  local bundle = support_bundle.of(record, { prompt = options.prompt, sources = options.sources, keys = known_keys(), now = core.clock() })
  io.stdout:write(options.json and bundle:json() or terminal.clean(bundle:markdown()), "\n")
  return DONE
end
