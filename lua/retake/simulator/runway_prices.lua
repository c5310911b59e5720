--- What Runway charges, in credits (1 credit = 0.01 dollar), as far as its price lists and users' bills tell.

local M = {}

-- Per second of output, and the seconds made where the request names none.
local PER_SECOND = {
  gen4_turbo = { 5, 5 }, act_two = { 5, 5 }, ["gen4.5"] = { 12, 5 }, aleph2 = { 28, 5, least = 56 }, ["veo3.1"] = { 40, 8, silent = 20 },
  ["veo3.1_fast"] = { 15, 8, silent = 10 }, seedance2 = { 36, 5 }, seedance2_fast = { 29, 5 }, seedance2_mini = { 20, 5 },
  seedance2_5 = { 30, 5, least = 80 }, happyhorse_1_0 = { 15, 5, large = 30 }, gemini_omni_flash = { 10, 5 }, hailuo3 = { 20, 5 },
  seed_audio = { 0.25, 10, least = 5 },
}

local FLAT = {
  gen4_image_turbo = 2, ["gemini_2.5_flash"] = 5, gemini_image3_pro = 20, ["gemini_image3.1_flash"] = 10, gpt_image_2 = 20,
  seedream5_pro = 9, seedream5_lite = 4, magnific_precision_upscaler_v2 = 25, magnific_video_upscaler_creative = 100,
  eleven_text_to_sound_v2 = 2, eleven_voice_isolation = 1, eleven_voice_dubbing = 5, eleven_multilingual_sts_v2 = 4,
}

local function video(price, body)
  local rate = price[1]
  if body.audio == false and price.silent then rate = price.silent end
  if body.resolution == "1080P" and price.large then rate = price.large end
  if body.outputFormat and body.outputFormat ~= "mp4" then rate = rate + 5 end
  return math.max(rate * (body.duration or price[2]), price.least or 0)
end

---@param model string
---@param body table  the request
---@return number credits
function M.credits(model, body)
  if PER_SECOND[model] then return math.ceil(video(PER_SECOND[model], body)) end
  if model == "gen4_image" then
    local width, height = (body.ratio or ""):match("(%d+):(%d+)")
    return width and width * height >= 1500000 and 8 or 5
  end
  if model:find("^eleven_") and not FLAT[model] then return math.ceil(#(body.promptText or "") / 50) end
  return (FLAT[model] or 5) * (body.outputCount or 1)
end

return M
