--- The stand-in for EvoLink's file storage (files-api.evolink.ai, here under /api/v1/files/). It speaks its own shape of errors, and an
-- error may come under HTTP 200.

local answers = require "retake.simulator.evolink_answers"
local json = require "retake.simulator.json"
local media = require "retake.simulator.media"
local multipart = require "retake.simulator.multipart"

local M = {}

local MOST_BYTES, MOST_FILES, KEPT = 100 * 1024 * 1024, 100, 72 * 3600

local EXTENSIONS = {
  png = "image/png", jpg = "image/jpeg", jpeg = "image/jpeg", gif = "image/gif", webp = "image/webp", mp4 = "video/mp4", mov = "video/quicktime",
  webm = "video/webm", mp3 = "audio/mpeg", wav = "audio/wav", m4a = "audio/mp4", flac = "audio/flac",
}
local IMAGES = { ["image/png"] = true, ["image/jpeg"] = true, ["image/gif"] = true, ["image/webp"] = true }

local function refuse(code, message)
  return answers.answer(200, { success = false, code = code, msg = message }), { refused = message, code = tostring(code) }
end

local function iso_time(seconds) return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds)) end

local function count(files)
  local number = 0
  for _ in pairs(files) do number = number + 1 end
  return number
end

local function keep(self, name, media_type, size)
  local id = "file_" .. answers.random_hex(8)
  local extension = name:match "%.(%w+)$" or "bin"
  local url = "https://files.evolink.example/" .. id .. "." .. extension -- only ever given back: nobody fetches it
  local now = self.world.now()
  local file = {
    file_id = id, file_name = id .. "." .. extension, original_name = name, file_size = size, mime_type = media_type, upload_path = "",
    file_url = url, download_url = url .. "?download=1", upload_time = iso_time(now), expires_at = iso_time(now + KEPT),
  }
  self.files[id] = file
  return answers.answer(200, { success = true, code = 200, msg = "ok", data = file }), { bytes = size }
end

local function accept(self, name, media_type, size)
  local kind = (media_type or ""):match "^(%a+)/"
  if size > MOST_BYTES then return refuse(40001, "File size exceeds the limit of 100MB") end
  if kind == "image" and not IMAGES[media_type] or kind ~= "image" and kind ~= "video" and kind ~= "audio" then
    return refuse(40002, "File type not allowed: " .. tostring(media_type))
  end
  if count(self.files) >= (self.world.script.files or MOST_FILES) then return refuse(40003, "File quota exceeded") end
  return keep(self, name, media_type, size)
end

local function stream(self, request)
  local parts, reason = multipart.read(request.header "content-type", request.chunk)
  if not parts then return refuse(400, "invalid form: " .. tostring(reason)) end
  for _, part in ipairs(parts) do
    if part.name == "file" then
      local name = part.filename or "file"
      return accept(self, name, part.media_type or EXTENSIONS[(name:match "%.(%w+)$" or ""):lower()], part.size)
    end
  end
  return refuse(400, "file is required")
end

local function base64(self, request)
  local body = json.decode(request.body() or "")
  local data = type(body) == "table" and body.base64_data
  if type(data) ~= "string" then return refuse(400, "base64_data is required") end
  local declared, payload = data:match "^data:([^;,]+);base64,(.*)$"
  local bytes = media.decode_base64(payload or data)
  if not bytes then return refuse(400, "base64_data is not base64") end
  local known = declared or bytes:find "^\137PNG" and "image/png" or bytes:find "^\255\216" and "image/jpeg" or nil
  return accept(self, type(body.file_name) == "string" and body.file_name or "file.png", known, #bytes)
end

local function from_url(self, request)
  local body = json.decode(request.body() or "")
  local url = type(body) == "table" and body.file_url
  if type(url) ~= "string" or not url:find "^https?://" then return refuse(400, "file_url is required") end
  for fragment, sentence in pairs(self.world.script.assets) do
    if url:find(fragment, 1, true) then return refuse(40004, sentence) end
  end
  local name = url:match "([^/?#]+)[^/]*$" or "file"
  return accept(self, name, EXTENSIONS[(name:match "%.(%w+)$" or ""):lower()], 1000)
end

local HANDLERS = {
  ["POST upload/stream"] = stream, ["POST upload/base64"] = base64, ["POST upload/url"] = from_url,
  ["GET list"] = function(self)
    local list = {}
    for _, file in pairs(self.files) do list[#list + 1] = file end
    table.sort(list, function(a, b) return a.file_id < b.file_id end)
    return answers.answer(200, { success = true, code = 200, msg = "ok", data = { list = #list > 0 and list or json.empty_list, total = #list } })
  end,
  ["GET quota"] = function(self)
    local used = count(self.files)
    return answers.answer(200, { success = true, code = 200, msg = "ok",
      data = { total_files = MOST_FILES, used_files = used, remaining_files = MOST_FILES - used } })
  end,
}

--- What is done with a request for the file storage.
---@param method string
---@param path string  below /api/v1/files/
---@return fun(self: table, request: table): table, table?
function M.handler(method, path)
  local handler = HANDLERS[method .. " " .. path]
  if handler then return handler end
  return function(self)
    local file = method == "DELETE" and self.files[path]
    if not file then return refuse(404, "File not found") end
    self.files[path] = nil
    return answers.answer(200, { success = true, code = 200, msg = "ok", data = { file_id = path } })
  end
end

return M
