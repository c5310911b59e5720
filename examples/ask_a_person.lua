--- A person decides about refused content. The job waits for the answer, up to an hour; all other jobs go on.
local retake = require "retake"
local policy = retake.policy

local simulator = os.getenv "RETAKE_SIMULATOR"

-- What waits for a person: a game or an editor shows it in a window and calls `answer` from its buttons, a server from another request.
local questions = {}

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = policy.chain {
    policy.on("content", policy.ask(function(fault, job, answer)
      questions[#questions + 1] = { fault = fault, job = job, answer = answer }
    end, { timeout = 3600, otherwise = policy.give_up "nobody answered" })),
    policy.standard(),
  },
}

local function put(question)
  print(("refused: %s\n  %s"):format(question.job.request.prompt, question.fault.message))
  print "another prompt, or an empty line to give up:"
  local line = io.read() or "" -- at a terminal this script stands still while the person thinks; tasks at the provider do not
  local decision = line == "" and policy.give_up "a person gave up" or policy.revise { prompt = line }
  if not question.answer(decision) then print "too late: the job went on without you" end
end

local jobs = {}
for i, prompt in ipairs { "a paper boat", "a famous actor in a paper boat" } do
  jobs[i] = client:start { model = "runway/gen4.5", prompt = prompt, ratio = "1280:720", duration = 5 }
end

while client:step() > 0 do
  local question = table.remove(questions, 1)
  if question then put(question) else client:wait() end
end

local failed = 0
for _, job in ipairs(jobs) do
  local result = job:result()
  if not result then failed = failed + 1 end
  print(("%s: %s"):format(job.request.prompt, result and result.outputs[1] or tostring(job.fault)))
end
os.exit(failed == 0 and 0 or 1)
