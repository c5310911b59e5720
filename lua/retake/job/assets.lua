--- How a job's assets reach the provider: as they are, inline, or uploaded first.
local asset = require "retake.asset"
local checks = require "retake.asset.checks"
local classify = require "retake.classify"
local core = require "retake.core"
local http = require "retake.http"
local request_of = require "retake.request"

local M = {}

-- How long an upload is used again, where the provider does not say how long it keeps one; and how much earlier than that it is given up,
-- so that none runs out while a task is queued.
local UPLOAD_KEPT = 24 * 3600
local UPLOAD_SPARE = 3600

-- What stands in for an asset while the parameters are checked: every provider takes an https URL.
local STAND_IN = "https://example.com/asset"

local NONE = {}

local function replaced(value, uri)
  if type(value) == "table" then return { uri = uri, tag = value.tag, subject = value.subject } end
  return uri
end

local function source_of(value)
  return type(value) == "table" and value.uri or value
end

--- The request with each asset replaced by what `resolve` answers for it.
---@param request table
---@param resolve fun(source: string, field: string, place: string): string|nil, any
---@return table|nil request, any trouble what resolve gave beside nil
function M.replace(request, resolve)
  local copy = request_of.changed(request)
  for _, field in ipairs(request_of.asset_fields) do
    local list = field == "images" and request.images
    if list then copy.images = {} end
    local single = request[field]
    if type(single) == "boolean" then single = nil end -- audio = true asks for sound, and is no asset
    for i, value in ipairs(list or single and { single } or NONE) do
      local uri, trouble = resolve(source_of(value), field, list and ("images[%d]"):format(i) or field)
      if not uri then return nil, trouble end
      if list then copy.images[i] = replaced(value, uri) else copy[field] = replaced(value, uri) end
    end
  end
  return copy
end

--- The request with stand-ins for its assets, to check everything else before any is read.
function M.stand_ins(request)
  return M.replace(request, function() return STAND_IN end)
end

local function limits_of(definition, model, field)
  return definition.assets and definition.assets.limits_for(model, field) or nil
end

-- A record is to stay short: a data URI is known by its fingerprint there.
local LONGEST_KEY = 4096

local function key_of(source)
  if #source <= LONGEST_KEY then return source end
  local fingerprint = core.fingerprint()
  fingerprint:add(source)
  return "sha256:" .. fingerprint:hex()
end

-- A stand-in on this machine fetches nothing either, so that its clients need no internet.
local function fetcher_of(job)
  local options = job.client.options
  local _, settings = job.client:provider(job.provider)
  local wanted = options.inspect_urls
  if wanted == nil then wanted = not http.is_local(settings.base_url) end
  local fetch = wanted and http.fetcher(job.client, settings)
  return fetch and function(call)
    local left = math.max(job:left(), 0.001) -- a slow host must not take the job beyond its deadline
    for clock, seconds in pairs(call.timeout) do call.timeout[clock] = math.min(seconds, left) end
    return fetch(call)
  end or nil
end

-- What an asset is inspected for.
local function target_of(job, definition, model, limits, place, fetch)
  local request = job.record_.request
  return {
    fetch = fetch, allow_addresses = job.client.options.allow_addresses,
    limits = limits, field = place, provider = definition.name, model = model, extra = request.extra,
    ratio = request.ratio or request.width and request.height and ("%.0f:%.0f"):format(request.width, request.height) or nil,
  }
end

-- Deeper than any provider's fields are nested.
local MOST_NESTED = 6

