--- Where an answer says what went wrong, for APIs nobody described: errors in JSON of any of the usual shapes, in text, in pages.
--
-- A *finding* is one error: code, type, message, field. Each table of a body is read once: a key has a role (code, message, ...) whatever
-- its letter case and signs, and a rank where several keys have the same one. Tables that can only be errors ("error", "details") are read
-- whole; others ("data", "output") only where they say that something failed.
local cjson = require "cjson.safe"
local words = require "retake.evidence_words"

local M = {}

local json = cjson.new()

-- Bodies come from outside: how many errors are kept, tables read, items of a list looked at, and how deep it goes, in tables and in JSON
-- inside strings.
local MOST_FINDINGS, MOST_TABLES, MOST_ITEMS, DEEPEST, DEEPEST_TEXT = 32, 128, 32, 8, 4
-- A text that holds JSON is tried only up to this size.
local NESTED_READ = 64 * 1024

local find, sub, lower, gsub, format = string.find, string.sub, string.lower, string.gsub, string.format
local type, next = type, next

---- roles ---------------------------------------------------------------------------------------------------------------------------

local role_of, rank_of = {}, {}

-- "error_code": error_code, errorCode, ErrorCode, errorcode, error-code, ERROR_CODE
local function spellings(name)
  local camel = gsub(name, "_(%l)", string.upper)
  return { name, camel, (gsub(camel, "^%l", string.upper)), (gsub(name, "_", "")), (gsub(name, "_", "-")), string.upper(name) }
end

local function role(slot, names)
  local rank = 0
  for name in names:gmatch "%S+" do
    rank = rank + 1
    for _, spelling in ipairs(spellings(name)) do
      if not role_of[spelling] then role_of[spelling], rank_of[spelling] = slot, rank end
    end
  end
end

role("code", [[code error_code err_code errno failure_code fail_code task_status_code status_code error_no error_id result_code ret_code error_key
  return_code biz_code sub_code failure_reason_code]])
role("type", "__type type error_type err_type exception_type exception_name name kind error_name category_name")
role("message", [[message msg error_message err_msg error_msg errmsg status_msg status_message task_status_msg fail_reason failure_reason
  failure_message fail_msg failed_reason error_description error_detail_message detailed_message task_status_message error_info detail_message
  user_message display_message finish_message block_reason_message status_detail description ret_msg return_msg result_msg text
  localized_message failure fail_message rejection_reason error_reason reason_message error_text]])
role("title", "title")
role("reason", "reason sub_status quota_id quota_limit moderation_reason reason_code status_reason")
role("state", "status state task_status job_status generation_status status_text task_state")
role("field", "param parameter field loc path property field_name parameter_name param_name argument target pointer")
role("retry", [[retry_after retry_after_seconds retry_in retry_delay wait_seconds retry_after_sec retry_after_secs estimated_time
  seconds_until_reset reset_in reset_after wait_time]])
role("retry_ms", "retry_after_ms retry_after_milliseconds retry_delay_ms retry_in_ms reset_after_ms")
role("reset", "reset_at reset_time resets_at rate_limit_reset retry_at next_reset_time quota_reset_time retry_after_time")
role("request_id", "request_id req_id x_request_id log_id trace_id correlation_id support_id")
role("task_id", "task_id task_uuid job_id generation_id prediction_id")
role("success", "success ok succeeded is_success is_ok successful")
role("stage", "moderation_stage moderation_source")
role("finish", "finish_reason finish_reasons stop_reason")
role("blocked", "block_reason")
role("filtered", "rai_media_filtered_reasons rai_filtered_reason rai_filtered_reasons filtered_reasons rai_error_reason safety_violations")
role("made", "generated_samples generated_videos generated_images videos images video_url image_url")
-- Errors, whatever else the table says.
role("error", [[error errors err inner_error error_detail error_details exception fault issues violations field_violations validation_errors
  error_data error_response error_object task_error invalid_params node_errors upstream_error provider_error original_error]])
-- Errors only inside of errors; texts of a failure.
role("detail", [[detail details cause metadata raw body errors_list response_body upstream_body moderation_details reasons additional_info
  extra context source flagged_categories categories response_content error_messages messages causes]])
