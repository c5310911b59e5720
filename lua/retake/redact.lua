--- Texts without what is private: providers quote the prompt, URLs and sometimes the key in their messages, and what goes to support or to a
--- telemetry backend is not to hold them.
local former_of = require "retake.former"

local M = {}

-- So many bytes in a row that are the same are a quotation, also where a provider cuts it short or shows its middle.
local LEAST = 16
-- A key is told by less.
local LEAST_KEY = 10
-- Of a longer text (a data URI) only the beginning is looked for.
local LONGEST = 20000
-- Of a provider's message no more is looked at, and the rest is left out.
local LONGEST_TEXT = 50000

-- The text in small letters with single spaces, and for each of its bytes the place it had.
local function plain(text)
  local bytes, places, before = {}, {}, nil
  for place = 1, #text do
    local byte = text:sub(place, place)
    if byte:find "%s" then byte = " " end
    if byte ~= " " or before ~= " " then
      bytes[#bytes + 1] = byte:lower()
      places[#places + 1] = place
    end
    before = byte
  end
  return table.concat(bytes), places
end

local function pieces_of(secret, least)
  local text = plain(secret:sub(1, LONGEST)):gsub("^ ", ""):gsub(" $", "")
  local length = math.min(#text, least)
  if length < 3 then return nil end -- no more than an article
  local pieces = {}
  for place = 1, #text - length + 1 do pieces[text:sub(place, place + length - 1)] = true end
  return { length = length, pieces = pieces }
end

-- Marks the bytes of the text that are a quotation, with what stands in for them.
local function mark(marks, text, places, secret)
  local length = secret.length
  for place = 1, #text - length + 1 do
    if secret.pieces[text:sub(place, place + length - 1)] then
      for at = places[place], places[place + length - 1] do marks[at] = marks[at] or secret.label end
    end
  end
end

-- No half characters are left beside what was taken out.
local function widen(marks, text)
  for at = 2, #text do
    if marks[at - 1] and not marks[at] and text:byte(at) >= 128 and text:byte(at) < 192 then marks[at] = marks[at - 1] end
  end
  for at = #text - 1, 1, -1 do
    local following = text:byte(at + 1)
    if marks[at + 1] and not marks[at] and following >= 128 and following < 192 then marks[at] = marks[at + 1] end
  end
end

local function replaced(text, marks)
  local parts, at = {}, 1
  while at <= #text do
    local label, from = marks[at], at
    while at <= #text and marks[at] == label do at = at + 1 end
    parts[#parts + 1] = label or text:sub(from, at - 1)
  end
  return table.concat(parts)
end

-- Keys nobody told us of, by their looks.
local function without_keys(text)
  return (text:gsub("([Bb]earer%s+)[%w%-._~+/]+=*", "%1[key]"):gsub("%f[%w]key_%x%x%x%x%x%x%x%x%x%x%x%x%x+", "[key]")
    :gsub("%f[%w]sk%-[%w%-_]+", "[key]"))
end

--- Makes a function that takes out of texts what a job's requests and an account hold privately.
---@param record { request: table|nil, asked: table|nil, former: string[]|nil } of a job
---@param options { prompt: boolean|nil, sources: boolean|nil, keys: string[]|nil }|nil prompt, sources: true leaves these in; keys: the account's
---@return fun(text: string): string
function M.of(record, options)
  options = options or {}
  local secrets = {}
  local function add(text, label, least)
    local secret = pieces_of(text, least or LEAST)
    if not secret then return end
    secret.label = label
    secrets[#secrets + 1] = secret
  end
  for _, key in ipairs(options.keys or {}) do add(key, "[key]", LEAST_KEY) end
  local seen = {}
  local function private(text, place)
    if seen[text] or options[place and "sources" or "prompt"] then return end
    seen[text] = true
    add(text, place and "[the input " .. place .. "]" or "[the prompt]")
  end
  if record.request then
    former_of.each_private(record.request, private)
    former_of.each_private(former_of.asked(record), private)
  end
  for _, text in ipairs(type(record.former) == "table" and record.former or {}) do
    if type(text) == "string" and not seen[text] and not (options.prompt and options.sources) then add(text, "[what was asked before]") end
  end
  return function(text)
    if #text > LONGEST_TEXT then text = text:sub(1, LONGEST_TEXT) .. " ..." end
    local small, places = plain(text)
    local marks = {}
    for _, secret in ipairs(secrets) do mark(marks, small, places, secret) end
    if next(marks) then
      widen(marks, text)
      text = replaced(text, marks)
    end
    return without_keys(text)
  end
end

return M
