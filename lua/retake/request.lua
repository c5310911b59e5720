--- A request as a script gives it: what may be in it, and what of it moderation sees.
local cjson = require "cjson.safe"
local core = require "retake.core"
local asset = require "retake.asset"
local provider = require "retake.provider"

local M = {}

-- Field by field, what a value may be; assets may be a string (URL, data URI, path, provider id) or a table.
local fields = {
  model = { "string" }, prompt = { "string" }, negative_prompt = { "string" },
  image = { "string", "table" }, images = { "table" }, last_image = { "string", "table" },
  video = { "string", "table" }, audio = { "string", "table", "boolean" }, -- true, false: whether the model makes sound
  ratio = { "string" }, width = { "number" }, height = { "number" }, duration = { "number" },
  seed = { "number" }, count = { "number" }, extra = { "table" }, save = { "string" },
}

--- In the order in which people are told of them.
M.field_names = { "prompt", "negative_prompt", "image", "images", "last_image", "video", "audio", "ratio", "width", "height", "duration", "seed",
  "count", "extra", "save" }

M.asset_fields = { "image", "last_image", "images", "video", "audio" }

-- Whether a field may hold a value, as far as its type goes. Nothing is said of what a model takes.
local function accepts(kinds, value)
  for _, kind in ipairs(kinds) do
    if type(value) == kind then return true end
  end
  return false
end

local media_kinds = { image = true, video = true, audio = true }

-- Bytes become a data URI: a record has to be JSON.
local function plain_asset(value, name, level)
  if type(value) ~= "table" then return value end
  if value.bytes then
    local media_type = value.media_type or core.sniff(value.bytes)
    if not media_type or not media_kinds[media_type:match "^[^/]*"] then
      error(name .. ": bytes of no known media type: give media_type", level + 1)
    end
    return asset.data_uri({ bytes = value.bytes }, media_type)
  end
  if type(value.uri) ~= "string" then error(name .. " has to be a string, { bytes = ... } or { uri = ..., tag = ... }", level + 1) end
  return { uri = value.uri, tag = value.tag, subject = value.subject }
end

-- extra goes out as it is, so it may not name what is decided here: the model is what limits, estimates and the ledger speak of.
local function check_extra(extra, level)
  if #extra > 0 or not cjson.encode(extra) then error("request field extra has to be a table of names and plain values", level + 1) end
  if extra.model ~= nil then error("extra.model: the model is the request's own field", level + 1) end
end

--- Whether these are fields of a request, and their values of the right kind; functions stand for values to come.
---@param changes table
---@return string|nil problem
function M.problem_with(changes)
  for name, value in pairs(changes) do
    local kinds = fields[name]
    if not kinds then return ("unknown request field '%s'"):format(tostring(name)) end
    if type(value) ~= "function" and not accepts(kinds, value) then
      return ("request field %s has to be a %s, not a %s"):format(name, table.concat(kinds, " or a "), type(value))
    end
  end
end

--- Checks a request and copies it into plain data. Throws at the caller's place where it is not a request at all;
--- values a model does not take are the provider's table to find, and come back as faults.
---@param given table
---@param level integer of the caller, for error positions
---@return table request
function M.normalise(given, level)
  if type(given) ~= "table" then error("a request is a table", level + 1) end
  local request = {}
  for name, value in pairs(given) do
    local kinds = fields[name]
    if not kinds then error("unknown request field '" .. tostring(name) .. "' (fields of the provider's own go into extra)", level + 1) end
    if not accepts(kinds, value) then
      error(("request field %s has to be a %s, not a %s"):format(name, table.concat(kinds, " or a "), type(value)), level + 1)
    end
    request[name] = value
  end
  if not request.model then error("a request needs a model: \"provider/model\"", level + 1) end
  if not provider.split(request.model) then error("a model is written \"provider/model\", not " .. request.model, level + 1) end
  for _, name in ipairs(M.asset_fields) do
    if name ~= "images" and request[name] then request[name] = plain_asset(request[name], name, level + 1) end
  end
  if request.images then
    local list = {}
    for i = 1, #request.images do list[i] = plain_asset(request.images[i], "images[" .. i .. "]", level + 1) end
    request.images = list
  end
  if request.extra then check_extra(request.extra, level + 1) end
  return request
