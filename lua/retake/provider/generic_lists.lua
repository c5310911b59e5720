--- The words and codes behind generic_rules.lua. `*` stands for anything between two parts; letter case does not matter, and `_`, `-` and line
-- ends count as spaces in texts. Codes are written with `_` between their words, whatever sign or letter case the API has there.
local M = {}

--- Fragments between bars.
---@param text string
---@return string[]
function M.split(text)
  local found = {}
  for item in text:gmatch "[^|]+" do
    item = item:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
    if item ~= "" then found[#found + 1] = item end
  end
  return found
end

--- Patterns of codes that hold one of the fragments: "real person" is in REAL_PERSON_DETECTED. Single words may be part of others in codes
--- ("score" holds "core"), so only longer ones count.
---@param text string
---@return string[]
function M.patterns(text)
  local found = {}
  for _, item in ipairs(M.split(text)) do
    if #item >= 5 then found[#found + 1] = "*." .. "*" .. item:gsub("[ /']", "*") .. "*" .. ".*" end
  end
  return found
end

-- Every pair of a subject and something said of it.
local function pairs_of(subjects, verbs)
  local found = {}
  for _, subject in ipairs(M.split(subjects)) do
    for _, verb in ipairs(M.split(verbs)) do found[#found + 1] = subject .. "*" .. verb end
  end
  return found
end

---- refused content ----------------------------------------------------------------------------------------------------------------------

M.moderation_parameters = [[safety tolerance*must|safety tolerance*less than|safety tolerance*greater|safety tolerance*between|invalid*safety tolerance
  |safety setting*invalid|invalid*safety setting|safety settings must|safety filter level*must|safety filter level*not support
  |invalid*safety filter level|unsupported*safety filter level|safety checker*must|safety checker*boolean|enable safety checker*bool
  |invalid value*moderation*supported values|'moderation'*must be|moderation*must be one of|'moderation' must
  |unknown parameter*moderation|unknown parameter*safety|unrecognized*safety|persongeneration*not support
  |person generation*not support|invalid*persongeneration|invalid*person generation|unsupported*persongeneration
  |allow all for persongeneration|content filter*must be one of|contentmoderation*must]]
M.moderation_trouble = [[moderation service*unavailable|moderation service*timed out|moderation service*timeout|moderation service error
  |moderation service failed|moderation timed out|moderation timeout|moderation request failed|moderation api error|failed to moderate
  |unable to moderate|could not moderate|moderation system*unavailable|content safety service*unavailable|failed to run safety checker
  |审核服务异常|审核服务超时|审核超时|审核服务不可用|审核系统异常]]
M.suspended = [[account has been suspended|account has been disabled|account has been banned|account has been deactivated|account has been locked
  |account has been blocked|account has been terminated|account has been restricted|account is suspended|account is disabled
  |account is banned|account is deactivated|account is locked|account is blocked|account is terminated|account is inactive
  |account is not active|account is restricted|account was suspended|account was disabled|account was banned|account was terminated
  |account suspended|account disabled|account banned|account deactivated|account locked|account frozen|account is frozen
  |account has been frozen|account*temporarily suspended|organization has been suspended|organization has been disabled
  |organization is suspended|organization is disabled|organization has been restricted|organization is restricted
  |project has been suspended|project is suspended|workspace has been suspended|user has been banned|user is banned
  |user has been suspended|user is suspended|user is disabled|user has been disabled|user is blocked|user has been blocked
  |user was banned|you have been banned|you are banned|you've been banned|consumer*has been suspended
  |has been disabled in this account|resource has been temporarily blocked|api key has been disabled|api key is disabled
  |api key has been revoked|api key*revoked|api key was disabled|key has been disabled|key is disabled|api key disabled
  |token has been disabled|token is disabled|key has been deactivated|key is inactive|api key is inactive|access*has been suspended
  |access*has been revoked|subscription*suspended|access terminated|access was terminated|access has been terminated
  |reported as leaked|suspended due to|suspended for|service has been suspended|temporarily banned|permanently banned|tenant*suspended
  |账号已被封|账户已被封|用户已被封|帐号已被封|账号被封|账户被封|已被封禁|账号已被禁用
  |账户已被禁用|用户已被禁用|账号被禁用|账户被禁用|账号已停用|账户已停用|账号已冻结
  |账户已冻结|账号被冻结|账户被冻结|账户已被冻结|账号已被冻结|账号异常|账户异常|令牌*已禁用
  |令牌*被禁用|令牌状态不可用|密钥已被禁用|密钥已禁用|key已被禁用|服务已停用|账号已注销]]

M.output_codes = [[*output*sensitive*content* *output*sensitive* *output*moderat* *output*risk*detect* *output*policy*violation* *output*blocked
  *output*safety* *generated*content*flagged *generated*content*blocked *post*img*risk* *output*text*risk* creation*policy*violation
  *generated*image*unsafe* *outputimageillegal* *output*illegal* content_moderated]]
M.content_codes = [[*content_policy* *content_moderat* *content_filter* *content_violation* *content_blocked *content_safety* *contentsafety*
  *content_security* *sensitive_content* *sensitive_word* *sensitive_info* *sensitive_data* *sensitive *safety_violation*
  *safety_block* *safety_error *safety_check* *safety_filter* *moderation_block* *moderation_fail* *moderation_reject*
  *moderation_error moderation moderated *moderation_flag* request_moderated input_moderated prompt_moderated *prompt_moderat*
  *policy_violat* *policyviolat* *policy_violation* responsible_ai* *responsibleai* *nsfw* *prohibited_content* *inappropriate*
  *data_inspection_failed data_inspection *datainspection_failed *risk_control* *risk_detect* *risk_not_pass* *audit_submit_illegal*
  *illegal_detect* *illegal_content* *text_illegal* *image_illegal* *video_illegal* prompt_blocked *prompt_block* *prompt_reject*
  *prompt_flag* flagged flagged_input content_flagged *flagged_content* *ip_infringement* *infringement* *copyright* *celebrity*
  *public_figure* *real_person* *unsafe_content* unsafe *unsafe_prompt* unsafe_input *banned_word* *forbidden_word* *banned_prompt*
  banned_prompt_detected *blocked_prompt* *guardrail* jailbreak *jailbreak* *blocked_by_safety* *image_safety* *usage_policy*
  *terms_violation* *tos_violation* *community_guideline* *violat*guideline* *invalid_prompts *illegal_prompt* *content_not_allowed*
  content_rejected *content_reject* *restricted_content* *disallowed_content* *harmful_content* *explicit_content* *adult_content*
  *violence* *hate_speech* *self_harm* *sexual* *minors *child_safety* *rule_blocked faqruleblocked customroleblocked *image_unsafe*
  *facecheck* face_moderation* content_check_failed *content_check* invalid_request_content_moderation *violates_policy*
  *prompt_violat* input_violat* *violation_detected safety *antispam* *spam_detected* *content_risk* *security_check_fail* *green_net*
  contentillegal *content_illegal* sensitivecontentdetected *moderation_triggered *moderation_violation *moderated]]

-- How a model's answer ended: these are the output's, those are the prompt's.
M.finish_output = [[safety image_safety content_filter content_filtered recitation image_recitation image_prohibited_content spii filter* *filter*
  image_other]]
M.finish_input = "prohibited_content blocklist language *prompt* refusal jailbreak model_armor"

local strong = [[flagged|violat|moderat|sensitive content|sensitive info|sensitive material|sensitive word|sensitive data|as sensitive|is sensitive
  |blocked|filtered|unsafe|inappropriate|nsfw|prohibited|harmful|safety|nudity|explicit|real person|real people|copyright|offensive
  |not comply|withheld|celebrit|guardrail|content polic]]
local strong_chinese = [[违规|敏感|违反|不合规|未通过审核|审核未通过|审核不通过|审核失败|风险|违禁|涉黄|涉政|不当
  |侵权|版权|未通过安全|不符合|屏蔽]]
local made = [[output image|output video|output audio|output content|output text|output media|output data|the output|outputs|your output|generated image
  |generated video|generated content|generated audio|generated media|generated result|generated output|generated music|generated file
  |generation result|result image|result video|resulting image|resulting video|image generated|video generated|images generated
  |videos generated|content generated|all images were|all images have been|all generated|all of the generated]]
local given = [[prompt|input image|input text|input video|input audio|input content|your input|the input|inputs|uploaded|reference image
  |reference video|source image|your image|your text|input may|input was|input contains|text description|init image|first frame
  |last frame|image you|photo you]]

M.withheld_before_input = table.concat({ "generated from your prompt*flagged", "generated from your prompt*violat", "generated from the prompt*flagged",
  "generated from your prompt*moderat", "output moderation", "post moderation", "post img risk", "post-processing moderation", "output was filtered",
  "output has been filtered", "filtered out because", "filtered out*images", "filtered out*videos", "filtered out*generat", "output violates",
  "output was flagged", "output was blocked", "unable to show the generated", "unable to show generated", "generated images were filtered", "images were filtered out",
  "all images were filtered", "were filtered", "safety filters or other processing", "generated image may contain", "generated video may contain",
  "output may contain", "finish reason: safety", "finish_reason: content_filter", "输出内容", "生成的内容*违", "生成内容*违", "生成结果*违",
  "post text risk", "post image risk" }, "|")
M.refused_first = table.concat({ "your prompt was flagged", "prompt*was rejected", "prompt was blocked", "prompt blocked", "prompt is blocked",
  "prompt not allowed", "prompt is not allowed", "prompt contains*not allowed", "prompt may contain*not allowed", "prompt triggering",
  "prompt was flagged", "prompt has been flagged", "prompt*flagged", "prompt violates", "prompt may violate", "input moderation", "pre img risk",
  "text risk not pass", "image risk not pass", "risk not pass", "flagged this prompt", "request was flagged", "request has been flagged", "your request was rejected",
  "because your prompt", "contains filtered words", "filtered words", "filter reason: prompt", "prompt was filtered", "prompt filtered",
  "input or output was flagged", "提示词*违", "提示词*敏感", "输入*敏感", "输入*违" }, "|")
M.withheld = pairs_of(made, strong)
for _, fragment in ipairs(pairs_of("输出|生成的|生成内容|生成结果|生成图|生成视频|结果图|视频生成后", strong_chinese)) do M.withheld[#M.withheld + 1] = fragment end
M.refused = pairs_of(given, strong)
for _, fragment in ipairs(pairs_of("提示词|输入|上传|参考图|文本|图片|素材|prompt|内容|关键词", strong_chinese)) do M.refused[#M.refused + 1] = fragment end

M.moderation_words = [[content moderation|security policy of|triggers the security|trigger*security policy|moderation system|moderation policy|moderation filter|moderation check|moderation blocked|moderation failed
  |moderation rejected|moderation error|moderation violation|advanced moderation|failed moderation|moderation reasons
  |rejected by moderation|blocked by moderation|moderation guardrail|moderation rules|was moderated|been moderated|content moderated
  |request moderated|image moderated|prompt moderated|did not pass moderation|not pass moderation|content policy|content policies
  |content violation|content usage polic|policy violation|policies violation|violation of our|violation of the|violation of google
  |violation of openai|usage policy|usage policies|usage guidelines|community guidelines|community standards|community rules
  |acceptable use|safety system|safety filter|safety check|safety polic|safety guideline|safety reasons|safety violation
  |safety concerns|safety settings*filtered|safety mechanism|safety standards|safety requirements|blocked for safety
  |blocked due to safety|due to safety|by safety|safety restrictions|safety measures|safety block|failed safety|unsafe content
  |unsafe image|unsafe prompt|content filter|content safety|content check|content security|content management policy
  |content restriction|content guidelines|content warning|content rules|content not allowed|content is not allowed
  |content that is not allowed|content blocked|content was blocked|content has been blocked|content rejected|content was rejected
  |content flagged|contains content that|material flagged|responsible ai|nsfw|not safe for work|been flagged|was flagged|were flagged
  |is flagged|got flagged|flagged by|flagged as|flagged for|flagged content|text that is not allowed|not allowed by our
  |prohibited content|prohibited use|prohibited material|prohibited word|inappropriate content|inappropriate word
  |inappropriate material|inappropriate image|inappropriate prompt|inappropriate language|disallowed content|disallowed material
  |restricted content|sensitive content|sensitive word|sensitive information|sensitive material|sensitive topic|sensitive text
  |sensitive image|possibly sensitive|potentially sensitive|explicit content|explicit material|sexual content|sexually explicit
  |sexually suggestive|adult content|mature content|nudity|pornograph|violent content|graphic violence|graphic content
  |violence content|hate speech|hateful|harmful content|offensive content|offensive language|illegal content|illegal word
  |objectionable|self harm|risk control|violates our|violates the*polic|violates the*terms|violates google|violates openai
  |violates polic|violates*content polic|violates*guideline|violate our|violate the*polic|violate the*terms|violate*guideline
  |violates*terms of|violate*terms of|violate*polic|violating*polic|violating our|against our*polic|against our*guideline
  |against*content polic|against the*polic|against*community|against*terms of|breach of*polic|conflict our aup|guardrail|jailbreak
  |banned word|banned prompt|banned phrase|banned content|banned keyword|blocked word|blocked keyword|blocked phrase|blocked prompt
  |blocked by our|blocked by the*filter|blocked by*moderat|blocked by*polic|blocked by*safety|forbidden word|forbidden content
  |blocklist|real person|real people|real human|public figure|celebrit|likeness|prominent people|prominent person|copyright
  |third party content|third party likeness|intellectual property|trademark|protected content|protected character|protected material
  |minors|photorealistic people|child sexual|children|underage|csam|people/face generation|person/face generation|refused to generate
  |i can't help with|i cannot help with|unable to assist with|can't assist with|can't generate that|can't create that
  |contains a human face|human face detected|faces are not allowed|real face|identifiable face|not allowed*nudity
  |rejected by the safety|rejected*safety|ai responsible|terms of use violation|violation of terms|violation of*policy|policy reasons
  |due to policy|against policy|security policy violation|political content|politically sensitive|risky content|content risk
  |risk detected|unsuitable content|unethical|contains sensitive|considered sensitive|sensitive data detected|inspection failed
  |data inspection|inappropriate|违规|敏感|审核未通过|审核不通过|审核失败|审核拒绝|未通过审核
  |没有通过审核|未通过内容|内容审核|内容安全|安全审核|安全检测|安全策略|安全检查|安全过滤
  |不合规|涉黄|涉政|涉暴|涉恐|色情|低俗|暴恐|暴力|血腥|裸露|风控|风险内容|违禁|违反*规|违反*政策
  |违反*法|违反*准则|违反*协议|不当内容|不良信息|不良内容|侵权|版权|肖像权|真人|名人|公众人物
  |未成年|被屏蔽|被拦截|内容拦截|违法|不适宜|不符合*规范|不符合*政策|机审|风险等级|政治|敏感词
  |黑名单词|违例]]

-- Before words of moderation: what the check of the data could not do.
M.inspection_trouble = "unable to download*data inspection|download*during the data inspection|failed to download*inspection"
-- Before words of permission and keys.
M.limited_first = "error code: 1015|error 1015|being rate limited"
M.model_first = [[specified version does not exist|invalid version|model or endpoint*does not exist|model*does not exist or you|model*not exist or|access to the model with
  |have access to model|access to this model|does not have access to model|not have access to the model|does not have access to the requested model
  |model access is denied|model access denied]]

---- credits and keys ------------------------------------------------------------------------------------------------------------------------

M.their_account_codes = [[provider_authentication_failed provider_insufficient_credits upstream_insufficient* upstream_auth* provider_auth*
  upstream_unauthorized *channel*invalid_key]]
M.their_account = [[provider*invalid api key configured|upstream api key|upstream insufficient|upstream quota|upstream balance|upstream account
  |上游*余额|上游*额度|上游*欠费|上游*密钥|provider account*insufficient|the provider's api key|upstream*unauthorized
  |upstream*authentication]]

M.daily_codes = [[*per_day* *perday* *daily_limit* *daily_quota* *daily_request* *daily_cap* daily_*exceeded *monthly_limit* *monthly_quota*
  *free_tier_requests]]
M.per_minute_codes = "*per_minute* *perminute* *per_second* *persecond* rpm_* *_rpm_* tpm_* *rpm_rate* *tpm_rate* *rpmrate* *tpmrate*"
M.metric_per_minute = [[quota exceeded for*per minute|quota exceeded for*per second|quota metric*per minute|quota metric*per second]]
M.metric_per_day = [[quota exceeded for*per day|quota metric*per day|quota exceeded for metric|quota exceeded for quota metric|exceeded*for metric]]
M.set_limit = [[reached the set inference limit|safe experience mode|安全体验模式]]

M.credit_codes = [[*insufficient_quota* *insufficient_user_quota* *insufficient_token_quota* *insufficient_credit* *insufficient_fund*
  *insufficient_balance* *insufficient_token *insufficient_tokens* *insufficient_point* *insufficient_coin* *insufficient_account*
  *insufficient_payment* *insufficient_resource_pack* *credit_insufficient* *credits_insufficient* *balance_insufficient*
  *quota_insufficient* *quota_not_enough *not_enough_credit* *not_enough_balance* *not_enough_fund* *not_enough_quota*
  *not_enough_token* *not_enough_point* *notenoughcredit* *no_credit* *out_of_credit* *credits_exhausted *credit_exhausted
  *credits_depleted *credit_limit* *credits_required *credit_balance* *exceeded_credit* *balance_not_enough* *balance_too_low
  *low_balance* *zero_balance *negative_balance *billing* *payment_required* *payment_failed* *payment_error *payment_issue*
  *payment_overdue *unpaid* *arrear* *overdue* *bill_overdue *account_overdue* *budget_exceeded* *exceeded_budget* *exceededbudget*
  *spend_limit* *spending_limit* *spending_cap* *hard_limit_reached *commodity_not_purchased *unpurchased* *free_tier_only*
  *free_trial_expired *trial_expired *trial_ended *subscription_expired *subscription_required *subscription_inactive *no_subscription
  *no_active_subscription *plan_expired *resource_pack* *package_exhausted *package_expired *quota_exhausted
  *pre_consume_token_quota_failed *purchase_required *upgrade_required *paid_plan_required *in_arrears* *insufficientbalance*
  insufficient_user_* account_balance_* resource_insufficient_balance exhausted_balance *wallet* payment]]
M.credits = [[insufficient credit|insufficient fund|insufficient balance|insufficient quota|insufficient token|insufficient point
  |insufficient coin|insufficient user quota|insufficient account|insufficient remaining|insufficient amount|insufficient prepaid
  |insufficient resource pack|insufficient wallet|insufficient api|insufficient plan|insufficient usage|insufficient*credits
  |insufficient*balance|not enough credit|not enough fund|not enough balance|not enough quota|not enough token|not enough point
  |not enough coin|not enough api|not enough money|not enough fast|not enough remaining|not have enough credit|not have enough balance
  |not have enough fund|not have enough token|not have enough point|not have sufficient|n't have enough|n't have sufficient
  |enough credits|enough balance|enough credit|not have*credits|no credits|no remaining credits|no credit|no balance|no more credits
  |more credits|zero credits|0 credits|have no*credits|without credits|credits insufficient|credit insufficient|balance insufficient
  |balance is insufficient|balance not enough|balance is not enough|balance isn't enough|balance too low|balance is too low
  |balance is 0|balance: 0|balance of 0|balance is zero|balance is empty|balance is negative|negative balance|balance exhausted
  |balance has been exhausted|exhausted balance|exhausted your balance|balance depleted|low balance|balance is below|credit balance
  |credits exhausted|credits are exhausted|credits have been exhausted|exhausted your*credit|used all*credits|used up*credit
  |used up all|credits depleted|credits are depleted|credits*are depleted|credits used up|credits are used up|credits ran out
  |credits have run out|run out of credit|ran out of credit|out of credit|run out of fund|run out of balance|run out of token
  |out of tokens|credits have expired|credits expired|credits are required|credits required|credits to continue|credit limit
  |exceeded*credits|exceeded*credit|included credits|exceed*balance|exceeds*balance|exceeds your*credit|exceeds*available credit
  |top up|topup|recharge|add funds|add credits|add more credits|buy credits|buy more|purchase credits|purchase more
  |purchase additional|please purchase|please pay|add a payment|payment required|payment method|payment failed|payment overdue
  |payment is overdue|unpaid|past due|outstanding balance|outstanding invoice|overdue|arrear|billing hard limit|billing issue
  |billing problem|billing not active|billing is not|billing has not|billing disabled|billing is disabled|billing account*disabled
  |billing account*closed|enable billing|billing to be enabled|requires billing|check your plan and billing|billing details
  |set up billing|billing limit|billing error|not active, please check your billing|invoice|credit card|exceeded your current quota
  |current quota|quota is not enough|quota not enough|user quota|token quota|token remain quota|quota has been used up|remaining quota
  |spend limit|spending limit|spending cap|spend cap|hard limit|budget has been exceeded|budget exceeded|exceeded budget
  |exceeded your budget|over budget|max budget|maximum budget|free trial*expired|free trial*ended|free trial*over|trial*has expired
  |trial*has ended|trial expired|trial ended|free credits|free quota*exhausted|free quota*used
  |free tier of the model has been exhausted|free allocated quota|subscription*expired|subscription*inactive|subscription has ended
  |subscription*not active|no active subscription|active subscription is required|active subscription required|need an active subscription|subscription required|requires a subscription|requires a paid
  |paid plan|paid account|paid invoice|resource pack*exhausted|resource package|resource pack*depleted|resource pack*expired
  |package*expired|package*used up|package*exhausted|not purchased|has not been purchased|wallet|余额|额度不足|额度已用
  |额度已耗尽|额度用尽|额度已不足|配额不足|剩余额度|用户额度|令牌额度|预扣费|欠费|积分不足
  |积分余额|积分已|积分不够|点数不足|点数不够|灵感值不足|金币不足|算力点|算力值不足|次数不足
  |次数已用完|次数已用尽|剩余次数|充值|扣费失败|扣款失败|账户已欠|账单|逾期|资源包*不足
  |资源包*用尽|资源包*耗尽|资源包*过期|资源包已|套餐*不足|套餐*用尽|套餐*用完|套餐*过期
  |套餐*到期|会员*过期|会员*到期|开通会员|未购买|请购买|付费|免费额度|试用*过期|试用*结束
  |试用额度|付款|支付|金额不足|钱包]]

M.suspended_codes = [[*account_suspended *account_disabled *account_banned *account_deactivated *account_locked *account_frozen *account_blocked
  *account_terminated *account_inactive *user_banned *user_disabled *user_suspended *user_blocked *key_disabled *key_revoked
  *token_disabled *token_revoked *consumer_suspended *organization_disabled *organization_suspended *org_suspended *project_suspended
  banned suspended *access_terminated* *user_locked *api_key_leaked *account_restricted *organization_restricted *user_abnormal
  *abnormal_account]]
M.key_codes = [[*invalid_api_key* *invalid_apikey* *api_key_invalid* *apikey_invalid* *api_key_not_valid* *api_key_not_found* *api_key_expired
  *apikey_expired *api_key_missing *api_key_required *missing_api_key* *no_api_key* *incorrect_api_key* *wrong_api_key *bad_api_key
  *invalid_token *invalid_access_token* *access_token_invalid* *access_token_expired *token_expired *expired_token* *token_invalid
  *token_missing *missing_token *invalid_key *key_invalid *key_expired *key_not_found *missing_authentication* *missing_authorization*
  *authorization_required *authentication_required *invalid_authorization* *invalid_authentication* *authentication_failed
  *authentication_failure *authfailure* *auth_failed *auth_fail *auth_failure* *auth_error *auth_required *authentication_error*
  *authenticationerror* *auth_invalid *invalid_auth* *unauthenticated* *not_authenticated *unauthorised *invalid_credential*
  *bad_credential* *invalid_signature* *signature_does_not_match* *signature_not_match *signature_error *signature_invalid
  *signature_expired* *signature_failure *unrecognized_client* *incomplete_signature* *invalid_client_token* *invalid_access_key*
  *access_key_not_found *invalidaccesskey* *secret_id_not_found *access_token_type_unsupported *credentials_missing *no_auth* *noauth*
  *jwt_expired *invalid_jwt* *invalid_x_api_key* *login_required *not_logged_in *session_expired *unknown_api_key *apikeynotfound]]
M.verification = [[must be verified|must verify|verify a phone|verify your phone|verify your email|verify your identity|verify your organization
  |verify organization|verification required|requires verification|identity verification|email not verified|email is not verified
  |phone number required|not been verified|organization*verified|complete verification|age verification|实名认证|未实名
  |请先认证|country, region|unsupported country|unsupported region|unsupported location|user location is not supported
  |location is not supported|not available in your country|not available in your region|not available in your location
  |not supported in your country|not supported in your region|region is not supported|country is not supported
  |restricted in your region|not available in this region|has not been used in project|api is not enabled|api has not been enabled
  |enable it by visiting|apis are blocked|terms of service must be accepted|accept the terms|accept the license|agree to the terms
  |gated|ip address*not allowed|ip*not in*whitelist|ip*not in*allowlist|ip*whitelist|ip*allowlist|ip not allowed|ip is not allowed
  |ip*is not authorized|ip has been blocked|ip address has been blocked|ip banned|ip blocked|白名单|ip*受限|ip*禁止
  |you have been blocked|error code: 1003|error code: 1006|error code: 1007|error code: 1008|error code: 1009|error code: 1010
  |error code: 1012|error code: 1020|error 1020|error 1010|error 1009|error 1006|access denied*cloudflare|attention required
  |the owner of this website has banned|just a moment...|checking your browser|enable javascript and cookies|unusual activity
  |unusual traffic|suspicious activity|referer*blocked|insufficient permission|insufficient privilege|insufficient scope
  |insufficient authentication scopes|insufficient rights|missing permission|missing scope|not have permission|n't have permission
  |no permission|lacks permission|lack permission|permission to access|required permission|explicit deny|not authorized to perform
  |not authorized to invoke|not authorized to access|not authorized to use|is not authorized|requires role|无权限|没有权限
  |权限不足|无权访问|无权使用|无权操作|暂无权限|没有访问权限|未开通权限|未授权访问|无访问权限]]
M.keys = [[invalid api key|invalid subscription key|subscription key|invalid apikey|invalid api_key|invalid x api key|incorrect api key|wrong api key|bad api key|unknown api key
  |api key not valid|api key is not valid|api key is invalid|api key*invalid|apikey*invalid|api key not found|api key*not found
  |api key does not exist|api key*does not exist|api key doesn't exist|api key expired|api key has expired|api key is expired
  |api key*expired|api key missing|api key is missing|api key required|api key is required|api key must be|api key*incorrect
  |api key*not provided|missing api key|missing apikey|no api key|provide an api key|provide a valid api key|valid api key
  |provide your api key|api key format|malformed api key|api key authentication|invalid key|key is invalid|invalid access key
  |access key*invalid|access key*not exist|access key id*not exist|invalid secret|invalid app id|invalid appid|appid*not exist
  |invalid token|invalid auth token|invalid access token|invalid bearer|access token*invalid|access token*expired|access token is
  |access token has|token has expired|token is expired|token expired|token is invalid|token invalid|token not found|token*revoked
  |token is missing|missing token|missing access token|missing bearer|no token|token required|expired token|invalid or expired
  |bearer token|token not provided|token was not provided|auth token|unauthorized|unauthorised|unauthenticated|not authenticated
  |not logged in|authentication failed|authentication failure|authentication error|authentication required|authentication is required
  |authentication credentials|authentication token|failed to authenticate|could not authenticate|cannot authenticate
  |unable to authenticate|requires authentication|authenticate|auth failed|auth fail|authorization failed|authorization header
  |authorization required|missing authorization|invalid authorization|no authorization|authorization*missing|authorization*invalid
  |authorization*malformed|invalid authentication|invalid credential|credentials*invalid|credentials were not|credentials are
  |credential*expired|could not validate credentials|no cookie auth|no auth credentials|invalid signature|signature does not match
  |signature mismatch|signature we calculated|signature expired|signature verification failed|signature*invalid|signature error
  |security token|invalid jwt|jwt expired|jwt malformed|invalid login|login required|please log in|please login|please sign in
  |session expired|session has expired|invalid session|user not found|invalid client|client id*invalid|未授权|鉴权|认证失败
  |身份验证|身份认证|未认证|无效的令牌|令牌无效|令牌已过期|令牌过期|无效令牌|令牌验证失败
  |该令牌|未提供令牌|密钥无效|密钥错误|密钥过期|密钥不存在|无效的密钥|无效密钥|apikey无效
  |apikey错误|apikey不存在|api key无效|api key错误|api key 无效|api key 错误|key无效|key错误|key不存在
  |key已过期|无效的api|未登录|请登录|请先登录|登录失效|登录过期|登录已过期|登录态|token无效
  |token失效|token过期|token已过期|token 无效|token 已过期|token错误|token不能为空|签名错误|签名不匹配
  |签名验证|签名失败|签名过期|签名无效|验签失败|授权失败|授权已过期|无效的授权|凭证]]
M.keys_under_401 = "forbidden|denied|api key|token|credential|expired|invalid|permission|not authorized"

---- assets ------------------------------------------------------------------------------------------------------------------------------------

-- In the order they are looked for: the more that is said, the sooner.
M.asset_order = { "insecure_url", "ip_address", "blocked_address", "timeout", "bad_status", "no_length", "invalid_uri", "unreachable", "too_large", "mismatch",
  "aspect_ratio", "duration", "dimensions", "media_type", "corrupt", "invalid" }
M.asset_codes = {
  insecure_url = "insecure_url https_required",
  ip_address = "*ip_address_not_allowed",
  blocked_address = "*private_address* *private_ip* ssrf*",
  timeout = "*download_timeout* *fetch_timeout* *url_timeout *image_timeout",
  bad_status = "*image_url_status* *url_not_found",
  no_length = "*content_length_required *missing_content_length",
  invalid_uri = [[*invalid_image_url* *invalid_video_url* *invalid_audio_url* *invalid_media_url* *invalid_file_url* invalid_url *invalid_data_url
  *invalid_uri *image_url_invalid* *url_invalid *invalid_url *invalid_base64* url_parsing url_type url_scheme]],
  unreachable = [[*download_fail* *download_error* *image_download* *video_download* *file_download* *failed_to_download* *fetch_fail* *fetch_error*
  *image_fetch* *image_load* *image_not_accessible *url_unreachable *unreachable_url *url_not_accessible *resource_download_failed
  *image_load_error *data_inspection_download* failed_to_load* *download_image* *failed_to_fetch* *media_fetch*]],
  too_large = [[*image_too_large* *file_too_large* *video_too_large* *audio_too_large* *image_size_exceed* *file_size_exceed* *file_size_limit*
  *image_size_limit* *image_size_too_large *imagesizetoolarge *entity_too_large_image *media_too_large *file_size_too_large
  *oversize*image* *image_oversize* *video_size_exceed* *filetoolarge* *maxfilesize*]],
  mismatch = "*dimension_mismatch* *size_mismatch* *dimensions_mismatch* *image_mask_mismatch* *mask_size*",
  aspect_ratio = "*image_aspect_ratio* *aspect_ratio_invalid*image",
  duration = [[*video_duration* *audio_duration* *video_too_long* *video_too_short* *audio_too_long* *audio_too_short* *duration_too_long
  *duration_too_short *clip_too_long *media_duration*]],
  dimensions = [[*image_dimension* *image_resolution* *image_too_small* *invalid_image_size* *image_size_invalid *resolution_too*
  *invalid_resolution_image *imageresolution* *image_pixel* *pixel_limit* *image_side* *video_resolution* *invalid_image_dimension*
  *image_size_error]],
  media_type = [[*unsupported_image* *unsupported_media* *unsupported_file* *unsupported_format* *unsupported_video* *unsupported_audio*
  *unsupported_mime* *invalid_image_format* *image_format* *invalid_file_type* *invalid_file_format* *invalid_mime*
  *invalid_content_type *file_type_not* *file_format* *invalid_video_format* *invalid_audio_format* *video_format* *audio_format*
  *mime_type* *format_not_supported*]],
  corrupt = [[*image_decode* *decode_image* *decode_error *imagedecode* *corrupt* *image_parse* *image_data_invalid *truncated*
  *invalid_image_data *decode_failed *bad_image *image_parse_error *image_broken*]],
  invalid = [[invalid_image* *image_invalid invalid_video* invalid_audio* invalid_file *image_error *no_face* *face_not_found* *face_not_detect*
  *face_detection* *no_human* *nohuman* *multiple_face* *face_too_small *image_quality* *invalid_garment* *invalid_person
  *invalid_reference* *image_process* *image_processing_error *no_person* *invalid_mask* *photo_not_found *invalidimage*
  *invalidvideo* *invalidfile* *empty_file* *file_not_found* *photo_invalid]],
}
M.asset_words = {
  insecure_url = [[only https|must be https|must use https|must start with https|https is required|https only|url must be an https|requires https
  |use https|only supports https|https protocol|仅支持https|必须是https|必须使用https|须为https]],
  ip_address = [[must be hosted on a domain|url*is an ip address|ip addresses are not allowed|url*ip address not allowed|cannot be an ip address
  |raw ip address]],
  blocked_address = [[private address|private ip|private network|internal address|internal network address|localhost|loopback|non public ip
  |not a public url|url*not allowed*internal|ssrf|resolves to a private|link local]],
  timeout = [[timeout while downloading|timeout while fetching|timed out while downloading|timed out while fetching|timed out downloading
  |timed out fetching|timeout downloading|timeout fetching|timeout*downloading*url|download*timed out|download*timeout
  |downloading*timed out|downloading*timeout|fetching*image*timed out|fetching*image*timeout|fetching*url*timed out
  |fetch image timeout|fetch*timed out|image*download timeout|read timed out*image|image url timed out|url*download*timeout
  |下载超时|下载*超时|拉取*超时|获取图片超时]],
  bad_status = [[downloading*status code|download*status code|download*http status|downloading*http|fetch*status code|fetch*http status
  |fetching*status code|fetch*received http|received http response code|received*status code*when*image|image url returned
  |url returned*40|url returned*status|url returned http|url returned 5|returned status*when fetching|url*status code|url*http 40
  |download*40|download*403|download*404|downloading*403|downloading*404|fetch*403|fetch*404|fetching*403|fetching*404
  |failed to load*404|failed to load*403|http error 403*image|http error 404*image|image url*404|image url*403|image url*not found
  |image url*forbidden|input media url*not found|http code*when downloading|redirects are not|too many redirects|下载*404|下载*403
  |状态码*下载|链接已过期|链接过期|图片链接*失效|url*expired|signed url*expired]],
  no_length = [[content length not provided|missing content length|content length header|content length is missing|content length*required
  |no content length]],
  invalid_uri = [[invalid data uri|malformed data uri|invalid data url|not a valid data|invalid base64
  |base64*invalid|base64*malformed|base64 decod|decode base64|decoding base64|base64 string|incorrect padding|not valid base64
  |invalid image url|invalid video url|invalid audio url|invalid media url|invalid file url|invalid url|url is invalid|url invalid
  |url is not valid|not a valid url|valid url|valid http url|valid image url|valid uri|invalid uri|malformed url|malformed uri
  |url format|url could not be parsed|url scheme|unsupported url scheme|unsupported protocol|no scheme supplied|url must start with
  |must be a url|must be a publicly accessible url|invalid input image url|图片地址*不合法|图片链接*无效|图片url*无效
  |无效的url|无效的图片|url不合法|url格式|base64*错误|base64*失败|base64*无效|链接格式|链接无效
  |无效链接|地址无效|url无效]],
  unreachable = [[failed to download|could not download|cannot download|can't download|unable to download|error downloading|error while downloading
  |downloading image|download failed|download error|download image|download the image|download the media|download the file
  |download file|failed to fetch|could not fetch|could not be fetched|cannot fetch|can't fetch|unable to fetch|error fetching
  |error while fetching|fetch image|fetch the image|fetch url|fetching image|failed to retrieve image|failed to retrieve the image
  |retrieve image|retrieve the image|failed to load image|failed to load the image|failed to load video|unable to load image
  |could not load image|cannot load image|failed to get image|failed to access image|unable to access image|unable to access the image
  |cannot access image|cannot access the image|access the image|image*not accessible|image is not accessible|image url*not accessible
  |url is not accessible|url not accessible|url is inaccessible|inaccessible|not publicly accessible|publicly accessible
  |url is unreachable|unreachable|url*could not be reached|url*not reachable|cannot read image|unable to read image url
  |failed to open url|failed to resolve*image|could not resolve*url|read image from url|server hosting the asset|图片下载失败
  |下载图片失败|下载失败|下载*失败|无法下载|无法访问图片|无法访问*url|无法获取图片
  |获取图片失败|图片无法访问|图片获取失败|拉取图片失败|读取图片失败|图片加载失败|文件下载
  |url无法访问|链接无法访问|无法读取图片]],
  too_large = [[file is too large|file too large|file size|image is too large|image too large|image file is too large|image file too large
  |image size exceed|image size is too large|image size must|image size should be less|image size limit|image exceeds*mb
  |image*larger than*mb|images*larger than|image*exceeds*bytes|image*exceed*mb|file*exceeds*mb|file*exceed*mb|file exceeds
  |exceeds*mb limit|exceeds the limit of*mb|exceeds maximum*mb|video is too large|video too large|video file is too large|video size
  |video*exceeds*mb|video*larger than*mb|audio is too large|audio file is too large|audio*exceeds*mb|audio size|asset size exceeds
  |asset*too large|media*too large|attachment*too large|larger than*mb|must be less than*mb|less than*mb|smaller than*mb|under*mb
  |not exceed*mb|no larger than*mb|up to*mb|max*mb|maximum*mb|limit*mb|maximum file size|max file size|maximum size|entitytoolarge
  |entity too large*image|超过*mb|不超过*mb|大于*mb|小于*mb|不能超过*m|文件过大|文件太大|图片过大
  |图片太大|文件大小|图片大小|图片体积|视频过大|视频大小|音频大小|超出大小]],
  mismatch = [[does not match the*ratio|does not match the*size|does not match the*dimension|does not match the*resolution|not match the requested
  |image*does not match*size|image*does not match*dimension|dimensions do not match|dimensions don't match|dimension mismatch
  |dimensions mismatch|size mismatch|must match the requested|must match the*dimensions|inpaint image must match
  |must have the same size|must have the same dimensions|must be the same size|same size as|same dimensions|same resolution
  |mask*must match|mask*same size|mask*does not match|mask size|尺寸不一致|尺寸不匹配|大小不一致|分辨率不一致
  |比例不一致]],
  aspect_ratio = [[image aspect ratio|aspect ratio of the image|aspect ratio of image|aspect ratio of the input|aspect ratio*of the*image
  |input*aspect ratio|width / height ratio|width/height ratio|width to height ratio|image*aspect ratio*between
  |aspect ratio must be between|aspect ratio should be between|aspect ratio*out of range*image|asset aspect ratio|video aspect ratio
  |image ratio|图片宽高比|图片比例|图像宽高比|宽高比*之间|长宽比*之间|宽高比|图片长宽比|首帧*比例]],
  duration = [[video is too long|video too long|video is too short|video too short|audio is too long|audio too long|audio is too short
  |audio too short|asset duration|duration of the video|duration of the audio|duration of the input|duration of input
  |video duration must|video duration should|video duration exceed|video duration is|video duration too|video length must
  |video length exceed|input video*seconds|input video duration|input audio duration|audio duration|video*longer than*seconds
  |video*shorter than|video must be at least*second|video must be between*second|audio must be at least|audio must be between
  |audio*longer than|audio*shorter than|reference video*second|uploaded video*second|clip*too long|clip is too|total duration
  |combined duration|seconds or shorter|seconds or longer|视频时长|音频时长|视频过长|音频过长|视频过短
  |音频过短|时长超过|时长不能]],
  dimensions = [[image pixel|pixel is invalid|invalid asset dimensions|image dimensions|image dimension|dimensions of the image
  |dimensions of the input|dimensions must|dimensions are too|dimensions too|dimensions exceed|dimensions out of|dimensions should
  |invalid dimensions|invalid image dimension|height and width must|width and height must|width and height of*image
  |width or height of*image|image width|image height|width of the image|height of the image|image is too small|image too small
  |image resolution|resolution of the image|image*resolution is too|resolution too|resolution is too|minimum resolution
  |maximum resolution|resolution of the input|resolution exceeds|resolution must be at least|resolution*out of range|pixels
  |too many pixels|megapixel|total pixel|pixel count|pixel limit|at least*px|at least 300|at least 512|at least 256 x|minimum size of
  |smaller than the minimum|image*at least*pixel|video resolution|resolution of the video|video dimensions|shortest side|longest side
  |shorter side|longer side|short side|long side|larger dimension|图片尺寸|图像尺寸|图片分辨率|图像分辨率
  |图片像素|像素|图片宽|图片高|边长|尺寸过小|尺寸过大|尺寸超|尺寸不符|分辨率过|分辨率超
  |分辨率不]],
  media_type = [[unsupported file|unsupported image|unsupported video|unsupported audio|unsupported media|unsupported format|unsupported asset
  |unsupported codec|unsupported content type*image|unsupported mime|unsupported input format|unsupported input type
  |unsupported container|unsupported content type response|approved content type|image format*not supported|image format not
  |image format is|file format*not supported|file format is|file format not|video format*not|audio format*not|format is not supported
  |format not supported|invalid image format|invalid file format|invalid file type|invalid video format|invalid audio format
  |invalid mime|invalid media type|invalid content type*image|file type*not supported|file type not|file type is|file type*not allowed
  |media type*not supported|mime type|mimetype|must be a png|must be png|must be a jpeg|must be jpeg|must be a valid png
  |must be a valid jpeg|must be an image|must be a video|must be an mp4|must be one of*jpg|must be one of*jpeg|must be one of*png
  |only jpg|only jpeg|only png|only supports jpg|only supports png|supported formats|supported image formats|supported file formats
  |supported file types|allowed formats|accepted formats|heic|avif|not an image file|not an image|is not a video
  |content type*not an image|content type of the url|content type*image/|content-type*must be image|codec|image type|image mode
  |不支持的图片|不支持的文件|不支持的视频|不支持的音频|不支持的格式|图片格式|文件格式
  |文件类型|视频格式|音频格式|格式不支持|格式不正确*图|格式错误*图|仅支持jpg|仅支持png|编码格式]],
  corrupt = [[could not be decoded|cannot be decoded|failed to decode|unable to decode|could not decode|cannot decode|can't decode
  |error decoding image|decoding image|decode image|decode the image|decode video|corrupt|truncated|damaged|cannot identify image
  |could not identify image|not a valid image|not a valid video|not a valid audio|not valid image|invalid image data
  |invalid image file|image file is invalid|invalid or corrupt|unreadable|unable to parse image|failed to parse image
  |could not parse image|unable to open image|failed to open image|could not open image|cannot open image|broken image
  |broken data stream|image bytes|empty image|image is empty|file is empty|empty file|moov atom|invalid data found when processing
  |图片损坏|文件损坏|图片已损坏|视频损坏|解码失败|解析图片失败|图片解析失败|图片解码
  |无法解析图片|无法识别图片|无法识别的图片]],
  invalid = [[no face|face not detected|face not found|face is not|face*not detected|not detect*face|not detect a face|not find*face|no faces
  |face must be|multiple faces|more than one face|face detection failed|faces detected in|no human|no person|human body
  |not detect*person|image could not be processed|image cannot be processed|video could not be processed|could not process image
  |could not process the image|could not process the input|cannot process image|unable to process image|unable to process the image
  |unable to process input image|failed to process image|failed to process the image|failed to process input image
  |failed to process video|image processing failed|image processing error|video processing failed|invalid asset|invalid image
  |invalid video|invalid audio|invalid input image|invalid reference image|invalid mask|mask is invalid|image is invalid|image invalid
  |video is invalid|input image is|image quality|image is too blurry|blurry|image too complex|invalid file|image is required to be
  |reference image*invalid|image*must have an alpha|alpha channel|transparent|未检测到人脸|未检测到人|没有检测到
  |检测不到人脸|多张人脸|人脸*检测|人脸*识别|人像|图片质量|图片不清晰|图片异常|图片错误
  |图片处理失败|图片无效|无效的视频|无效的音频|图片不合法|图片不符合|素材不符合]],
}

-- Codes and words of parameters that would else be taken for assets'.
M.parameter_codes = "invalid_width invalid_height invalid_steps invalid_cfg* invalid_ratio invalid_prompt* invalid_positive_prompt* invalid_negative_prompt*"
M.parameter = "'width' parameter|'height' parameter|value for 'width'|value for 'height'|value for 'size'|parameter 'size'|invalid size|output resolution|output width|output height"

---- the request ------------------------------------------------------------------------------------------------------------------------------

M.too_large = [[request entity too large|payload too large|request body too large|request body is too large|body is too large|body too large
  |request too large|request is too large|request size exceed|request size*exceed|payload size exceeds|payload size|body exceeded
  |body size|content too large|request*too large|maximum request size|max request size|request payload|total size*exceed|uri too long
  |request uri too|header*too large|413 request|maximum content length|maximum context length|context length exceeded|请求体过大
  |请求体*超过|请求过大|请求内容过大|请求包过大]]
M.too_large_codes = [[*request_too_large* *payload_too_large* *request_entity_too_large* *body_too_large* *content_too_large* *request_size_exceed*
  *requestentitytoolarge* *context_length_exceeded]]

M.model_busy = [[model is overloaded|model is currently overloaded|model*temporarily unavailable|model*currently unavailable|model is busy
  |model is loading|model*currently loading|model is not ready|model is still loading|model is warming|model is starting
  |model*at capacity|model*experiencing high|model*high demand|no capacity available for model|no capacity|loading model
  |currently loading|模型*繁忙|模型*过载|模型加载中|模型*拥挤|模型*负载]]
M.model_codes = [[*model_not_found* *model_not_available* *model_unavailable* *model_not_supported* *model_not_exist* *model_not_open*
  *model_does_not_exist *model_disabled *model_deprecated *model_retired *model_access_denied* *model_permission* *model_not_allowed*
  *model_not_enabled *modelnotallowed *invalid_model* *unknown_model *unsupported_model* *no_such_model *invalid_endpoint*.*
  *invalidendpoint*.* *modelnotfound* *modelnotopen *no_access_to_model *model_not_active *model_error_not_found *deprecated_model
  *model_offline *service_not_open* *model_decommissioned *model_terminated *no_allowed_providers* *no_endpoints*]]
M.model = [[model not found|model*not found|model does not exist|model*does not exist|model doesn't exist|model*doesn't exist|model not exist
  |model not available|model*is not available|model*are not available|model unavailable|model is unavailable|model*not available for
  |model is not supported|model*is not supported|model not supported|model is not currently supported|model*no longer available
  |model*no longer supported|model*deprecated|model*has been retired|model*retired|model*sunset|model*decommissioned|model*shut down
  |model*discontinued|model is disabled|model disabled|model*has been disabled|model is not enabled|model not enabled
  |model*not enabled|model is offline|model*end of life|invalid model|unknown model|unsupported model|unrecognized model|no such model
  |no model named|not a valid model|is not a valid model id|model identifier is invalid|incorrect model|wrong model
  |model name is invalid|model id is invalid|model invalid|model is invalid|access to the model|access to this model|access to model
  |access to*model|model access|model*not allowed|not allowed to use model|not allowed to access model|permission*model
  |model*permission|model*requires access|model variant|model version*not found|version does not exist|version not found
  |model*on demand throughput|inference profile|invocation of model id|endpoint*not found|model*not deployed
  |deployment for this resource does not exist|deploymentnotfound|deployment*not found|deployment does not exist|no endpoints found
  |no allowed providers|no providers available|no provider*available for|no provider*supports|application*not found|app not found
  |workflow*not found|space not found|unable to determine model|model is required to be one of|not supported by any provider
  |not supported by provider|path*not found on|could not find model|checkpoint not found|lora not found
  |concepts are not supported for this model|no such model|no available model|无可用模型|模型不存在|模型*不存在
  |模型未开通|模型*未开通|模型*下线|模型*下架|模型不可用|模型*不可用|模型*停用|模型*未授权
  |不支持的模型|不支持该模型|不支持此模型|模型不支持|模型名称错误|模型名*错误|未知模型
  |无效的模型|模型*无效|未找到模型|找不到模型|未开通*服务|服务未开通|未开通模型]]

M.duplicate_codes = [[*idempotency_conflict* *idempotency_key_in_use* *idempotency_key_reused* *duplicate_request* *duplicated_request* *duplicate_task*
  *task_already_exist* *task_exists *conflict_task* *request_already_exist* *duplicate_submission* *idempotent_param*
  *idempotency*mismatch*]]
M.duplicate = [[idempotency key*still being processed|idempotency key*already been used|idempotency key*already used|idempotency key*in use
  |idempotency conflict|idempotency key*different|idempotency key*conflict|duplicate request|duplicated request|request already exists
  |request already submitted|request has already been submitted|task already exists|task with this*already exists|task with the same
  |already being processed|already submitted|duplicate task|duplicate submission|job already exists|same request id|重复提交
  |重复请求|任务已存在|请勿重复|请求重复]]

M.task_codes = [[*task_not_found* *task_not_exist* *task_expired *job_not_found* *generation_not_found* *prediction_not_found *request_not_found
  *operation_not_found *run_not_found *video_not_found *invalid_task_id *task_id_not* *task_id_invalid *notask* *no_such_task
  *task_does_not_exist *tasknotexist* *query_task_not* *taskidnotexist]]
M.task_missing = [[task not found|task*not found|task does not exist|task*does not exist|task doesn't exist|task not exist|task*not exist
  |task has expired|task expired|task*has expired|no such task|unknown task|task id does not|task id not|invalid task id
  |task id is invalid|could not find task|job not found|job*not found|job does not exist|no such job|generation not found
  |generation*not found|generation does not exist|prediction not found|prediction*not found|request not found|no request found
  |request id not found|operation not found|operation*not found|operation*does not exist|no task found|video not found
  |no such generation|run not found|inference*not found|image not found|task id*expired|result*has expired|task is not found
  |任务不存在|任务*不存在|任务未找到|未找到任务|找不到任务|查无此任务|任务已过期|任务*已过期
  |任务id不存在|任务已失效|任务记录不存在|任务id无效|无效的任务]]

-- Words of validators, good enough to decide before transient words do, where the status allows.
M.request_strong = [[invalid parameter|invalid param|invalid argument|invalid value|invalid input|invalid option|invalid enum|invalid type|invalid json
  |invalid request body|invalid body|invalid field|invalid prompt|invalid size|invalid duration|invalid aspect|invalid ratio
  |invalid resolution|invalid seed|invalid dimensions for|parameter is invalid|parameter*invalid|parameter*is not valid
  |parameter*not supported|parameter*is not supported|parameter error|parameters error|params error|param error|illegal parameter
  |illegal argument|unknown parameter|unexpected parameter|unrecognized|unknown field|unexpected field|unknown name
  |additional properties|extra inputs|extra fields|extra field|is required|are required|required field|required parameter
  |required property|required key|field required|missing required|missing parameter|missing field|missing property|is missing
  |not specified|was not specified|must be specified|must be provided|must be set|must not be|must be a|must be an|must be one of
  |must be at least|must be at most|must be between|must be greater|must be less|must be in|must be positive|must be either
  |must be a multiple|must be divisible|must contain|must have|must start with|must match|must not exceed|must specify|must include
  |must provide|should be a|should be one of|should be between|should be in|should be less|should be greater|should not be
  |should not exceed|should match|cannot be empty|can't be empty|cannot be blank|can't be blank|cannot be null|may not be blank
  |may not be null|not be empty|is empty|may not be empty|cannot be used|cannot be combined|cannot be set|can only be|cannot exceed
  |mutually exclusive|not compatible|incompatible|only supported|is only available|only available|not allowed in|not allowed for
  |not permitted|not a valid|is not valid|is invalid|expected one of|expected string|expected number|expected array|expected object
  |expected boolean|expected integer|expected type|input should be|value is not a valid|value error|type error|wrong type
  |does not match pattern|does not match regex|not multiple of|divisible by|multiple of|out of range|not in range|outside the range
  |exceeds the maximum|exceeds maximum|exceed the maximum|exceeds the max|exceeds max|maximum length|max length|maxlength|minlength
  |too long|too short|too many characters|too many images|at most|at least one|no more than|greater than or equal|less than or equal
  |less than|larger than or equal|smaller than|malformed|failed to parse|could not parse|cannot parse|unable to parse|parse error
  |parsing the body|error parsing|json parse|json decode|unexpected token|unexpected end of|syntax error|failed to deserialize
  |deserializ|unmarshal|schema|validation failed|validation error|failed validation|validation of|bad request|ill formed|not supported
  |unsupported|not support|does not support|doesn't support|isn't supported|method not allowed|cannot post|cannot get|no route matched
  |no route|route not found|invalid url (|unknown endpoint|unknown request url|content type: must be|multipart/form data
  |reformat your input|参数错误|参数*错误|参数无效|参数*无效|参数不合法|参数*不合法|参数异常
  |参数*异常|参数非法|非法参数|参数缺失|缺少参数|缺少*参数|缺少必|缺失|参数校验|参数验证
  |校验失败|必填|必须为|必须是|必须在|必须|不能为空|不可为空|为空|不支持|超出范围|超过最大
  |超出最大|超出限制长度|长度超|长度不能|过长|太长|字数|字符数|不合法|格式错误|格式不正确
  |格式有误|类型错误|取值|无效的参数|无效参数|无效的请求|无效请求|请求格式|请求参数|json解析
  |解析失败|请求错误|非法请求|不允许]]
M.request = M.request_strong .. "|invalid request|wrong parameter|invalid|请检查参数"

M.validator_types = [[missing value_error* type_error* string_too_long string_too_short string_type int_parsing int_type float_parsing float_type
  bool_parsing list_type dict_type model_type enum literal_error json_invalid greater_than greater_than_equal less_than
  less_than_equal extra_forbidden string_pattern_mismatch too_long too_short multiple_of model_attributes_type union_tag_invalid
  union_tag_not_found one_of sequence_too_long sequence_too_short finite_number invalid_type invalid_enum_value unrecognized_keys
  too_big too_small invalid_union invalid_literal unknown_parameter *missing_parameter* *missing_required_parameter*
  *unsupported_parameter* *invalid_parameter_value* *missing_param* unsupported_value string_above_max_length array_above_max_length
  integer_above_max_value integer_below_min_value *unsupported_operation* feature_not_supported
  *unsupported_country_region_territory_param *invalid_parameter_combination* *invalid_json* *json_parse* *parse_error *malformed*
  *invalid_body *invalid_prompt *prompt_too_long *invalid_size *invalid_duration *invalid_aspect_ratio *invalid_seed
  *validation_failed *missing_field* *required_field* method_not_allowed *invalid_action* *invalid_version*]]

---- what passes -------------------------------------------------------------------------------------------------------------------------------

M.cancelled_codes = [[task_cancelled task_canceled request_cancelled request_canceled job_cancelled job_canceled user_cancelled user_canceled cancelled
  canceled cancelled_by_user canceled_by_user]]
M.cancelled = [[was cancelled|was canceled|been cancelled|been canceled|is cancelled|is canceled|task cancelled|task canceled|job cancelled
  |job canceled|request cancelled|request canceled|cancelled by|canceled by|generation cancelled|generation canceled|已取消
  |被取消|取消了]]

M.capacity_codes = [[*model_capacity* *capacity_exceeded* *capacity_exhausted *no_capacity* *insufficient_capacity* *overloaded* *server_overload*
  *server_busy* *system_busy* *service_busy *too_busy *busy *model_loading* *model_not_ready* *queue_full* *resources_sold_out
  *resource_sold_out *resource_insufficient* *no_available_channel* *no_available_server* *no_available_machine* *no_gpu*
  *engine_overloaded* *model_overloaded* *high_load* *backlogged* *capacity_not_available *slow_down_capacity *inflight_batchsize*
  *no_worker* runner_scheduling_failure *load_shed* *out_of_capacity *at_capacity]]
M.rate_codes = [[*rate_limit* *ratelimit* *too_many_request* *throttl* *slow_down* *request_limit_exceeded* *requestlimitexceeded*.* *concurren*
  *limit_request* *burst_rate* *rate_quota* *qps_limit* *qpslimit* *over_qps* *frequency_limit* *freq_limit* *frequent*
  *too_many_task* *too_many_job* *too_many_pending* *too_many_concurrent* *max_concurrent* *parallel* *requests_limit*
  flow_limit* *job_num_exceed *provisioned_throughput_exceeded* *429*too* *too_many_generation* *too_many_running* *rate_exceeded*
  *rate_increased* *user_request_limit* *task_limit_exceeded* *running_limit*]]
M.daily = [[daily limit|daily*limit|daily quota|daily*quota|daily request|daily cap|daily usage|daily credit|daily generation|per day
  |requests per day|limit per day|for today|today's|24 hours|24h|24-hour|(rpd)|tokens per day|tpd|monthly limit|monthly quota
  |monthly usage|monthly*limit|monthly*quota|monthly cap|per month|this month|weekly limit|weekly*limit|per week|hourly limit
  |plan limit|plan*limit|limit of your plan|plan's limit|usage limit|usage cap|tier limit|free tier|free plan|lifetime limit
  |allocation quota|allocated quota|service quota|tomorrow|limit reached for your plan|upgrade your plan|upgrade plan|upgrade to
  |each day|a day|每日|每天|当日|当天|今日|今天|本月|每月|当月|明日|明天|日限|日调用|天限额|日额度
  |免费次数|次/天|每周|套餐限制]]
M.rate = [[too many requests|too many request|too many concurrent|too many parallel|too many tasks|too many jobs|too many generations
  |too many pending|too many running|too many active|too many simultaneous|too many calls|too many api|too many images in progress
  |too many uploads|too many in flight|rate limit|ratelimit|rate exceeded|rate is exceeded|request rate|rate quota|rate reached
  |rate has been|requests rate|over rate|throttl|slow down|concurren|simultaneous|in parallel|parallel task|parallel request
  |parallel job|parallel generation|requests per|per minute|per second|per min|queries per|calls per|tokens per min|(rpm)|(tpm)|qps
  |rpm limit|tpm limit|rpm|tpm|request limit|request frequency|frequency limit|frequency|too frequent|too frequently|too fast
  |too quickly|too often|requests too|limit of requests|maximum number of requests|number of requests|maximum number of running
  |maximum number of active|maximum number of pending|max number of running|maximum*jobs|maximum*tasks in|running tasks|active tasks
  |pending tasks|tasks in progress|jobs in progress|in progress*limit|requests in flight|flow control|flow limit|reduce your request
  |reduce the rate|reduce request|wait for*previous|previous task*still|already have*running|already running|has a task running
  |already in progress|error code: 1015|error 1015|being rate limited|you are being rate|traffic limit|请求过于频繁|过于频繁
  |频繁|频率|限流|请求过快|请求过多|请求太多|请求数过多|请求量过大|速率|并发|超过*限制*请求
  |请求限制|达到*请求上限|调用次数超限|访问受限*稍后|流控|qps超|超出*qps|同时*任务|任务数*上限
  |任务数量*上限|任务过多|提交过快|操作太快|操作频繁|触发限流|正在进行的任务|太快]]
M.quota_codes = [[*quota_exceed* *quota_limit* *quotaexceed* *exceed_quota* *exceeded_quota* *over_quota* *quota_reached *usage_limit*
  *limit_exceeded* *limitexceeded* *limit_reached *plan_limit* *set_limit_exceeded* *service_quota* *free_tier* *allocation_quota*.*
  *quota_failure *exceeded_limit *limit_burst]]
M.quota = [[quota exceeded|exceeded*quota|quota has been exceeded|quota*exceeded|quota exhausted|quota*exhausted|quota limit|quota reached
  |out of quota|over quota|exceeds*quota|quota is exceeded|run out of quota|check quota|usage quota|limit reached|limit exceeded
  |exceeded the limit|exceeded your limit|reached the limit|reached your limit|reached*limit|hit*limit|exceeded*limit
  |reached the maximum number|limit has been reached|maximum number of*reached|配额|额度|用量超|达到上限|已达上限
  |超过上限|超出上限|超出限制|超过限制|超限|用量上限|次数上限|上限]]
M.capacity = [[overloaded|overload|at capacity|no capacity|over capacity|out of capacity|insufficient capacity|capacity exceeded|capacity limit
  |capacity constraints|not enough capacity|capacity is|capacity available|lack of capacity|exceeds capacity|full capacity|high demand
  |heavy demand|high load|heavy load|high traffic|heavy traffic|high volume|under load|server busy|server is busy|servers are busy
  |servers are currently busy|system busy|system is busy|service busy|service is busy|is busy|too busy|currently busy|busy, please
  |busy now|busy|queue is full|queue full|queue limit|queue length|queue is too long|queue too long|no available server
  |no available worker|no available gpu|no available instance|no available channel|no available machine|no available node
  |no available device|no available resource|no available backend|no servers available|no workers available|no gpus available
  |no gpu available|no instances available|no machines|no active*servers|no active*workers|no worker|no healthy worker
  |resources are insufficient|insufficient resources|resource exhausted|resources exhausted|resource has been exhausted
  |resources have been exhausted|not enough resources|resources not available|gpu resources|out of memory|cuda error|cold start
  |warming up|scaling up|peak hours|peak time|load shed|saturated|waiting for capacity|try again when|is loading|繁忙|过载|负载
  |排队|队列已满|队列*满|算力不足|算力紧张|资源不足|资源紧张|资源已售罄|拥挤|高峰|人数过多
  |无可用渠道|无可用*通道|可用渠道|暂无可用|爆满|火爆]]
M.forbidden = [[permission denied|access denied|access is denied|access to*denied|accessdenied|forbidden|not authorized|not authorised
  |not allowed to|not permitted to|permission|not have access|n't have access|no access|does not have access|do not have access
  |access restricted|access is restricted|restricted access|not entitled|not whitelisted|not on the allowlist|not available on your
  |not available for your|not included in your|not available in your plan|your plan does not|plan does not include
  |plan does not support|feature is not available|not enabled for your|not enabled for this|beta access|waitlist|contact sales
  |request access|apply for access|requires approval|account is not|access from|origin not allowed|cors|blocked by administrator
  |request blocked|request was blocked|禁止访问|拒绝访问|访问被拒绝|没有权|无权
  |权限|未开通|未授权|禁止]]
M.upstream_codes = [[*upstream* *provider_error* *provider_failed* *third_party* *thirdparty* *downstream* *bad_response* *channel_error*
  *do_request_failed *model_error_exception *modelerrorexception *model_stream_error* *vendor_error* *dependency_fail*
  *failed_dependency* *remote_error* *backend_error* *external_service* *runner_disconnected* *runner_connection_refused*
  *runner_connection_error* *provider_unavailable* *origin_error* *external_provider*]]
M.gateway = [[bad gateway|gateway time|upstream connect error|upstream request timeout|upstream prematurely closed|no healthy upstream
  |error from origin|origin web server|origin service|origin is unreachable|origin dns|unable to reach the origin
  |web server is returning an unknown error|web server is down|web server reported a bad|host error|ssl handshake failed
  |invalid ssl certificate|connection timed out*cloudflare|cloudflare tunnel|argo tunnel|error code: 520|error code: 521
  |error code: 522|error code: 523|error code: 525|error code: 526|error code: 530|error code: 1033|error code: 1016|error code: 1001
  |error code: 1000|error code: 1014|error code: 1018|error code: 1027|error code: 502|error code: 503|error code: 504|error 1033
  |error 1016|error 1000|error 1027|upstream server|name resolution failed|invalid response was received from the upstream
  |an invalid response was received|upstream server is timing out|server is temporarily unable|application error
  |application failed to respond|no server is available|backend write error|backend fetch failed|endpoint request timed out
  |function invocation timeout|function invocation failed|internal function|disconnect/reset|connection refused|connection reset
  |econnreset|econnrefused|socket hang up|remote end closed|server disconnected|connection aborted|broken pipe|unexpected eof|eof
  |fetch failed|worker threw exception|503 service|502 bad|504 gate|h10|h12|h13|could not connect to|failed to connect to
  |connection error|dial tcp|network error|网关|连接超时|连接失败|网络异常|网络错误|网络超时|连接被重置]]
M.timeout_codes = [[*timeout* *timed_out* *deadline_exceeded* *time_limit_exceeded *took_too_long* timedout]]
M.timeout = [[timed out|timed-out|timeout|time out|took too long|taking too long|takes too long|taken too long|deadline exceeded|deadline expired
  |exceeded the maximum execution|execution time|time limit|did not complete in|not completed within|did not finish in
  |did not respond within|exceeded*seconds|超时|等待时间过长|时间过长|耗时过长]]
M.unavailable_codes = [[*service_unavailable* *serviceunavailable* *server_unavailable* *temporarily_unavailable* *maintenance* *bad_gateway*
  *gateway_timeout* *service_down* *not_available_temporarily *endpoint_unavailable *service_not_available* *service_error_unavailable
  resource_unavailable *try_again_later]]
M.unavailable = [[service unavailable|service is unavailable|service not available|service is not available|service temporarily
  |temporarily unavailable|temporary unavailable|currently unavailable|currently not available|is unavailable
  |unavailable at the moment|unavailable|temporarily out of|temporarily disabled|maintenance|scheduled downtime|down for|be back soon
  |we'll be back|outage|is down|under construction|system upgrade|not responding|temporarily offline|is offline|health check failed
  |please retry*interrupted|prediction interrupted|interrupted|being restarted|restarting|维护|升级中|服务不可用
  |暂时不可用|暂不可用|不可用|服务暂停|停机|服务未就绪|服务下线]]
M.upstream = [[upstream|provider returned error|provider returned an error|provider error|provider responded|provider failed|third party
  |model provider|external provider|external service|external api|downstream|vendor|backend error|error from provider|error from model
  |remote service|remote server|dependent service|dependency|litellm.|bad response status code|上游|第三方|渠道]]
M.generation_codes = [[generation_failed* *generation_failed *no_content no_output *no_output* empty_response *empty_output* *no_media_generated *no_image*
  *no_images_generated bad_output *bad_output* malformed_function_call *generation_error *generation_failure *failed_to_generate*
  *task_failed *taskfailed *render_failed *video_generation_failed *image_generation_failed *create_failed unexpected_tool_call
  max_tokens_no_image *inference_failed *inference_error *prediction_failed image_generation_server_error]]
M.generation = [[generation failed|generation has failed|generation error|generation task failed|failed to generate|could not generate
  |couldn't generate|unable to generate|cannot generate|can't generate|did not generate|no image was generated
  |no images were generated|no images generated|no image generated|no video was generated|no video generated|no output|no content
  |no media|no result|no images|no image|no valid|produced no|did not produce|failed to produce|could not produce|empty output
  |empty result|empty response|returned empty|returned no|output is empty|result is empty|prediction failed|inference failed
  |failed to create video|failed to create image|failed to create|video creation failed|image creation failed|rendering failed
  |render failed|synthesis failed|low quality|quality check|bad output|try a different prompt|try rephrasing|please try a different
  |rephrase|task failed|task execution failed|task processing failed|job failed|processing failed|workflow failed|run failed
  |生成失败|未生成|没有生成|生成*失败|生成出错|生成异常|作图失败|绘图失败|任务失败
  |任务执行失败|任务处理失败|处理失败|合成失败|制作失败|创作失败|推理失败]]
M.internal_strong = [[internal server error|internal server issue|internal server problem|internal error|internal issue|internal service error|internal failure|internal exception|server error|server side error
  |unexpected error|unexpected server|unhandled exception|unhandled error|unknown error|unknown exception|null pointer|nullpointer
  |nonetype|traceback|stack trace|panic:|segmentation fault|assertion failed|内部错误|内部服务|内部异常|服务器错误
  |服务器异常|服务器内部|服务错误|服务异常|系统错误|系统异常|系统出错|系统内部|未知错误
  |未知异常|程序异常|后台异常|服务器开小差|服务出错|调用失败|请求失败]]
M.internal = [[something went wrong|an error occurred|an error has occurred|error occurred|error on our side|error on our end|issue on our end
  |unknown|exception|please try again|try again later|retry later|retry your request|please retry|contact support|contact us
  |please contact|error processing|failed to process|could not process|unable to process|cannot be processed|processing error|database
  |redis|sql|undefined|not implemented|稍后再试|稍后重试|请重试|请稍后|重试|异常|失败]]

---- codes that say little ----------------------------------------------------------------------------------------------------------------------

M.vague_key_codes = "unauthorized *unauthorized unauthorized_* unauthorizederror invalid_auth_key authentication authorization_error auth"
M.vague_forbidden_codes = [[permission_denied *permission_denied permission_error permission_denied_error access_denied* *access_denied accessdenied.* forbidden
  *forbidden forbidden_error not_allowed *not_authorized* unauthorized_operation* unauthorizedoperation.* operation_denied*
  operationdenied.* *permission* opt_in_required *service_disabled *phone_number_required *ip_restricted *ip_whitelist*
  unsupported_country_region_territory unsupported_user_location *country_not_supported *region_not_supported *access_restricted
  *blocked *real_name* *not_verified *verification_required]]
M.vague_missing_codes = [[not_found *not_found not_found_error notfounderror notfound.* resource_not_found* *not_exist *does_not_exist *no_such*
  *resource_not_exist*]]
M.vague_limit_codes = "resource_exhausted *exhausted *limit *limited *limits"
M.vague_request_codes = [[invalid_argument* *invalid_argument invalid_request* *invalid_request *invalid_request_error invalid_parameter* *invalid_parameter
  invalidparameter.* invalid_parameter_value.* *invalid_param* bad_request* *bad_request badrequest.* validation_error*
  *validation_exception *validationerror *validation* unprocessable_entity* *unprocessable* failed_precondition out_of_range
  *out_of_range unimplemented not_implemented invalid_value *invalid_value* invalid_input* *invalid_input *invalid *invalid_field*
  invalid_* missing_* unsupported_* parameter_* *param_error *parameter_error *params_error *parameter_invalid *param_invalid
  *illegal_argument* illegal_* image_generation_user_error user_error client_error *user_error *client_error *failed_precondition*
  *bad_parameter *bad_input *required *argument_error* *not_supported *unsupported *too_long *too_many_images *exceeds_limit *length*]]
M.vague_unavailable_codes = "unavailable *unavailable aborted *not_ready *offline"
M.vague_internal_codes = [[internal internal_* *internal_error* *internalerror* internalerror.* *internal_server* *internalserver* *internal_failure
  *internal_service* *internalservice* server_error *server_error* *servererror *system_error* *systemerror api_error *service_error*
  *service_exception unknown_error *unknown_error data_loss *exception failed *failed error unexpected* *unexpected_error* *unhandled*
  *runtime_error* *general_error* *backend* *failure]]

-- google.rpc codes by number.
M.rpc = { ["3"] = "request.invalid", ["4"] = "provider.timeout", ["5"] = "request.invalid", ["7"] = "account.forbidden", ["8"] = "limit.rate", ["9"] = "request.invalid", ["11"] = "request.invalid",
  ["12"] = "request.invalid", ["13"] = "provider.internal", ["14"] = "provider.unavailable", ["16"] = "account.unauthorized" }


M.statuses = {
  { "account.unauthorized", { "401" } },
  { "account.credits", { "402" } },
  { "account.forbidden", { "403", "451" } },
  { "task.not_found", { "404", "410" }, { "poll", "cancel" } },
  { "network.timeout", { "408" } },
  { "task.duplicate", { "409" }, "submit" },
  { "request.too_large", { "413", "414", "431" } },
  { "request.invalid", { "400", "404", "405", "406", "409", "410", "411", "412", "415", "416", "417", "422", "426" } },
  { "limit.rate", { "429", "420", "425", "430" } },
  { "network.interrupted", { "499", "460" } },
  { "provider.timeout", { "524" } },
  { "provider.unavailable", { "502", "503", "504", "520", "521", "522", "523", "525", "526", "527", "530" } },
  { "provider.capacity", { "529" } },
  { "provider.internal", { "500", "501", "505", "507", "508" } },
}


---- categories ---------------------------------------------------------------------------------------------------------------------------------

-- Gravest first. Numbers are Google's support codes.
M.categories = {
  { "minor", [[minor|minors|child|children|underage|under age|under 18|csam|58061214|17301594|未成年|儿童|孩子]] },
  { "celebrity", [[celebrit|public figure|famous|politician|likeness|well known person|well known people|prominent p|29310472|15236754|名人|明星
  |公众人物|政治人物|肖像]] },
  { "person", [[real person|real people|photorealistic|realistic person|realistic people|human face|real face|real human|recognizable p
  |recognisable p|identifiable p|private individual|person's face|people/face|person/face|real life|privacyinformation|39322985|facial
  |faces|真人|人脸]] },
  { "copyright", [[copyright|trademark|logo|watermark|intellectual property|infring|brand|third party content|protected character|protected content
  |protected material|recitation|ipinfringement|版权|侵权|商标|水印|知识产权]] },
  { "adult", [[adult|nudity|nude|sexual|erotic|porn|nsfw|explicit|90789179|63429089|43188360|suggestive|色情|裸露|裸体|成人|低俗|涉黄
  |性感]] },
  { "violence", [[violen|gore|gory|graphic content|self harm|self_harm|suicide|weapon|blood|terroris|hate|harass|61493863|56562880|暴力|血腥
  |自残|恐怖|暴恐|自杀]] },
}

return M
