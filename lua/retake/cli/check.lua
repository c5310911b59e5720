--- retake check: what a provider would say about files and URLs, before anything is sent.

local core = require "retake.core"
local json = require "retake.json_line"
local options_of = require "retake.cli.options"
local pages = require "retake.cli.check_page"
local progress_of = require "retake.cli.progress"
local provider_of = require "retake.provider"
local retake = require "retake"
local sources = require "retake.asset.source"
local terminal = require "retake.cli.terminal"
local types = require "retake.asset.types"

local OPTIONS = {
  { name = "for", value = "PROVIDER/MODEL", help = "whose limits hold, such as runway/gen4_turbo; without it: what holds everywhere" },
  { name = "field", value = "NAME", help = "the request's field: image, last_image, images, video, audio, or the provider's own name (default: "
    .. "by the asset's kind)" },
  { name = "ratio", value = "W:H", help = "as the request will ask for it, such as 1280:720" },
  { name = "brief", help = "a line for what is usable, all of it only for the rest" },
  { name = "json", help = "one JSON object on standard output" },
  { name = "allow-address", value = "ADDR", many = true, help = "an address or network (10.0.0.0/8) that may be fetched from although it is not "
    .. "the internet's" },
  { name = "ca-file", value = "FILE", help = "certificates to trust in place of the system's" },
  { name = "help", help = "this text" },
}

-- This command's own, not those of the families: it asks one question.
local USABLE, UNUSABLE, USAGE, INTERRUPTED = 0, 1, 2, 130

-- Assets inspected side by side: each URL has two requests or more, one after the other.
local AT_ONCE = 64

local function usage()
  return "usage: retake check ASSET... [--for PROVIDER/MODEL] [options]\n"
    .. "An asset is a file, an https URL, a data URI, or a provider's own id (runway://...), which cannot be looked into.\n"
    .. options_of.help(OPTIONS)
    .. "A URL is asked for as the provider would ask: HEAD under its name, then only the bytes that are needed. No key is used.\n"
    .. "exit codes: 0 all are usable, 1 one is not, 2 wrong arguments\n"
end

local function refuse(reason)
  io.stderr:write("retake check: ", terminal.line(reason), "\nretake check --help shows the options\n")
  return USAGE
end

---- what is asked -----------------------------------------------------------------------------------------------------------------

-- "runway/gen4_turbo", or a provider alone.
local function target_of(text)
  if not text then return {} end
  local provider, model = provider_of.split(text)
  provider = provider or text
  if not provider_of.get(provider) then return nil, "unknown provider: " .. provider end
  return { provider = provider, model = model }
end

-- A name that is not known may be a new model, or a slip of the pen: only the provider's general limits are known of it.
local function is_unknown(target)
  local models = target.model and provider_of.get(target.provider).models
  return type(models) == "table" and not models[target.model]
end

local function limits_for(target, field)
  local definition = target.provider and provider_of.get(target.provider)
  local assets = definition and definition.assets
  return assets and assets.limits_for(target.model, field)
end

local function wrong_address(list)
  for _, address in ipairs(list or {}) do
    if not pcall(core.address_blocked, "127.0.0.1", { address }) then return address end
  end
end

local function contradiction(options, target)
  if not options[1] then return "which assets?" end
  if options.field and not target.provider then return "--field goes with --for" end
  if options.field and not limits_for(target, options.field) then
    return ("%s has no assets in a field %s"):format(target.provider, options.field)
  end
  if options.ratio and not options.ratio:find "^%d+:%d+$" then return "--ratio has to be W:H, such as 1280:720, not " .. options.ratio end
  if options.ca_file then
    local file, reason = io.open(options.ca_file, "rb")
    if not file then return "--ca-file cannot be read: " .. reason end
    file:close()
  end
  local address = wrong_address(options.allow_address)
  if address then return "--allow-address needs an address such as 127.0.0.1 or a network such as 10.0.0.0/8, not " .. address end
end

-- What a file most likely is, before it is inspected: from its first bytes, or from the end of a URL's path.
local endings = {
  mp4 = "video", m4v = "video", mov = "video", webm = "video", mkv = "video", ogv = "video", ["3gp"] = "video", avi = "video",
  mp3 = "audio", wav = "audio", flac = "audio", m4a = "audio", aac = "audio", ogg = "audio", opus = "audio",
}

