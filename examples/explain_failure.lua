--- What a failure means, from the answer that told it: no network, no key, no job. For programs that have a client of their own.
local retake = require "retake"

local answers = {
  { operation = "submit", status = 400, body = '{"error":"You do not have enough credits to run this task."}' },
  { operation = "submit", status = 503, headers = { ["Retry-After"] = "7" }, body = "<html><title>503 Service Unavailable</title></html>" },
  { operation = "submit", status = 500, body = '{"error":"Something went wrong."}' }, -- a task may exist: not to be sent again
  { operation = "poll", status = 200, body = '{"id":"1","status":"FAILED","failureCode":"SAFETY.INPUT.TEXT","failure":"Flagged: public figure."}' },
  { operation = "poll", status = 200, body = '{"id":"1","status":"RUNNING","progress":0.5}' },
}

for _, answer in ipairs(answers) do
  answer.provider = "runway"
  local fault = retake.classify(answer)
  if not fault then
    print "no failure\n"
  else
    print(fault:explain())
    if fault.retry == "wait" then
      print(("  wait:     %g s at least, %d times at most"):format(fault.retry_after or fault.floor, fault.resends))
    end
    print ""
  end
end
