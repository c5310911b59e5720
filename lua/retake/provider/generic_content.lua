--- How APIs say that content was refused, and what kind of content it was.
local words = require "retake.provider.generic_words"

local M = {}

---- refused content ----------------------------------------------------------------------------------------------------------------------

M.moderation_parameters = [[nsfw*must be|guardrail identifier|guardrail version|guardrail*does not exist|safety tolerance*must
  |safety tolerance*less than|safety tolerance*greater|safety tolerance*between|invalid*safety tolerance|safety setting*invalid
  |invalid*safety setting|safety settings must|safety filter level*must|safety filter level*not support|invalid*safety filter level
  |unsupported*safety filter level|safety checker*must|safety checker*boolean|enable safety checker*bool
  |invalid value*moderation*supported values|'moderation'*must be|moderation*must be one of|'moderation' must|unknown parameter*moderation
  |unknown parameter*safety|unrecognized*safety|persongeneration*not support|person generation*not support|invalid*persongeneration
  |invalid*person generation|unsupported*persongeneration|allow all for persongeneration|content filter*must be one of
  |contentmoderation*must]]
M.moderation_trouble = [[moderation service*unavailable|moderation service*timed out|moderation service*timeout|moderation service error
  |moderation service failed|moderation timed out|moderation timeout|moderation request failed|moderation api error|failed to moderate
  |unable to moderate|could not moderate|moderation system*unavailable|content safety service*unavailable|error*while checking
  |timed out while checking|timeout while checking|failed while checking|unable to check*against|could not check*against]]
-- What was refused, beside which the trouble of what refuses is no matter.
local refuses = "safety|content filter|content check|moderation|nsfw|guardrail"
M.refused_by = words.both(
  words.pairs_of(refuses, "detected|flagged|blocked|rejected|violat|prohibited|did not pass|didn't pass|not allowed|nudity"),
  words.pairs_of("flagged|blocked|rejected|denied|refused|filtered", "by*" .. refuses:gsub("|", "|by*")))