end

--- A copy with some fields changed; a function gets the old value.
---@param request table
---@param changes table|nil
---@return table request
function M.changed(request, changes)
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  for name, value in pairs(changes or {}) do
    if type(value) == "function" then value = value(request[name]) end
    copy[name] = value
  end
  return copy
end

--- Every asset of a request: calls visit(field, source, place), place being "images[2]" for the second of a list.
---@param request table
---@param visit fun(field: string, source: string, place: string)
function M.each_asset(request, visit)
  for _, name in ipairs(M.asset_fields) do
    local value = request[name]
    if name == "images" then
      for i, entry in ipairs(value or {}) do
        visit(name, type(entry) == "table" and entry.uri or entry, ("images[%d]"):format(i))
      end
    elseif value and value ~= true then visit(name, type(value) == "table" and value.uri or value, name) end
  end
end

-- A space more or a letter's case is no change of content: moderation sees the same words.
local function plain_words(text)
  return (text:lower():gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function by_text(a, b) return tostring(a) < tostring(b) end

--- The fingerprint of what moderation sees: prompts and assets, not seed or ratio.
---@param request table
---@return string hex 64 digits
function M.content_fingerprint(request)
  local fingerprint = core.fingerprint()
  for _, name in ipairs { "prompt", "negative_prompt" } do
    local words = request[name] and plain_words(request[name]) or ""
    fingerprint:add(#words .. ":" .. words)
  end
  -- words that go out by way of extra are content too; short ones (formats, modes) are settings
  local function add_words(value)
    if type(value) == "string" and (value:find "%s" or value:find "^%a[%w+.-]*:") then fingerprint:add("extra:" .. plain_words(value)) end
    if type(value) ~= "table" then return end
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, by_text)
    for _, key in ipairs(keys) do add_words(value[key]) end
  end
  add_words(request.extra)
  M.each_asset(request, function(field, source)
    fingerprint:add(field .. ":")
    asset.fingerprint_part(fingerprint, source)
  end)
  return fingerprint:hex()
end

-- Numbers are written one way only: a record that went through JSON has 5.0 where a script wrote 5. Appends to `text`.
local function write_canonical(value, text)
  local kind = type(value)
  if kind == "number" then text[#text + 1] = ("number:%.14g"):format(value)
  elseif kind ~= "table" then
    text[#text + 1], text[#text + 2], text[#text + 3] = kind, ":", tostring(value)
  else
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, by_text)
    text[#text + 1] = "{"
    for i, key in ipairs(keys) do
      if i > 1 then text[#text + 1] = "," end
      text[#text + 1], text[#text + 2] = tostring(key), "="
      write_canonical(value[key], text)
    end
    text[#text + 1] = "}"
  end
end

--- A short hash of plain data beside content.
---@param content string the content's fingerprint
---@param value any
---@return string hash 16 hex digits
function M.digest(content, value)
  local fingerprint = core.fingerprint()
  local text = { content }
  write_canonical(value, text)
  fingerprint:add(table.concat(text))
  return fingerprint:hex():sub(1, 16)
end

--- Tells one request from another: model, parameters and content. Where the output is saved does not count.
---@param request table
---@param content string the content's fingerprint
---@return string hash 16 hex digits
function M.hash(request, content)
  local counted = M.changed(request)
  counted.save = nil
  for _, name in ipairs(M.asset_fields) do counted[name] = nil end
  counted.prompt, counted.negative_prompt = nil, nil
  return M.digest(content, counted)
end

return M