-- The URIs among the fields of the provider's own, each with the name that its limits are known by. They go out as they are.
local function each_extra(definition, model, extra, visit)
  local function walk(value, field, place, depth)
    if type(value) == "string" then
      if field and (value:find "^%s*%a[%w+.-]*://" or value:find "^%s*[Dd][Aa][Tt][Aa]:") then visit(value, field, place) end
    elseif type(value) == "table" and depth < MOST_NESTED then
      for i, entry in ipairs(value) do walk(entry, field, ("%s[%d]"):format(place, i), depth + 1) end
      local names = {}
      for name in pairs(value) do names[#names + 1] = type(name) == "string" and name or nil end
      table.sort(names)
      for _, name in ipairs(names) do
        walk(value[name], limits_of(definition, model, name) and name or field, place .. "." .. name, depth + 1)
      end
    end
  end
  walk(extra, nil, "extra", 0)
end

-- Every asset of the request with its limits. A file or data URI of the provider's own fields is uploaded by nobody.
local function each_use(job, definition, model, visit)
  local request = job.record_.request
  request_of.each_asset(request, function(field, source, place) visit(source, limits_of(definition, model, field), place, true) end)
  if request.extra == nil then return end
  each_extra(definition, model, request.extra, function(source, field, place)
    local limits = {}
    for name, value in pairs(limits_of(definition, model, field)) do limits[name] = value end
    limits.upload = false
    visit(source, limits, place, false)
  end)
end

-- What cannot be reached from here may well be reached by the provider: the report tells it, and the job goes on.
local ours_alone = { ["asset.unreachable"] = true, ["asset.timeout"] = true }

-- A URL that was fine a moment ago is not asked for again for each try of the same job.
local FINE_FOR = 300

local function inspect_one(job, source, target)
  local key = table.concat({ target.provider, target.model, target.field, source }, "\n")
  local now, kept = job.client.host.now(), job.fine_urls and job.fine_urls[key]
  if kept and now - kept.at < FINE_FOR then return kept.report end
  local report = asset.inspect(source, target)
  if report.ok and report.source == "url" and target.fetch then
    job.fine_urls = job.fine_urls or {}
    job.fine_urls[key] = { at = now, report = report }
  end
  return report
end

--- Inspects the assets against the limits of the model they go to, each and then all together. URLs are asked for over the network.
---@return table|nil problem the worst of the first asset that does not fit
function M.inspect(job, definition, model)
  local worst
  local record, uses, fetch = job.record_, {}, fetcher_of(job)
  for _, entry in pairs(record.uploads or {}) do entry.wanted = nil end
  each_use(job, definition, model, function(source, limits, place, own)
    if worst then return end
    local report = inspect_one(job, source, target_of(job, definition, model, limits, place, fetch))
    uses[#uses + 1] = { report = report, limits = limits }
    job:emit("inspected", { field = place, report = report })
    if not report.ok and not ours_alone[report.problems[1].class] then worst = report.problems[1] return end
    if own and report.delivery == "upload" then
      local key = key_of(source)
      record.uploads = record.uploads or {}
      record.uploads[key] = record.uploads[key] or {}
      record.uploads[key].wanted = true
    end
  end)
  return worst or checks.total_duration(uses)
end

local extensions = { ["image/jpeg"] = "jpg", ["image/jpg"] = "jpg", ["video/quicktime"] = "mov", ["audio/mpeg"] = "mp3" }

-- The bytes of a data URI as a file of its own: storage services take files.
local function spilled(source)
  local info = core.data_uri(source)
  local path = os.tmpname()
  local file = io.open(path, "wb")
  local written = file and file:write(core.base64_read(source, info.offset, 0, info.decoded))
  if file then file:close() end
  if written then return path end
  os.remove(path)
end

-- A file as a part of a form. Its name needs an extension that fits, or the provider cannot tell what it is.
---@return table|nil file, string|nil temporary the path of a file to be removed afterwards
local function file_part(source)
  local report = asset.inspect(source)
  local media_type = report.media_type or "application/octet-stream"
  local inline = report.source == "data_uri"
  local temporary = inline and spilled(source) or nil
  if inline and not temporary then return nil end
  local name = inline and "asset" or source:match "([^/\\]+)$" or source
  if not name:find "%.%w+$" then name = name .. "." .. (extensions[media_type] or media_type:match "/([%w]+)" or "bin") end
  return { path = temporary or source, name = name, media_type = media_type, size = report.size, data_uri = function()
    if inline then return source end
    return asset.data_uri(source, media_type)
  end }, temporary
end

-- Storage is not the provider's API: no credentials go there, and its address is checked like a base URL.
local function store(job, definition, settings, form, file)
  if not http.allowed_url(form.url) then
    return classify.classify { provider = definition.name, operation = "upload",
      transport = { kind = "protocol", sent = false, message = "the upload address is not https" } }
  end
  local outcome = http.store(job.client, settings, form, file, job:left())
  return classify.classify { provider = definition.name, operation = "upload", status = outcome.status,
    headers = outcome.headers, body = (outcome.status or 0) >= 300 and outcome.body or nil, transport = outcome }
end

local function unusable(definition)
  return classify.classify { provider = definition.name, operation = "upload",
    transport = { kind = "protocol", sent = true, message = "the answer to the upload names no place of the file" } }
end

-- How often a provider is asked about a file that it is still taking in.
local MOST_ASKED = 100

-- The place of a file once the provider has taken it in: until then it is asked again, as its definition says.
local function taken_in(job, definition, form)
  for _ = 1, MOST_ASKED do
    if not form or not form.pending then return form end
    local left = job:left()
    if job.cancelled or left and left <= form.wait then return nil end
    job.client:sleep(form.wait)
    local call = form.again
    local decoded, fault = http.api(job.client, {
      provider = definition.name, operation = "upload", method = call.method, path = call.path, body = call.body, left = job:left(),
    })
    if fault then return nil, fault end
    form = decoded and definition.upload.decode(decoded) or form
  end
end

-- An upload costs nothing, and a failed one is begun anew, never replayed (Runway's page on uploads).
---@return table|nil form uri and perhaps lifetime, userdata|nil fault
local function upload_file(job, definition, settings, file)
  local call = definition.upload.encode(file)
  local decoded, fault = http.api(job.client, {
    provider = definition.name, operation = "upload", method = call.method or "POST", path = call.path, base_url = call.base_url,
    body = call.body, parts = call.parts, headers = call.headers, left = job:left(),
  })
  if fault then return nil, fault end
  local form
  form, fault = taken_in(job, definition, decoded and definition.upload.decode(decoded))
  if fault then return nil, fault end
  if not form or not form.uri then return nil, unusable(definition) end
  fault = form.url and store(job, definition, settings, form, file)
  if fault then return nil, fault end
  return form
end

local function upload(job, definition, settings, source)
  local file, temporary = file_part(source)
  if not file then
    return nil, core.fault { class = "asset.invalid", message = "A file for the upload of a data URI cannot be written.", effect = "none",
      billed = "no", provider = definition.name, operation = "upload", hint = "Is the folder of temporary files full?" }
  end
  local form, fault = upload_file(job, definition, settings, file)
  if temporary then os.remove(temporary) end
  return form, fault
end

--- Uploads what has to be uploaded and is not there yet.
---@return userdata|nil fault
function M.upload_all(job, definition, settings)
  local sources = {}
  request_of.each_asset(job.record_.request, function(_, source) sources[key_of(source)] = source end)
  for key, entry in pairs(job.record_.uploads or {}) do
    local source, now = sources[key], job.client.host.now()
    if entry.wanted and source and not (entry.provider == definition.name and entry.until_time > now) then
      local form, fault = upload(job, definition, settings, source)
      if not form then return fault end
      local kept = form.lifetime or definition.upload.lifetime or UPLOAD_KEPT
      entry.uri, entry.provider, entry.until_time = form.uri, definition.name, now + math.max(kept - UPLOAD_SPARE, kept / 2)
      job:emit("uploaded", { uri = form.uri })
    end
  end
end

--- The request with every asset as the provider takes it.
---@return table|nil request, table|nil problem
function M.resolve(job, definition, model)
  local record = job.record_
  return M.replace(record.request, function(source, field, place)
    local uploaded = record.uploads and record.uploads[key_of(source)]
    if uploaded and uploaded.wanted and uploaded.provider == definition.name then return uploaded.uri end
    local report = asset.inspect(source, target_of(job, definition, model, limits_of(definition, model, field), place))
    if not report.ok then return nil, report.problems[1] end
    if report.delivery == "as_is" then return source end
    if report.delivery == "data_uri" then return asset.data_uri(source, report.media_type) end
    return nil, { class = "asset.invalid", field = place, message = "The file changed while it was being sent: now it has to be uploaded." }
  end)
end

return M