-- What holds answers of all kinds.
role("inside", [[data result output response resp base_resp response_metadata prompt_feedback candidates choices predictions artifacts
  generate_video_response header meta task task_result results payload generation job tasks task_info video_result extra_info prediction
  sdGenerationJob]])

-- "prompt": ["is required"], the values of a map of fields, may be under any name; these are never the name of a field.
local not_fields = { documentation = true, docs = true, url = true, doc_url = true, help = true, link = true, timestamp = true, stack = true,
  trace = true, prompt = false, domain = true, service = true, consumer = true, ["@type"] = true, input = true, ctx = true, object = true }

local function text(value)
  if type(value) == "string" then
    if value ~= "" then return value end
  elseif type(value) == "number" then return format("%.14g", value) end
end

---- states --------------------------------------------------------------------------------------------------------------------------

local states = {}
for word in ([[failed failure fail error errored faulted crashed dead failedwitherror fatal unsuccessful taskfailed generationfailed failed_final
  processfailed jobfailed invalid]]):gmatch "%S+" do states[word] = "failed" end
-- Words that say why, too: they are kept as a code.
for word in ([[requestmoderated contentmoderated moderated moderationfailed moderationblocked rejected denied blocked nsfw timeout timedout expired
  tasknotfound notfound insufficientcredits insufficientbalance flagged contentfiltered filtered sensitive throttledout
  contentpolicyviolation]]):gmatch "%S+" do states[word] = "named" end
for word in ("cancelled canceled cancelledbyuser usercancelled aborted revoked terminated"):gmatch "%S+" do states[word] = "cancelled" end
for word in ([[success succeeded succeed successful completed complete done ok finished finish ready generated pending queued queueing running
  processing inprogress inqueue started starting submitted created throttled waiting generating preparing initializing accepted uploading
  active scheduled dispatched progress doing partialsuccess]]):gmatch "%S+" do states[word] = "well" end

local squeezed = {} -- states as they come, a few of them
local squeezed_count = 0

local function state_of(value)
  local known = squeezed[value]
  if known ~= nil then return known end
  if #value > 40 then return nil end
  known = states[(gsub(lower(value), "[%s_%-]", ""))] or false
  if squeezed_count < 200 then squeezed[value], squeezed_count = known, squeezed_count + 1 end
  return known
end

local fine_codes = { ["0"] = true, ["200"] = true, ["201"] = true, ["202"] = true, ["204"] = true, ["00000"] = true, ["0000"] = true,
  success = true, ok = true, succeed = true, succeeded = true, ["true"] = true, none = true, no_error = true }

local function is_fine_code(code)
  return fine_codes[code] or fine_codes[lower(code)] or false
end

local function says_success(message)
  if #message >= 40 then return false end
  return find(lower(message), "^succe") ~= nil or find(message, "成功$") ~= nil or lower(message) == "ok"
end

local benign_finish = { stop = true, success = true, succeeded = true, max_tokens = true, length = true, end_turn = true, tool_calls = true,
  eos = true, eos_token = true, complete = true, completed = true, finish_reason_unspecified = true, null = true, none = true, stop_sequence = true,
  block_reason_unspecified = true, tool_use = true, function_call = true, ["true"] = true, normal = true }

---- reading -------------------------------------------------------------------------------------------------------------------------

local read_table

