--- A language model rewrites what was refused. The policy asks it over HTTP; its job waits for the answer, and no other.
-- SOFTENER is the address of whatever speaks the chat completions protocol (this one is Ollama's), SOFTENER_KEY its key, if it wants one.
local retake = require "retake"
local policy = retake.policy

local simulator = os.getenv "RETAKE_SIMULATOR"
local address = os.getenv "SOFTENER" or "http://127.0.0.1:11434/v1/chat/completions"
local key, model = os.getenv "SOFTENER_KEY", os.getenv "SOFTENER_MODEL" or "llama3.2"

local TASK = "Rewrite the prompt of a video so that it passes moderation, and keep its scene. Answer with the prompt alone."

-- Another prompt, or nil and why there is none: the service is one more thing that fails.
local function softened(client, prompt, category)
  local answer, fault = client:fetch {
    url = address, timeout = 30, headers = key and { Authorization = "Bearer " .. key } or nil,
    body = { model = model, messages = {
      { role = "system", content = TASK },
      { role = "user", content = ("Refused for: %s\n%s"):format(category or "unknown reasons", prompt) },
    } },
  }
  if not answer then return nil, tostring(fault) end
  local read, text = pcall(function() return answer.json.choices[1].message.content end)
  if not read or type(text) ~= "string" or not text:find "%S" then return nil, "the language model gave no prompt" end
  return text
end

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = policy.chain {
    policy.on("content", function(fault, job)
      if job.submissions >= 3 then return policy.give_up "refused three times: a person has to look" end
      local prompt, trouble = softened(job.client, job.request.prompt, fault.category)
      return prompt and policy.revise { prompt = prompt } or policy.give_up(trouble)
    end),
    policy.standard(),
  },
}
local failed = 0
for _, prompt in ipairs { "two knights in a bloody duel", "a paper boat" } do
  local job = client:start { model = "runway/gen4.5", prompt = prompt, ratio = "1280:720", duration = 5 }
  job:on("event", function(event)
    if event.event == "decision" then print(("refused: %s (%s%s)"):format(prompt, event.decision, event.why and ": " .. event.why or "")) end
    if event.event == "succeeded" then print(("done: %s"):format(job.request.prompt)) end
    if event.event == "failed" then
      failed = failed + 1
      print(("failed: %s: %s"):format(prompt, tostring(job.fault)))
    end
  end)
end
client:run()
os.exit(failed == 0 and 0 or 1)
