-- make scorecard: what providers do to jobs, and what becomes of them, as a table. Ends with 0 only where every scenario passes.
package.path = "./?.lua;" .. package.path
local scorecard = require "spec.support.scorecard"

io.stdout:setvbuf "no"
print "One client over real sockets, on the virtual clock; the stand-ins' own logs are the judge. The policy is policy.standard with three"
print "tries a model and a fallback to two other providers, where a scenario says nothing else."
print()
print(scorecard.head())
local rows = scorecard.run(function(row) print(scorecard.line(row)) end)
local text, all = scorecard.sum(rows)
print()
print(text)
os.exit(all and 0 or 1)