-- What looks at content does not work: nothing was refused.
M.moderation_down = words.both(
  words.joined([[safety checker|safety check|safety filter|safety system|safety service|safety model|content filter|content filtering
|content checker|content check|content safety|content safety service|moderation|moderation check|moderation service|moderation api
|moderation system|moderation request|moderation call|moderation endpoint|moderation model|nsfw checker|nsfw check|nsfw detector
|nsfw filter|guardrails|guardrail service|guardrails service]],
    [[ unavailable| is unavailable| was unavailable| is currently unavailable| is temporarily unavailable| currently unavailable
| temporarily unavailable| not available| is not available| timed out| has timed out| timeout| is down| not responding
| is not responding| did not respond| didn't respond| failed to respond| could not be reached| unreachable| is unreachable
| is overloaded| overloaded| encountered an| returned an error| crashed| internal error| service error| could not be completed
| did not complete| didn't complete| failed to complete| failed to run| could not be run]]),
  words.joined([[error running|error while running|error in running|timed out running|timed out while running|timeout running
|timeout while running|error during|exception during|exception in|failure while running|occurred running|occurred while running
|failed to run|unable to run|could not run|failed to reach|could not reach|unable to reach|failed to call|error calling
|failed to connect to|could not connect to|error connecting to|timeout waiting for|timed out waiting for|no response from
|bad response from]],
    [[ safety check| the safety check| our safety check| safety filter| the safety filter| content filter| the content filter
| our content filter| moderation| the moderation| our moderation| content moderation| the content moderation| content check
| content safety| the content safety| nsfw| the nsfw]]))
M.moderation_down = words.both(M.moderation_down,
  words.joined("审核|内容审核服务|内容安全|安全审核|安全检测|安全检查|安全服务|风控",
    [[服务异常|服务超时|服务不可用|服务暂不可用|服务繁忙|服务暂时不可用|服务出错|服务错误|接口异常
  |接口超时
|系统异常|系统繁忙|超时|暂不可用]]))
M.suspended = [[account has been suspended|account has been disabled|account has been banned|account has been deactivated
  |account has been locked|account has been blocked|account has been terminated|account has been restricted|account is suspended
  |account is disabled|account is banned|account is deactivated|account is locked|account is blocked|account is terminated
  |account is inactive|account is not active|account is restricted|account was suspended|account was disabled|account was banned
  |account was terminated|account suspended|account disabled|account banned|account deactivated|account locked|account frozen
  |account is frozen|account has been frozen|account*temporarily suspended|organization has been suspended|organization has been disabled
  |organization is suspended|organization is disabled|organization has been restricted|organization is restricted|project has been suspended
  |project is suspended|workspace has been suspended|workspace*is disabled|workspace*has been disabled|workspace is suspended
  |team is suspended|team has been suspended|user has been banned|user is banned|user has been suspended|user is suspended|user is disabled
  |user has been disabled|user is blocked|user has been blocked|user was banned|you have been banned|you are banned|you've been banned
  |consumer*has been suspended|has been disabled in this account|resource has been temporarily blocked|api key has been disabled
  |api key is disabled|api key has been revoked|api key*revoked|api key was disabled|key has been disabled|key is disabled|api key disabled
  |token has been disabled|token is disabled|key has been deactivated|key is inactive|api key is inactive|access*has been suspended
  |access*has been revoked|subscription*suspended|free tier usage disabled|api usage disabled|usage has been disabled|access terminated
  |access was terminated|access has been terminated|reported as leaked|suspended due to|suspended for|service has been suspended
  |temporarily banned|permanently banned|tenant*suspended|账号已被封|账户已被封|用户已被封|帐号已被封|账号被封
  |账户被封|已被封禁|账号已被禁用|账户已被禁用|用户已被禁用|账号被禁用|账户被禁用|账号已停用
  |账户已停用|账号已冻结|账户已冻结|账号被冻结|账户被冻结|账户已被冻结|账号已被冻结|账号异常
  |账户异常|令牌*已禁用|令牌*被禁用|令牌状态不可用|密钥已被禁用|密钥已禁用|key已被禁用|服务已停用
  |账号已注销|account*has been suspended|account*has been banned|account*has been locked|account*has been frozen|account*is suspended
  |account*is banned|account*is locked|account*is frozen|被限制使用|organization disabled|organisation disabled|workspace disabled
  |project disabled|account*temporarily locked|account*been temporarily|account*under review|account*under investigation
  |account is not activated|account has not been activated|account not activated|account is not yet]]
M.suspended_chinese = words.pairs_of("账号|账户|帐号|帐户|用户|组织|项目", "被锁定|已锁定|被封|封禁|封停|已冻结|被冻结|被停用|已停用|被注销|已被限制|被暂停|存在风险|有风险|未激活|未启用|待审核")

M.output_codes = [[*output*sensitive*content* *output*sensitive* *output*moderat* *output*risk*detect* *output*policy*violation*
  *output*blocked *output*safety* *generated*content*flagged *generated*content*blocked *post*img*risk* *output*text*risk* unsafe_output*
  *output*unsafe* creation*policy*violation *generated*image*unsafe* *outputimageillegal* *output*illegal* content_moderated]]
M.content_codes = [[*censor* *content_policy* *content_moderat* *content_filter* *content_violation* *content_blocked *content_safety*
  *contentsafety* *content_security* *sensitive_content* *sensitive_word* *sensitive_info* *sensitive_data* *sensitive *safety_violation*
  *safety_reject* *safety_flag* *safety_filter* *safety_refus* *safety_fail* *safety_check_fail* *unsafe_content* *safety_block*
  *safety_error *safety_check* *safety_filter* *moderation_block* *moderation_fail* *moderation_reject* *moderation_error moderation
  moderated *moderation_flag* request_moderated input_moderated prompt_moderated *prompt_moderat* *policy_violat* *policyviolat*
  *policy_violation* responsible_ai* *responsibleai* *nsfw* *prohibited_content* *inappropriate* *data_inspection_failed data_inspection
  *datainspection_failed *risk_control* *risk_detect* *risk_not_pass* *audit_submit_illegal* *illegal_detect* *illegal_content*
  *text_illegal* *image_illegal* *video_illegal* prompt_blocked *prompt_block* *prompt_reject* *prompt_flag* flagged flagged_input
  content_flagged *flagged_content* *ip_infringement* *infringement* *copyright* *celebrity* *public_figure* *real_person* *unsafe_content*
  unsafe unsafe_* *_unsafe *_unsafe_* unsafe_input *banned_word* *forbidden_word* *banned_prompt* banned_prompt_detected *blocked_prompt*
  *guardrail* jailbreak *jailbreak* *blocked_by_safety* *image_safety* *usage_policy* *terms_violation* *tos_violation*
  *community_guideline* *violat*guideline* *invalid_prompts *illegal_prompt* *content_not_allowed* content_rejected *content_reject*
  *restricted_content* *disallowed_content* *harmful_content* *explicit_content* *adult_content* *violence* *hate_speech* *self_harm*
  *sexual* *minors *child_safety* *rule_blocked faqruleblocked customroleblocked *image_unsafe* *facecheck* face_moderation*
  content_check_failed *content_check* invalid_request_content_moderation *violates_policy* *prompt_violat* input_violat*
  *violation_detected safety *antispam* *spam_detected* *content_risk* *security_check_fail* *green_net* contentillegal *content_illegal*
  sensitivecontentdetected *moderation_triggered *moderation_violation *moderated]]

-- Those that say it whatever the text does: an answer in another one's words is known by its own code.
M.refused_codes = [[content_filter content_filtered *content_policy* *content_violation* *content_blocked *safety_violation* *safety_block*
  *moderation_block* *moderation_reject* *moderation_flag* *policy_violat* *policyviolat* *prohibited_content* *flagged_content*
  content_flagged *sensitive_content* *data_inspection_failed *datainspection_failed]]

-- How a model's answer ended: these are the output's, those are the prompt's.
M.finish_output = [[safety image_safety content_filter content_filtered recitation image_recitation image_prohibited_content spii filter*
  *filter* image_other]]
M.finish_input = "prohibited_content blocklist language *prompt* *input* refusal jailbreak model_armor"

local strong = [[flagged|violat|moderat|sensitive content|sensitive info|sensitive material|sensitive word|sensitive data|as sensitive
  |is sensitive|blocked|filtered|unsafe|inappropriate|nsfw|prohibited|harmful|safety|nudity|explicit|real person|real people|copyright
  |offensive|not comply|withheld|celebrit|guardrail|content polic]]
local strong_chinese = [[违规|敏感|违反|不合规|未通过审核|审核未通过|审核不通过|审核失败|风险|违禁|涉黄
  |涉政|不当|侵权|版权|未通过安全|未通过内容|不符合规|不符合政策|不符合平台|不符合内容|不符合社区
  |屏蔽]]
local made = [[result was generated|was generated but|finished clip|finished video|finished image|final video|final image|output image
  |output video|output audio|output content|output text|output media|output data|the output|outputs|your output|generated image
  |generated video|generated content|generated audio|generated media|generated result|generated output|generated music|generated file
  |generation result|result image|result video|resulting image|resulting video|image generated|video generated|images generated
  |videos generated|content generated|all images were|all images have been|all generated|all of the generated]]
local given = [[prompt|input image|input text|input video|input audio|input content|your input|the input|inputs|uploaded|reference image
  |reference video|source image|your image|your text|input may|input was|input contains|text description|init image|first frame|last frame
  |image you|photo you]]

-- Nobody offers to look again at what is merely wrong.
local looked_at = "image|photo|picture|video|prompt|text|content|<file|audio"
local doubts = "a mistake|believe this|think this|if this is an error|appeal"
local not_taken = words.pairs_of("can't be|cannot be|can not be|couldn't be|could not be|not accepted|not allowed|isn't allowed|rejected", doubts)
local taking = words.pairs_of("can't use|cannot use|couldn't use|could not use|unable to use|can't process|cannot process|couldn't process"
  .. "|unable to process", looked_at)
M.doubted = words.both(words.pairs_of(looked_at, words.join(not_taken)), words.pairs_of(words.join(taking), doubts))

M.withheld_before_input = [[audio filtered|public error*filter|public error unsafe|error image safety|error image other|error: image safety
  |error: image other|finish reason*image safety|finish reason*image other|found in the finished|found in the generated|found in the output
  |found in the result|detected in the finished|detected in the result|image recitation|image prohibited content
  |black image will be returned|nsfw content was detected in|generated from your prompt*flagged|generated from your prompt*violat
  |generated from the prompt*flagged|generated from your prompt*moderat|post img risk|output was filtered|output has been filtered
  |filtered out because|filtered out*images|filtered out*videos|filtered out*generat|output violates|create output*reject
  |audit*output*reject|output was flagged|output was blocked|unable to show the generated|unable to show generated
  |generated images were filtered|images were filtered out|all images were filtered|were filtered|safety filters or other processing
  |generated image may contain|generated video may contain|output may contain|output new sensitive|prohibited one or more generated
  |try running it again, or try a different prompt|detected in output|detected in the output|detected in the generated|output blocked
  |output filtered|output flagged|output moderated|output rejected|output is blocked|finish reason: safety|finish_reason: content_filter
  |输出内容|生成的内容*违|生成内容*违|生成结果*违|post text risk|post image risk]]
M.withheld_by_moderation = "output moderation|post moderation|post-processing moderation"
M.refused_first = [[invalid prompts detected|your prompt was flagged|prompt*was rejected|prompt was blocked|prompt blocked|prompt is blocked
  |prompt not allowed|prompt is not allowed|prompt contains*not allowed|prompt may contain*not allowed|prompt triggering|prompt was flagged
  |prompt has been flagged|prompt*flagged|prompt violates|prompt may violate|input moderation|pre img risk|text risk not pass
  |image risk not pass|risk not pass|flagged this prompt|request was flagged|request has been flagged|your request was rejected
  |because your prompt|contains filtered words|filtered words|filter reason: prompt|input new sensitive|prompt was filtered|prompt filtered
  |input or output was flagged|提示词*违|提示词*敏感|输入*敏感|输入*违]]
M.withheld_by = words.pairs_of(made, "flagged|blocked|rejected|violat|prohibited|withheld|filtered by|filtered out|removed")
M.withheld = words.pairs_of(made, strong)
for _, fragment in ipairs(words.pairs_of("输出|生成的|生成内容|生成结果|生成图|生成视频|结果图|视频生成后", strong_chinese)) do
  M.withheld[#M.withheld + 1] = fragment
end
M.refused = words.pairs_of(given, strong)
for _, fragment in ipairs(words.pairs_of("提示词|输入|上传|参考图|文本|图片|素材|prompt|内容|关键词", strong_chinese)) do
  M.refused[#M.refused + 1] = fragment
end

M.moderation_words = [[content moderation|security policy of|triggers the security|trigger*security policy|moderation system
  |moderation policy|moderation filter|moderation check|moderation blocked|moderation failed|moderation rejected|moderation error
  |moderation violation|advanced moderation|failed moderation|moderation reasons|rejected by moderation|blocked by moderation
  |moderation guardrail|moderation rules|was moderated|been moderated|content moderated|request moderated|image moderated|prompt moderated
  |did not pass moderation|not pass moderation|content policy|content policies|content violation|content usage polic|policy violation
  |policies violation|violation of our|violation of the|violation of google|violation of openai|usage policy|usage policies|usage guidelines
  |community guidelines|community standards|community rules|acceptable use|safety system|safety filter|safety check|safety polic
  |safety guideline|safety reasons|safety violation|safety concerns|safety settings*filtered|safety mechanism|safety standards
  |safety requirements|blocked for safety|blocked due to safety|due to safety|by safety|safety restrictions|safety measures|safety block
  |failed safety|unsafe content|unsafe image|unsafe prompt|content filter|content safety|content check|content security
  |content management policy|content restriction|content guidelines|content warning|content rules|content not allowed|content is not allowed
  |content that is not allowed|content blocked|content was blocked|content has been blocked|content rejected|content was rejected
  |content flagged|contains content that|material flagged|responsible ai|nsfw|not safe for work|been flagged|was flagged|were flagged
  |is flagged|got flagged|flagged by|flagged as|flagged for|flagged content|text that is not allowed|not allowed by our|prohibited content
  |prohibited use|prohibited material|prohibited word|inappropriate content|inappropriate word|inappropriate material|inappropriate image
  |inappropriate prompt|inappropriate language|disallowed content|disallowed material|restricted content|sensitive content|sensitive word
  |sensitive information|sensitive material|sensitive topic|sensitive text|sensitive image|possibly sensitive|potentially sensitive
  |explicit content|explicit material|sexual content|sexually explicit|sexually suggestive|adult content|mature content|nudity|pornograph
  |violent content|graphic violence|graphic content|violence content|hate speech|hateful|harmful content|offensive content
  |offensive language|illegal content|illegal word|objectionable|self harm|risk control|shows a minor|depicts a minor|to be a minor
  |violates our|violates the*polic|violates the*terms|violates google|violates openai|violates polic|violates*content polic
  |violates*guideline|violate our|violate the*polic|violate the*terms|violate*guideline|violates*terms of|violate*terms of|violate*polic
  |violating*polic|violating our|against our*polic|against our*guideline|against*content polic|against the*polic|against*community
  |against*terms of|breach of*polic|conflict our aup|guardrail|jailbreak|banned word|banned prompt|banned phrase|banned content
  |banned keyword|blocked word|blocked keyword|blocked phrase|blocked prompt|blocked by our|blocked by the*filter|blocked by*moderat
  |blocked by*polic|blocked by*safety|forbidden word|forbidden content|blocklist|real person|real people|real human|public figure|celebrit
  |likeness|prominent people|prominent person|copyrighted|copyright infring|copyright violation|copyright protect|copyright polic
  |copyright restrict|copyright material|copyright content|contains copyright|copyright issue|due to copyright|copyright detect
  |third party content|third party likeness|intellectual property|trademark|protected content|protected character|protected material
  |contained artist name|contains artist name|contain artist name|contained producer tag|contains producer tag|artist's name|artist names
  |lyrics contain|lyrics are copyrighted|matches existing work|matches an existing work|matches copyright|existing work of art
  |derivative work|people in user uploads|minors|photorealistic people|child sexual|children|underage|csam|people/face generation
  |person/face generation|refused to generate|i can't help with|i cannot help with|unable to assist with|can't assist with
  |can't generate that|can't create that|contains a human face|human face detected|faces are not allowed|real face|identifiable face
  |not allowed*nudity|rejected by the safety|rejected*safety|ai responsible|terms of use violation|violation of terms|violation of*policy
  |policy reasons|due to policy|against policy|security policy violation|content you provided*blocked|content*machine outputted|censored
  |censorship|risk audit|audit failed|audit reject|audit*rejected|failed the audit|sensitive voiceprint|voiceprint detected
  |political content|politically sensitive|risky content|content risk|risk detected|unsuitable content|unethical|contains sensitive
  |new sensitive|considered sensitive|sensitive data detected|inspection failed|data inspection|inappropriate|误判|申诉|违规|敏感
  |审核未通过|审核不通过|审核失败|审核拒绝|未通过审核|没有通过审核|未通过内容|内容审核|内容安全
  |安全审核|安全检测|安全策略|安全检查|安全过滤|不合规|涉黄|涉政|涉暴|涉恐|色情|低俗|暴恐|暴力|血腥
  |裸露|风控|风险内容|违禁|违反*规|违反*政策|违反*法|违反*准则|违反*协议|不当内容|不良信息|不良内容
  |侵权|版权问题|侵犯版权|版权保护|涉及版权|版权内容|版权限制|肖像权|真人|名人|公众人物|未成年
  |被屏蔽|被拦截|内容拦截|违法|不适宜|不符合*规范|不符合*政策|机审|风险等级|政治|敏感词|黑名单词
  |违例]]

-- Before words of moderation: what the check of the data could not do.
-- A face that is wanted and missing is no face that was refused.
M.no_face = "no human face|no face|no faces|face not detected|face was not detected|not detect a face|未检测到人脸|未检测到人像|检测不到人脸"
M.no_face_codes = "*no_human_face* *no_face* *nohumanface* *face_not_found* *face_not_detected*"
M.inspection_timeout = "timed out*inspection|timeout*inspection"
M.inspection_format = "format*not supported*inspection|format*incorrect*inspection"
M.inspection_trouble = [[failed to moderate image|failed to moderate the image|failed to moderate video|unable to download*data inspection
  |download*during the data inspection|failed to download*inspection]]
-- Before words of permission and keys.
M.limited_first = "queue full for|already queued|error code: 1015|error 1015|being rate limited"
M.model_first = [[model not found|no longer supported. please use|specified engine|specified version does not exist|invalid version
  |model or endpoint*does not exist|model*does not exist or you|model*not exist or|access to the model with|have access to model
  |access to this model|does not have access to model|too large to be loaded|does not work with the specified model
  |cannot be accessed through|marked*as legacy|model is legacy|end of its life|end of life|not available on this endpoint
  |this model is not available on|not have access to the model|does not have access to the requested model|model access is denied
  |model access denied]]

---- categories ---------------------------------------------------------------------------------------------------------------------------------

-- Gravest first. Numbers are Google's support codes.
M.categories = {
  { "minor", [[minor|minors|child|children|underage|under age|under 18|csam|58061214|17301594|未成年|儿童|孩子]] },
  { "celebrity", [[celebrit|public figure|famous|politician|likeness|well known person|well known people|prominent p|29310472|15236754
  |名人|明星|公众人物|政治人物|肖像]] },
  { "person", [[looks real|recognizable individual|recognisable individual|real individual|real person|real people|photorealistic
  |realistic person|realistic people|human face|real face|real human|recognizable p|recognisable p|identifiable p|private individual
  |people in user upload|person's face|people/face|person/face|real life|privacyinformation|39322985|facial|faces|<face>|真人|真实人物
  |人脸]] },
  { "copyright", [[copyright|trademark|logo|watermark|intellectual property|infring|brand|third party content|protected character
  |protected content|protected material|derivative work|existing work|matches existing|recitation|ipinfringement|版权|侵权|商标|水印
  |知识产权]] },
  { "adult", [[adult|nudity|nude|naked|topless|undress|sexual|erotic|porn|nsfw|explicit|90789179|63429089|43188360|suggestive|色情|裸露
  |裸体|成人|低俗|涉黄|性感]] },
  { "violence", [[violen|gore|gory|graphic content|self harm|self_harm|suicide|weapon|blood|terroris|hate speech|hateful|hate group|harass
  |61493863|56562880|暴力|血腥|自残|恐怖|暴恐|自杀]] },
}

---- tips -------------------------------------------------------------------------------------------------------------------------------------

-- From such words on a text lists what can be, for people to look through: it no longer tells what was.
M.advice = [[possible cause|possible reason|common cause|common reason|typical cause|troubleshooting|tips:|suggestion:|suggestions:
  |please ensure|please make sure|please avoid|. avoid|. check:|. check that|. make sure|. ensure|. try|可能原因|可能的原因
  |常见原因|建议：|建议:]]
-- What is refused is told by its kind; kinds that are listed as examples tell nothing of this one.
M.examples = [[avoid|avoid:|such as|including|e.g.|for example|for instance|may include|the following|like real|policies on
  |policies regarding|例如|比如|包括|等内容]]

return M