local function read_list(findings, list, depth, erring, origin)
  for index = 1, math.min(#list, MOST_ITEMS) do
    local item = list[index]
    if type(item) == "table" then read_table(findings, item, depth + 1, erring, origin)
    elseif erring and type(item) == "string" and item ~= "" then M.add(findings, { message = item }, depth) end
  end
end

-- The path of a field: "image_urls[0]", from a list of steps; FastAPI's begins with where the parameter stood.
local function path_of(value)
  if type(value) == "table" then
    local path = ""
    for index = 1, math.min(#value, 16) do
      local part = value[index]
      if type(part) == "number" then path = path .. format("[%.14g]", part)
      elseif type(part) == "string" and part ~= "" and not (index == 1 and #value > 1 and (part == "body" or part == "query")) then
        path = path .. ((path == "" or find(part, "^%[")) and "" or ".") .. part
      end
    end
    return path ~= "" and path or nil
  end
  value = text(value)
  if value and #value <= 200 then
    if find(value, "^#?/") then value = gsub(gsub(value, "^#?/", ""), "/", ".") end
    return value ~= "" and value ~= "$" and value or nil
  end
end

-- "https://docs.example/errors/idempotency-conflict", "com.amazonaws.bedrock#ThrottlingException:http://...": the name in it.
local function short_type(name)
  if find(name, "#", 1, true) then name = gsub(gsub(name, "^.*#", ""), ":.*$", "") end
  if find(name, "://", 1, true) then name = gsub(gsub(name, "[/?]+$", ""), "^.*/", "") end
  if find(name, "type.googleapis.com", 1, true) then return nil end
  return name ~= "" and name ~= "about:blank" and name or nil
end

local function decode_nested(said)
  local decoded = json.decode(said)
  if type(decoded) == "table" then return decoded end
  if find(said, '\\"', 1, true) then
    decoded = json.decode((gsub(said, '\\"', '"')))
    if type(decoded) == "table" then return decoded end
  end
end

-- JSON inside a text, or what can be told of it where it is cut short or not quite JSON (Python's way to print it).
local function nested_in(findings, said, depth)
  local level = findings.level or 0
  local from = find(said, "[{%[]%s*[{\"'\\]")
  if not from or level >= DEEPEST_TEXT then return end
  findings.level = level + 1
  local inside = sub(said, from, from + NESTED_READ)
  local last = find(inside, "[}%]][^}%]]*$")
  local decoded = last and decode_nested(sub(inside, 1, last))
  if decoded then read_table(findings, decoded, depth + 1, true)
  else
    local code = inside:match "\\?['\"]code\\?['\"]%s*:%s*\\?['\"]?([%w_%.%-]+)" or inside:match "\\?['\"]status\\?['\"]%s*:%s*\\?['\"]([%u_]+)"
    local kind = inside:match "\\?['\"]type\\?['\"]%s*:%s*\\?['\"]([%w_%.%-]+)"
    if code or kind then findings[#findings + 1] = { code = code, type = kind or "nested" } end
  end
  findings.level = level
end

--- Adds a finding, and what its message holds.
---@param findings table
---@param finding table
---@param depth integer
function M.add(findings, finding, depth)
  local count = #findings
  if count >= MOST_FINDINGS then return end
  findings[count + 1] = finding
  local message = finding.message
  if message then
    if not finding.code then finding.code = words.code_in(message) end
    if find(message, "{", 1, true) or find(message, '["', 1, true) then nested_in(findings, message, depth) end
  end
end

-- A map of fields to what is wrong with each.
local function read_fields(findings, map, depth)
  local names = {}
  for key in next, map do
    if type(key) == "string" and not not_fields[key] and #names < MOST_ITEMS then names[#names + 1] = key end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = map[name]
    if type(value) == "table" then value = value[1] end
    if type(value) == "table" then read_table(findings, value, depth + 1, true)
    elseif type(value) == "string" and value ~= "" then M.add(findings, { message = value, field = name }, depth) end
  end
end

local function is_error_value(value)
  local kind = type(value)
  if kind == "table" then return next(value) ~= nil end
  if kind == "string" then return value ~= "" and not is_fine_code(value) and lower(value) ~= "null" and lower(value) ~= "false" end
  return kind == "number" and value ~= 0 or value == true
end

-- An error table of a fine code and no words is none: { code = 0, message = "" }.
local function read_child(findings, value, depth, erring, origin)
  local kind = type(value)
  if kind == "table" then
    if #value > 0 then read_list(findings, value, depth, erring, origin) else read_table(findings, value, depth + 1, erring, origin) end
  elseif erring and kind == "string" and value ~= "" then
    if find(value, "^[%a][%w_%.%-]*$") and #value <= 64 and not find(value, "^%l+$") then M.add(findings, { code = value, message = value }, depth)
    else M.add(findings, { message = value }, depth) end
  end
end

local function note_wait(findings, seconds)
  if seconds and seconds >= 0 and seconds < 1e9 then findings.retry_after = math.max(findings.retry_after or 0, seconds) end
end

-- How an answer ended: { finishReason = "SAFETY" }, { finish_reasons = { "Filter reason: prompt" } }
local function note_finish(findings, value, message)
  local list = type(value) == "table" and value or { value }
  for index = 1, math.min(#list, 8) do
    local reason = list[index]
    if type(reason) == "string" and reason ~= "" then
      if benign_finish[lower(reason)] then findings.finished_well = true
      else
        local pending = findings.finish or {}
        findings.finish = pending
        if #pending < 8 then pending[#pending + 1] = { code = reason, type = "finish", message = message } end
      end
    end
  end
end

local function note_filtered(findings, value)
  local list = type(value) == "table" and value or { value }
  local pending = findings.finish or {}
  findings.finish = pending
  for index = 1, math.min(#list, 8) do
    if type(list[index]) == "string" and #pending < 8 then pending[#pending + 1] = { type = "filtered", message = list[index] } end
  end
end

local function is_true(value)
  return value == true or value == "true" or value == 1
end

-- What a table says, by role. One table for each depth, used again and again: reading makes no garbage but the findings.
local function gather(node)
  local code, code_rank, message, message_rank, kind, kind_rank, state, state_rank = nil, 99, nil, 99, nil, 99, nil, 99
  local rest
  for key, value in next, node do
    local slot = role_of[key]
    if slot and value ~= cjson.null then
      local rank = rank_of[key]
      if slot == "message" and type(value) == "string" then
        if rank < message_rank and value ~= "" then message, message_rank = value, rank end
      elseif slot == "code" and type(value) ~= "table" then
        if rank < code_rank and text(value) then code, code_rank = text(value), rank end
      elseif slot == "type" then
        if rank < kind_rank and type(value) == "string" and value ~= "" then kind, kind_rank = value, rank end
      elseif slot == "state" and type(value) ~= "table" then
        if rank < state_rank then state, state_rank = value, rank end
      else
        rest = rest or {}
        local held = rest[slot]
        if slot == "error" or slot == "detail" or slot == "inside" or slot == "message" or slot == "code" or slot == "state" then
          local list = rest.children or {}
          rest.children = list
          list[#list + 1] = slot
          list[#list + 1] = key
          if slot == "error" and is_error_value(value) then rest.error = true end
        elseif held == nil or rank < rest[slot .. "_rank"] then
          rest[slot], rest[slot .. "_rank"] = value, rank
        end
      end
    end
  end
  return code, message, kind, state, rest
end

local function note_rest(findings, rest, message)
  if rest.finish then note_finish(findings, rest.finish, message) end
  if text(rest.blocked) and not find(text(rest.blocked), "UNSPECIFIED", 1, true) then
    findings.finish = findings.finish or {}
    findings.finish[#findings.finish + 1] = { code = text(rest.blocked), type = "blocked", message = message }
  end
  if rest.filtered then note_filtered(findings, rest.filtered) end
  if type(rest.made) == "table" and #rest.made > 0 or type(rest.made) == "string" and rest.made ~= "" then findings.finished_well = true end
  if not findings.request_id then findings.request_id = text(rest.request_id) end
  if not findings.task_id then findings.task_id = text(rest.task_id) end
  if rest.retry then note_wait(findings, words.seconds(rest.retry)) end
  if rest.retry_ms then note_wait(findings, (tonumber(rest.retry_ms) or -1000) / 1000) end
  if rest.reset then note_wait(findings, words.seconds_until(rest.reset)) end
end

-- Whether a table outside of errors says that something failed; the state it names, and whether it says that all is well.
local function judge(code, message, state, rest, findings)
  if rest and rest.error then return true, nil end
  if rest and rest.success == false or rest and (rest.success == "false" or rest.success == 0) then return true end
  if type(state) == "string" then
    local known = state_of(state)
    if known == "well" then return false, known end
    if known then return true, known end
    local number = tonumber(state)
    if number and number >= 400 and number < 600 then return true end
  elseif type(state) == "number" and state >= 400 and state < 600 then return true end
  if code and not is_fine_code(code) and not (message and says_success(message)) and not (rest and is_true(rest.success)) then
    return findings.refused or tonumber(code) ~= nil or not findings.tells_of_task
  end
  return false
end

local child_order = { error = 1, detail = 2, message = 3, code = 4, state = 5, inside = 6 }

local function sorted_children(children)
  if #children <= 2 then return children end
  local pairs_of = {}
  for index = 1, #children, 2 do pairs_of[#pairs_of + 1] = { children[index], children[index + 1] } end
  table.sort(pairs_of, function(a, b)
    if a[1] ~= b[1] then return child_order[a[1]] < child_order[b[1]] end
    if rank_of[a[2]] ~= rank_of[b[2]] then return rank_of[a[2]] < rank_of[b[2]] end
    return a[2] < b[2]
  end)
  local sorted = {}
  for _, pair in ipairs(pairs_of) do
    sorted[#sorted + 1] = pair[1]
    sorted[#sorted + 1] = pair[2]
  end
  return sorted
end

local function read_children(findings, node, rest, depth, erring)
  local children = sorted_children(rest.children)
  for index = 1, #children, 2 do
    local slot, key = children[index], children[index + 1]
    local value = node[key]
    if slot == "error" then
      if is_error_value(value) then read_child(findings, value, depth, true, key) end
    elseif slot == "inside" then
      if type(value) == "table" then read_child(findings, value, depth, findings.refused and key ~= "data" and erring, key) end
    elseif erring then read_child(findings, value, depth, true, key) end
  end
end

-- The finding a table itself makes: its own code, type, message.
local function own_finding(code, message, kind, state, rest)
  local named = type(state) == "string" and not (state_of(state) == "failed" or state_of(state) == "well") and state or nil
  if named and (not code or tonumber(code)) then code = named end -- the name of a google.rpc code says more than its number
  if not code and (type(state) == "number" or tonumber(state)) then code = text(state) end
  if code and is_fine_code(code) then code = nil end
  if kind then kind = short_type(kind) end
  local reason = rest and text(rest.reason)
  if reason then
    if find(reason, "^[%w_%.%-]+$") then
      if not code or tonumber(code) then code = reason else kind = kind and kind .. "." .. reason or reason end
    elseif not message then message = reason end
  end
  if rest and rest.stage and text(rest.stage) then kind = "moderation." .. text(rest.stage) end
  return code, message, kind
end

function read_table(findings, node, depth, erring, origin)
  findings.tables = findings.tables + 1
  if findings.tables > MOST_TABLES or depth > DEEPEST then return end
  if #node > 0 then return read_list(findings, node, depth, erring, origin) end
  local code, message, kind, state, rest = gather(node)
  if rest then note_rest(findings, rest, message) end
  local failed, told = erring, nil
  if not erring then
    failed, told = judge(code, message, state, rest, findings)
    if told == "well" then
      findings.well = true
      if not (rest and rest.error and findings.refused) then return end
    elseif told == "cancelled" then findings.state = "cancelled"
    elseif told then findings.state = "failed" end
    if failed and not told and depth == 0 and type(state) == "string" then findings.state = nil end
  end
  local before = #findings
  if failed then
    local own_code, own_message, own_kind = own_finding(code, message, kind, state, rest)
    if own_message and not own_code and not own_kind and says_success(own_message) then own_message = nil end
    -- beside an error of its own, the name of a task's kind is not one of an error
    if not erring and rest and rest.error and not own_code then own_kind = nil end
    if told and not own_code and not own_message then own_kind = nil end
    if origin == "base_resp" or origin == "BaseResp" then own_kind = "base_resp" end
    local last = findings[#findings]
    if own_kind and not own_code and not own_message and depth > 0 and last and not last.type then
      last.type = own_kind -- { message = "...", details = { name = "UpstreamError" } }
    elseif own_code or own_message or own_kind then
      M.add(findings, { code = own_code, type = own_kind, message = own_message, field = rest and path_of(rest.field) or nil }, depth)
    elseif erring and not (rest and rest.children) then read_fields(findings, node, depth) end
    -- problem+json: the title names the problem, the detail tells of this one
    local title = rest and text(rest.title)
    if title then M.add(findings, { message = title }, depth) end
  end
  if rest and rest.children then read_children(findings, node, rest, depth, failed) end
  if told and told ~= "well" and #findings == before then
    M.add(findings, told == "cancelled" and { type = "cancelled", message = "the task was cancelled" }
      or { type = "failed", message = "the task failed, no reason given" }, depth)
  end
end

---- whole bodies --------------------------------------------------------------------------------------------------------------------

local tells_of_task = { "id", "status", "data", "output", "task_id", "taskId", "url", "urls", "result", "results", "images", "videos", "state",
  "request_id_only" }

-- A body of nothing but words is an error, one of words beside an id or a result is none.
local function words_alone(findings, body)
  local code, message, kind, _, rest = gather(body)
  if rest and is_true(rest.success) then return end
  local said = message or body.detail or body.error or body.details
  if type(said) == "table" then read_child(findings, said, 0, true, "detail")
  elseif text(said) and not says_success(text(said)) then
    local found_code, found_message, found_kind = own_finding(code, text(said), kind, nil, rest)
    M.add(findings, { code = found_code, type = found_kind, message = found_message, field = rest and path_of(rest.field) or nil }, 0)
  end
end

--- The errors in a decoded body, the outermost first.
---@param body table decoded JSON
---@param answer { status: integer|nil }|nil the rest of what is known of the call
---@return table findings a list of { code, type, message, field }, with what the body names beside them: retry_after (seconds), request_id,
---  task_id, state ("failed", "cancelled")
function M.of_table(body, answer)
  local findings = { tables = 0 }
  local status = answer and tonumber(answer.status) or 0
  findings.refused = status >= 400
  if not findings.refused then
    for index = 1, #tells_of_task do
      if body[tells_of_task[index]] ~= nil then findings.tells_of_task = true break end
    end
  end
  read_table(findings, body, 0, findings.refused)
  if findings.finish and not findings.finished_well then
    for _, finding in ipairs(findings.finish) do M.add(findings, finding, 0) end
  end
  if #findings == 0 and not findings.well and not findings.tells_of_task then words_alone(findings, body) end
  if findings.state and not findings.task_id and type(body.id) == "string" then findings.task_id = body.id end
  return findings
end

--- The errors in a body that is no JSON: a page, a stream of events, lines of text, JSON within words.
---@param said string
---@param answer { status: integer|nil }|nil
---@return table findings
function M.of_text(said, answer)
  local findings = { tables = 0, refused = true }
  local status = answer and tonumber(answer.status) or 0
  -- JSON cut short under a good status: its words are those of an answer, not of an error
  if status >= 200 and status < 300 and find(said, "^%s*[{%[]") then
    findings[1] = { type = "text", message = "the answer is no JSON, or only the start of it" }
    return findings
  end
  local head = sub(said, 1, NESTED_READ)
  if find(head, "^%s*<[!%a?]") then
    local message = words.page(head)
    if message then findings[1] = { type = "html", message = message, code = words.code_in(message) } end
    return findings
  end
  for data in words.events(head) do
    local decoded = json.decode(data)
    if type(decoded) == "table" then
      for _, finding in ipairs(M.of_table(decoded, answer)) do M.add(findings, finding, DEEPEST_TEXT) end
    elseif not find(data, "^%[DONE%]") and find(data, "%S") then M.add(findings, { message = data }, 0) end
  end
  if #findings > 0 or words.is_stream(head) then return findings end
  local message = gsub(gsub(head, "^%s+", ""), "%s+$", "")
  if message == "" then return findings end
  M.add(findings, { message = message, type = "text" }, 0)
  return findings
end

--- A body as it came, decoded: a table where it is JSON, else its text.
---@param body any
---@return table|nil decoded, string|nil text
function M.decode(body)
  if type(body) == "table" then return body end
  if type(body) ~= "string" or body == "" then return nil end
  if find(body, "^%s*[%[{\"]") then
    local decoded = json.decode(body)
    if type(decoded) == "table" then return decoded end
    -- JSON as a JSON string
    if type(decoded) == "string" then
      local inner = find(decoded, "^%s*[%[{]") and json.decode(decoded)
      if type(inner) == "table" then return inner end
      return nil, decoded
    end
  end
  return nil, body
end

return M
