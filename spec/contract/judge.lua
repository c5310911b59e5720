--- Bodies before Runway's own document: check_contract.py as a function.
local cjson = require "cjson"

-- The judge's report over the cases; nil and the reason where it cannot be run here.
return function(cases)
  local probe = io.popen "python3 -c 'import jsonschema; print(1)' 2>&1"
  local answer = probe:read "*a"
  probe:close()
  if not answer:find "^1" then return nil, "python3-jsonschema is not installed" end
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  for _, case in ipairs(cases) do file:write(cjson.encode(case), "\n") end
  file:close()
  local pipe = io.popen("python3 spec/contract/check_contract.py " .. name .. " 2>&1")
  local report = pipe:read "*a"
  pipe:close()
  os.remove(name)
  return report
end