local function likely_kind(source)
  local form = sources.form(source)
  if form == "data_uri" then
    local info = core.data_uri(source)
    return info and types.kind(info.media_type)
  elseif form == "path" then
    local input = sources.open_path(source)
    if not input then return nil end
    local kind = types.kind(core.sniff(input.read(0, 512)))
    input.close()
    return kind
  end
  return endings[source:gsub("[?#].*", ""):match "%.(%w+)$" or ""]
end

---- the inspections -------------------------------------------------------------------------------------------------------------

local function inspect(source, options, target, client)
  local field = options.field or target.provider and (likely_kind(source) or "image")
  local requests = {}
  local report = retake.inspect(source, {
    provider = target.provider, model = target.model, field = field, ratio = options.ratio, client = client,
    allow_addresses = options.allow_address, ca_file = options.ca_file,
    on_request = function(call, outcome) requests[#requests + 1] = pages.request(call, outcome) end,
  })
  return {
    asset = pages.shown(source), field = field, guessed = not options.field, report = report, requests = requests, verdict = pages.verdict(report),
  }
end

local function counted(results)
  local counts = { done = 0, unusable = 0 }
  for _, result in pairs(results) do
    counts.done = counts.done + 1
    if result.verdict.unusable then counts.unusable = counts.unusable + 1 end
  end
  return counts
end

-- Tells the progress, but not each time that one of hundreds of transfers has something.
local function teller(progress, results, total, now)
  local told = 0
  return function()
    if not progress or now() - told < 0.05 then return end
    told = now()
    local counts = counted(results)
    progress.text = ("%d of %d checked, %d not usable"):format(counts.done, total, counts.unusable)
    progress:tick()
  end
end

-- All of them, so many at once; nil where Ctrl-C came first.
local function inspect_all(options, target, client, progress)
  local results, following, done, total = {}, 1, 0, #options
  local tell = teller(progress, results, total, client.host.now)
  local function worker()
    while following <= total do
      local place = following
      following = place + 1
      results[place] = inspect(options[place], options, target, client)
      done = done + 1
    end
  end
  local ok, trouble = pcall(function()
    for _ = 1, math.min(AT_ONCE, total) do client:spawn(worker) end
    while done < total do
      tell()
      client:wait(1)
    end
  end)
  if progress then progress:finish() end
  if ok then return results end
  if not tostring(trouble):find "interrupted!" then error(trouble, 0) end
end

---- the answer ------------------------------------------------------------------------------------------------------------------

local function write_json(results, target, options, counts)
  local assets = {}
  for place, result in ipairs(results) do assets[place] = pages.record(result) end
  io.stdout:write(json.encode {
    ok = counts.unusable == 0, ["for"] = target.provider and options["for"], unknown_model = is_unknown(target) or nil, ratio = options.ratio,
    checked = counts.done, unusable = counts.unusable, exit_code = counts.unusable == 0 and USABLE or UNUSABLE, assets = assets,
  }, "\n")
end

local function write_pages(results, target, options, counts)
  local width = terminal.is_terminal(1) and terminal.columns() or nil
  local named = { brief = options.brief, target = target.provider and options["for"], width = width }
  for _, result in ipairs(results) do
    local page = pages.page(result, named)
    if page then io.stdout:write(page, "\n")
    elseif counts.done == 1 then io.stdout:write(pages.line(result, named), "\n") end -- of several there are lines below
  end
  if counts.done > 1 then io.stdout:write(pages.summary(results), "\n", pages.count(counts), "\n") end
end

---@param args string[]
---@return integer exit_code
return function(args)
  local options, reason = options_of.parse(args, OPTIONS)
  if not options then return refuse(reason) end
  if options.help then
    io.stdout:write(usage())
    return USABLE
  end
  local target
  target, reason = target_of(options["for"])
  reason = reason or contradiction(options, target)
  if reason then return refuse(reason) end
  local client = retake.client { concurrency = AT_ONCE, host = "blocking" }
  local progress = terminal.is_terminal(2) and progress_of.new { live = true, now = client.host.now } or nil
  local results = inspect_all(options, target, client, progress)
  client:close()
  if not results then
    io.stderr:write "interrupted\n"
    return INTERRUPTED
  end
  local counts = counted(results)
  if is_unknown(target) then
    io.stderr:write(terminal.line(("retake does not know the model %s of %s: it may have limits that were not checked"):format(target.model,
      target.provider)), "\n")
  end
  if options.json then write_json(results, target, options, counts) else write_pages(results, target, options, counts) end
  io.stdout:flush()
  return counts.unusable == 0 and USABLE or UNUSABLE
end
