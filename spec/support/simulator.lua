--- Runs the simulator as a child process for specs.
--
--   local simulator = require("spec.support.simulator").start { script = { ... }, tls = true, bad_certificate = true, key = "key_..." }
--   simulator.base_url, simulator.ca_file, simulator:log(), simulator:submissions { paid = true }, simulator:state()
--   simulator:script { ... }   -- a new script; forgets tasks and log
--   simulator:faults { ... }   -- new faults, and nothing is forgotten
--   simulator:stop()
--
-- The child ends when its standard input closes, so it never outlives the spec, whatever becomes of that.

local json = require "cjson"
local socket = require "socket"

local M = {}
M.__index = M

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "*a"
  file:close()
  return text
end

--- Writes a table as Lua: unlike JSON it keeps tables that are both list and map.
local function serialise(value)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = "[" .. serialise(key) .. "]=" .. serialise(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function quote(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

--- The checkout's root: specs run from it, but nothing depends on that.
local function root()
  local here = debug.getinfo(1, "S").source:match("^@(.*)$")
  return here:match("^(.*)/spec/support/[^/]*$") or "."
end

local function command(options, files)
  local words = { (_VERSION:lower():gsub(" ", "")), quote(root() .. "/bin/retake"), "simulate", "--exit-with-stdin" }
  if options.script then words[#words + 1] = "--script " .. quote(files.script) end
  if options.port then words[#words + 1] = "--port " .. options.port end
  if options.key then words[#words + 1] = "--key " .. quote(options.key) end
  if options.log then words[#words + 1] = "--log " .. quote(options.log) end
  if options.tls then words[#words + 1] = "--tls" end
  if options.bad_certificate then words[#words + 1] = "--bad-certificate" end
  return table.concat(words, " ") .. " >" .. quote(files.out) .. " 2>" .. quote(files.err)
end

local function remove(files)
  for _, path in pairs(files) do os.remove(path) end
end

---@param options table?  { script = table, key =, log = path, port =, tls =, bad_certificate = }
---@return table simulator
function M.start(options)
  options = options or {}
  local files = { out = os.tmpname(), err = os.tmpname(), script = os.tmpname() }
  local file = assert(io.open(files.script, "w"))
  file:write("return ", serialise(options.script or {}))
  file:close()
  local self = setmetatable({ files = files, scripted = options.script, child = assert(io.popen(command(options, files), "w")) }, M)
  local deadline = socket.gettime() + 20
  while not self.base_url do
    local out = read_file(files.out)
    self.base_url = out:match("listening on (%S+)\n")
    self.ca_file = out:match("CA file (%S+)\n")
    if not self.base_url then
      local err = read_file(files.err)
      if err ~= "" or socket.gettime() > deadline then
        self:stop()
        error("the simulator did not start: " .. err, 2)
      end
      socket.sleep(0.01)
    end
  end
  self.port = tonumber(self.base_url:match(":(%d+)$"))
  return self
end

local function exchange_plain(port, text)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:settimeout(20)
  assert(connection:send(text))
  local answer, _, part = connection:receive "*a"
  connection:close()
  return answer or part
end

local function exchange_tls(port, text)
  local connection = require("cqueues.socket").connect("127.0.0.1", port)
  connection:onerror(function(_, _, why) return why end)
  connection:setmode("b", "b")
  assert(connection:starttls(require("openssl.ssl.context").new "TLS", 20))
  assert(connection:xwrite(text, "n", 20))
  local answer = connection:xread("*a", 20)
  connection:close()
  return answer or ""
end

--- A control request. Control goes over a bare socket, free of what is under test.
local function exchange(self, text)
  return (self.base_url:find("^https") and exchange_tls or exchange_plain)(self.port, text)
end

local function control(self, method, path, body)
  local text = method .. " " .. path .. " HTTP/1.0\r\nHost: control\r\nContent-Type: text/x-lua\r\nContent-Length: " .. #(body or "") .. "\r\n\r\n"
  local answer = exchange(self, text .. (body or ""))
  local status, content = answer:match("^HTTP/1%.%d (%d+).-\r\n\r\n(.*)$")
  if status ~= "200" then error("the simulator's control path answered " .. tostring(status) .. ": " .. tostring(content), 3) end
  return json.decode(content)
end

--- The provider-side log, oldest first.
---@return table[] entries
function M:log() return control(self, "GET", "/_simulator/log") end

--- The submissions in the log.
---@param filter table?  { paid = true }: only those that were accepted and charged
---@return table[] entries
function M:submissions(filter)
  local found = {}
  for _, entry in ipairs(self:log()) do
    if entry.operation == "submit" and (not (filter and filter.paid) or entry.billed) then found[#found + 1] = entry end
  end
  return found
end

---@return table state  { balance =, tasks = { { id =, status =, estimated =, cost =, deleted = } } }
function M:state() return control(self, "GET", "/_simulator/state") end

--- Gives it a new script; tasks, uploads, links, balance and log start afresh.
---@param script table
function M:script(script)
  self.scripted = script
  return control(self, "POST", "/_simulator/script", "return " .. serialise(script))
end

--- Gives it new faults; all else stays as it is. For a provider that goes down and comes back.
---@param faults table[]
function M:faults(faults)
  self.scripted = { self.scripted, faults }
  return control(self, "POST", "/_simulator/faults", "return " .. serialise { faults = faults })
end

--- Ends it and waits for its end.
---@return string errors  what it wrote to standard error
function M:stop()
  if not self.child then return "" end
  self.child:close()
  self.child = nil
  local errors = read_file(self.files.err)
  remove(self.files)
  return errors
end

return M
