--- retake explain: what a failure means, who must act, and what retake will do about it.

local exit_codes = require "retake.cli.exit_codes"
local explain = require "retake.explain"
local options_of = require "retake.cli.options"
local provider_of = require "retake.provider"
local retake = require "retake"
local terminal = require "retake.cli.terminal"

local OPTIONS = {
  { name = "provider", value = "NAME", help = "whose code or answer it is; generic: nobody's in particular (default for a code: any that "
    .. "knows it; for an answer: generic)" },
  { name = "operation", value = "NAME", help = "what was asked: submit, poll, cancel, upload, download (default poll)" },
  { name = "status", value = "N", kind = "number", help = "the answer's HTTP status" },
  { name = "header", value = "LINE", many = true, help = 'a header of the answer, such as "Retry-After: 5"' },
  { name = "help", help = "this text" },
}

local OPERATIONS = { submit = true, poll = true, cancel = true, upload = true, download = true, asset = true, websocket = true }

local function usage()
  return "usage: retake explain CLASS|FAMILY|CODE [--provider NAME]\n       retake explain - [options] < body\n"
    .. "A class (content.input), a family of classes (content), a provider's code (SAFETY.INPUT.TEXT), or a body on standard input.\n"
    .. options_of.help(OPTIONS) .. ("Exit code %d: nothing is known of it.\n"):format(exit_codes.of "unknown")
end

local function refuse(reason)
  io.stderr:write("retake explain: ", terminal.line(reason), "\n", usage())
  return exit_codes.usage
end

-- Without a provider's name nobody's rules but those for all: what one's own classify call without a provider gives.
local function provider_named(options)
  return options.provider ~= "generic" and options.provider or nil
end

local function contradiction(options)
  if not options[1] then return "what is to be explained?" end
  if options[2] then return "one thing at a time: " .. options[2] end
  if provider_named(options) and not provider_of.get(options.provider) then return "unknown provider: " .. options.provider end
  if options.operation and not OPERATIONS[options.operation] then return "unknown operation: " .. options.operation end
  if options.status and (options.status % 1 ~= 0 or options.status < 100 or options.status > 999) then
    return ("--status has to be an HTTP status, such as 429, not %.14g"):format(options.status)
  end
  for _, header in ipairs(options.header or {}) do
    if not header:find "^[%w!#$%%&'*+.^_`|~-]+:" then return '--header has to be a line such as "Retry-After: 5", not ' .. header end
  end
  if options[1] ~= "-" and (options.operation or options.status or options.header) then
    return "--operation, --status and --header go with a body on standard input"
  end
end

-- What the providers would make of an answer that was given without its provider.
local function write_others(evidence)
  for _, other in ipairs(evidence.provider and {} or explain.differently(evidence)) do
    io.stdout:write(("  at %s: %s\n"):format(other.provider, other.class))
  end
end

local function explain_body(options)
  local evidence = { provider = provider_named(options), operation = options.operation or "poll", status = options.status, headers = options.header,
    body = io.stdin:read "*a" }
  local fault = retake.classify(evidence)
  if not fault then
    io.stdout:write "That shows no failure.\n"
    write_others(evidence)
    return exit_codes.success
  end
  io.stdout:write(terminal.clean(fault:explain()), "\n", terminal.clean(explain.answer(evidence)), "\n")
  if fault.class ~= "unknown" then io.stdout:write(("  exit code: %d\n"):format(exit_codes.of(fault.class))) end
  write_others(evidence)
  return fault.class == "unknown" and exit_codes.of "unknown" or exit_codes.success
end

---@param args string[]
---@return integer exit_code
return function(args)
  local options, reason = options_of.parse(args, OPTIONS)
  if not options then return refuse(reason) end
  if options.help then
    io.stdout:write(usage())
    return exit_codes.success
  end
  reason = contradiction(options)
  if reason then return refuse(reason) end
  if options[1] == "-" then return explain_body(options) end
  local text = retake.explain(options[1], options.provider)
  if not text then
    io.stderr:write("retake explain: nothing is known of ", terminal.line(options[1]), "\n")
    return exit_codes.of "unknown"
  end
  io.stdout:write(text, "\n")
  return exit_codes.success
end
