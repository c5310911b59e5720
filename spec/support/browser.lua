--- Headless Chromium for specs of pages, by way of chromedriver.
--
--   local browser = require("spec.support.browser").start(1000, 800)
--   browser:open(url), browser:click "#start", browser:type("#prompt", "a paper boat"), browser:evaluate "document.title"
--   browser:wait_for("the picture", "document.querySelector('img')"), browser:messages(), browser:screenshot(path), browser:stop()
local command = require "spec.support.command"
local json = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local socket = require "socket"

local M = {}
M.__index = M

local FLAGS = { "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars" }

local function call(self, method, path, body)
  local text, pieces = body and json.encode(body), {}
  local _, status = http.request {
    url = ("http://127.0.0.1:%d/%s"):format(self.port, path), method = method, sink = ltn12.sink.table(pieces),
    source = text and ltn12.source.string(text), headers = text and { ["content-length"] = #text, ["content-type"] = "application/json" },
  }
  local answer = json.decode(table.concat(pieces))
  if status ~= 200 then error(("the browser: %s: %s"):format(path, tostring(answer.value.message):sub(1, 300)), 3) end
  return answer.value
end

-- The port that it says it took; it ends with its standard input, so it never outlives the spec.
local function start_driver(self)
  local out = self.folder .. "/driver"
  self.child = assert(io.popen(("HOME=%s chromedriver --port=0 >%s 2>&1 & pid=$!; cat >/dev/null; kill $pid; wait $pid 2>/dev/null"):format(self.folder, out), "w"))
  local deadline = socket.gettime() + 30
  repeat
    socket.sleep(0.02)
    self.port = tonumber((command.read(out) or ""):match "successfully on port (%d+)")
  until self.port or socket.gettime() > deadline
  if not self.port then error("chromedriver did not start: " .. (command.read(out) or ""), 3) end
end

---@param width integer of the window
---@param height integer
---@return table browser
function M.start(width, height)
  local self = setmetatable({}, M)
  self.folder, self.remove = command.folder()
  start_driver(self)
  local flags = { ("--window-size=%d,%d"):format(width, height), "--user-data-dir=" .. self.folder .. "/profile" }
  for _, flag in ipairs(FLAGS) do flags[#flags + 1] = flag end
  local made = call(self, "POST", "session", { capabilities = { alwaysMatch = {
    browserName = "chrome", ["goog:chromeOptions"] = { args = flags }, ["goog:loggingPrefs"] = { browser = "ALL" } } } })
  self.session = "session/" .. made.sessionId .. "/"
  return self
end

function M:open(url) call(self, "POST", self.session .. "url", { url = url }) end

--- A script's value, as far as JSON has it; of an element that it is there.
---@param script string an expression
function M:evaluate(script)
  local value = call(self, "POST", self.session .. "execute/sync", { script = "return (" .. script .. ")", args = { "" } }) -- an empty table would be an object
  return value ~= json.null and value or nil
end

local function element(self, selector)
  local found = call(self, "POST", self.session .. "element", { using = "css selector", value = selector })
  local _, id = next(found)
  return self.session .. "element/" .. id
end

function M:click(selector) call(self, "POST", element(self, selector) .. "/click", {}) end

function M:type(selector, text) call(self, "POST", element(self, selector) .. "/value", { text = text }) end

--- Waits until the expression is true, and gives its value.
function M:wait_for(what, script, seconds)
  local deadline = socket.gettime() + (seconds or 40)
  while true do
    local value = self:evaluate(script)
    if value then return value end
    if socket.gettime() > deadline then error("did not come: " .. what .. "; the page says\n" .. tostring(self:evaluate "document.body.innerText"), 2) end
    socket.sleep(0.05)
  end
end

--- What the page complained of since it was asked last.
---@return string[] messages
function M:messages()
  local messages = {}
  for _, entry in ipairs(call(self, "POST", self.session .. "se/log", { type = "browser" })) do messages[#messages + 1] = entry.message end
  return messages
end

--- The window as a PNG.
function M:screenshot(path)
  local shot = call(self, "GET", self.session .. "screenshot")
  command.write(path, (require("mime").unb64(shot)))
end

function M:stop()
  if self.session then pcall(call, self, "DELETE", self.session:sub(1, -2)) end
  self.child:close()
  self.remove()
end

return M
