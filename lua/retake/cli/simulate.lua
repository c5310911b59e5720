--- retake simulate: runs a stand-in provider on a local port until it is told to stop.

local USAGE = [[
usage: retake simulate [options]
  --port N           port to listen on (default: a free one)
  --host ADDRESS     address to listen on (default: 127.0.0.1)
  --script FILE      what comes when: a Lua file that returns a table, or JSON
  --log FILE         append the provider-side log here, one JSON line a request
  --key KEY          the one valid API key (default: anything that starts with key_)
  --tls              https, with a certificate made on the spot; the file to trust is printed
  --bad-certificate  the same, but the certificate names another host
  --exit-with-stdin  stop when standard input is closed
The simulator stands in for Runway, Runware and EvoLink: give a client the address it prints as base_url.
]]

local VALUES = { ["--port"] = "port", ["--host"] = "host", ["--script"] = "script", ["--log"] = "log", ["--key"] = "key" }
local FLAGS = { ["--tls"] = "tls", ["--bad-certificate"] = "bad_certificate", ["--exit-with-stdin"] = "exit_with_stdin" }

local function parse(args)
  local options, i = {}, 1
  while i <= #args do
    local name, value = args[i], nil
    if name:find("=") then name, value = name:match("^([^=]*)=(.*)$") end
    if VALUES[name] then
      if not value then
        i = i + 1
        value = args[i]
      end
      if not value then return nil, name .. " needs a value" end
      options[VALUES[name]] = value
    elseif FLAGS[name] then
      options[FLAGS[name]] = true
    else
      return nil, "unknown option: " .. tostring(args[i])
    end
    i = i + 1
  end
  if options.port then
    local port = tonumber(options.port)
    if not port or port % 1 ~= 0 or port < 0 or port > 65535 then return nil, "--port must be a whole number from 0 to 65535" end
    options.port = port
  end
  return options
end

--- Resets need one socket option that cqueues cannot set.
local function find_socket()
  local ok, reason = pcall(require, "socket")
  if ok then return true end
  return nil, "retake simulate needs LuaSocket (Debian: apt-get install lua-socket; elsewhere: luarocks install luasocket).\n" .. tostring(reason)
end

--- Debian ships lua-http for Lua 5.1 to 5.3 only; its files run on 5.4 as they are.
local function find_http()
  if pcall(require, "http.server") then return true end
  for _, version in ipairs { "5.3", "5.1" } do
    package.path = package.path .. ";/usr/share/lua/" .. version .. "/?.lua;/usr/share/lua/" .. version .. "/?/init.lua"
  end
  local ok, reason = pcall(require, "http.server")
  if ok then return true end
  return nil, "retake simulate needs lua-http (Debian: apt-get install lua-http; elsewhere: luarocks install http).\n" .. tostring(reason)
end

local function watch_stdin(cq, stop)
  io.stdin:setvbuf "no"
  cq:wrap(function()
    local cqueues = require "cqueues"
    local input = { pollfd = 0, events = "r" }
    repeat cqueues.poll(input) until not io.stdin:read(1)
    stop()
  end)
end

local function watch_signals(cq, stop)
  local signal = require "cqueues.signal"
  signal.block(signal.SIGTERM, signal.SIGINT)
  local listener = signal.listen(signal.SIGTERM, signal.SIGINT)
  cq:wrap(function()
    listener:wait()
    stop()
  end)
end

local function run(options)
  if options.script then
    local script, reason = require("retake.simulator.script").load(options.script)
    if not script then return nil, options.script .. ": " .. tostring(reason) end
    options.script = script
  end
  local simulator, reason = require("retake.simulator").start(options)
  if not simulator then return nil, reason end
  local cqueues = require "cqueues"
  local main, stopped = cqueues.new(), false
  local function stop() stopped = true end
  main:wrap(function() simulator.loop() end)
  watch_signals(main, stop)
  if options.exit_with_stdin then watch_stdin(main, stop) end
  if simulator.ca_file then io.stdout:write("retake simulator: CA file ", simulator.ca_file, "\n") end
  io.stdout:write("retake simulator: listening on ", simulator.base_url, "\n")
  io.stdout:flush()
  while not stopped do
    local ok, why = main:step()
    if not ok then io.stderr:write("retake simulator: ", tostring(why), "\n") end
  end
  simulator.close()
  return true
end

---@param args string[]
---@return integer exit_code
return function(args)
  if args[1] == "--help" or args[1] == "-h" then
    io.stdout:write(USAGE)
    return 0
  end
  local options, reason = parse(args)
  if not options then
    io.stderr:write("retake simulate: ", reason, "\n", USAGE)
    return 2
  end
  local found
  found, reason = find_http()
  if found then found, reason = find_socket() end
  if found then found, reason = run(options) end
  if found then return 0 end
  io.stderr:write("retake simulate: ", tostring(reason), "\n")
  return 1
end
