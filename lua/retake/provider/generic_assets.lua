--- How APIs say what is wrong with an image, a video or a sound they were given.
local words = require "retake.provider.generic_words"

local M = {}

-- In the order they are looked for: the more that is said, the sooner.
M.asset_order = { "insecure_url", "ip_address", "blocked_address", "timeout", "bad_status", "no_length", "invalid_uri", "unreachable", "too_large",
  "mismatch",
  "aspect_ratio", "duration", "dimensions", "media_type", "corrupt", "invalid" }
-- "InvalidFile.Resolution": what is wrong stands behind what it is wrong of.
local function of_files(names)
  local found = {}
  for kind in ("file image video audio media"):gmatch "%a+" do
    for name in names:gmatch "%S+" do found[#found + 1] = "invalid_" .. kind .. "." .. name .. "*" end
  end
  return " " .. table.concat(found, " ") .. " "
end

M.asset_codes = {
  insecure_url = "insecure_url https_required",
  ip_address = "*ip_address_not_allowed",
  blocked_address = "*private_address* *private_ip* ssrf*",
  timeout = "invalid_url.timeout* *invalid_url.time_out* *download_timeout* *fetch_timeout* *url_timeout *image_timeout",
  bad_status = "invalid_url.not_found* invalid_url.forbidden* *image_url_status* *url_not_found",
  no_length = "*content_length_required *missing_content_length",
  invalid_uri = [[*invalid_image_url* *invalid_video_url* *invalid_audio_url* *invalid_media_url* *invalid_file_url* invalid_url
  *invalid_data_url *invalid_uri *image_url_invalid* *url_invalid *invalid_url *invalid_base64* url_parsing url_type url_scheme]],
  unreachable = [[*download_fail* *download_error* *image_download* *video_download* *file_download* *failed_to_download* *fetch_fail*
  *fetch_error* *image_fetch* *image_load_fail* *image_not_accessible *url_unreachable *unreachable_url *url_not_accessible
  *resource_download_failed *data_inspection_download* failed_to_load* *download_image* *failed_to_fetch* *media_fetch*]],
  too_large = of_files "size file_size too_large" .. [[*image_too_large* *file_too_large* *video_too_large* *audio_too_large*
  *image_size_exceed* *file_size_exceed* *file_size_limit* *image_size_limit* *image_size_too_large *imagesizetoolarge
  *entity_too_large_image *media_too_large *file_size_too_large *oversize*image* *image_oversize* *video_size_exceed* *filetoolarge*
  *maxfilesize*]],
  mismatch = "*dimension_mismatch* *size_mismatch* *dimensions_mismatch* *image_mask_mismatch* *mask_size*",
  aspect_ratio = of_files "aspect_ratio ratio" .. "*image_aspect_ratio* *aspect_ratio_invalid*image",
  duration = of_files "duration" .. [[*video_duration* *audio_duration* *video_too_long* *video_too_short* *audio_too_long*
  *audio_too_short* *duration_too_long *duration_too_short *clip_too_long *media_duration*]],
  dimensions = of_files "resolution dimension pixel width height fps" .. [[*image_dimension* *image_resolution* *image_too_small*
  *invalid_image_size* *image_size_invalid *resolution_too* *invalid_resolution_image *imageresolution* *image_pixel* *pixel_limit*
  *image_side* *video_resolution* *invalid_image_dimension* *image_size_error]],
  media_type = of_files "format file_format type mime" .. [[*unsupported_image* *unsupported_media* *unsupported_file* *unsupported_format*
  *unsupported_video* *unsupported_audio* *unsupported_mime* *invalid_image_format* *image_format* *invalid_file_type* *invalid_file_format*
  *invalid_mime* *invalid_content_type *file_type_not* *file_format* *invalid_video_format* *invalid_audio_format* *video_format*
  *audio_format* *mime_type* *format_not_supported*]],
  corrupt = of_files "decode corrupt" .. [[*decoder_error *invalid_archive* *image_decode* *decode_image* *decode_error *imagedecode*
  *corrupt* *image_parse* *image_data_invalid *truncated* *invalid_image_data *image_load_error *video_load_error *audio_load_error
  *media_load_error *decode_failed *bad_image *image_parse_error *image_broken*]],
  invalid = [[invalid_image* *image_invalid invalid_video* invalid_audio* invalid_file *image_error *no_face* *face_not_found*
  *face_not_detect* *face_detection* *no_human* *nohuman* *multiple_face* *face_too_small *image_quality* *garment_not* *clothing_not*
  *cloth_not* *body_not* *subject_not* *pose_not* *unknown_foreground* *no_foreground* *invalid_garment* *invalid_person *invalid_reference*
  *image_process* *image_processing_error *no_person* *invalid_mask* *photo_not_found *invalidimage* *invalidvideo* *invalidfile*
  *empty_file* *file_not_found* *photo_invalid]],
}
-- "larger than 10 MB", but no "maximum number".
local sizes = "0mb|1mb|2mb|3mb|4mb|5mb|6mb|7mb|8mb|9mb|0 mb|1 mb|2 mb|3 mb|4 mb|5 mb|6 mb|7 mb|8 mb|9 mb|mib|mb)|megabyte|0kb|0 kb|2kb"
local larger = [[larger than|less than|smaller than|under|exceed|no larger than|up to|max|limit|超过|大于|小于|不能超过|不超过
  |bigger than|at most|over]]

-- "Unable to access the provided media URL", but no "unable to read the image": whoever reads it has it.
local not_had = words.join(words.joined("failed to|unable to|cannot|could not|can't|couldn't|not able to", " access| retrieve| get| reach"))
local what = "image|video|audio|media|<url>|asset|<file>|reference"

M.asset_words = {
  insecure_url = [[secure (https|protocol https|https 协议|https协议|insecure url|insecure scheme|scheme "http"|must use the https
  |https: scheme|begin with https|plain http|over https|http links are|received http:|http urls are not|http is not allowed|only https
  |must be https|valid https|must use https|must start with https|https is required|https only|url must be an https|requires https|use https
  |only supports https|https protocol|仅支持https|必须是https|必须使用https|须为https]],
  ip_address = [[ip literal|ipv6 literal|ipv4 literal|ipv6 address|ipv4 address|instead of the ip|instead of an ip|numeric ip
  |must be hosted on a domain|url*is an ip address|ip addresses are not allowed|url*ip address not allowed|cannot be an ip address
  |raw ip address]],
  blocked_address = [[resolves to 10.|resolves to 127.|resolves to 169.254|resolves to 192.168|resolves to 172.|publicly routable
  |globally routable|resolve to a private|private or reserved|private or internal|reserved ip address|private address|private ip
  |private network|internal address|internal network address|localhost|loopback|non public ip|not a public url|url*not allowed*internal|ssrf
  |resolves to a private|link local]],
  timeout = [[timeout while downloading|timeout while fetching|timed out while downloading|timed out while fetching|timed out downloading
  |timed out fetching|timeout downloading|timeout fetching|timeout*downloading*url|download*timed out|download*timeout|downloading*timed out
  |downloading*timeout|fetching*image*timed out|fetching*image*timeout|fetching*url*timed out|fetch image timeout|be fetched (tim
  |fetch*timed out|image*download timeout|read timed out*image|image url timed out|url*download*timeout|下载超时|下载*超时
  |拉取*超时|获取图片超时]],
  bad_status = [[server returned 410|server returned 404|server returned 403|server returned 401|server returned 5
  |hosting the media*returned|remote server*returned a|server hosting*returned|returned a client error|error in loading http*40
  |error in loading http*50|error loading http*40|error loading http*50|downloading*status code|download*status code|download*http status
  |downloading*http|fetch*status code|fetch*http status|fetching*status code|fetch*received http|received http response code
  |received*status code*when*image|image url returned|url returned*40|url returned*status|url returned http|url returned 5
  |returned status*when fetching|url*status code|url*http 40|download*40|download*403|download*404|downloading*403|downloading*404|fetch*403
  |fetch*404|fetching*403|fetching*404|failed to load*404|failed to load*403|http error 403*image|http error 404*image|image url*404
  |image url*403|image url*not found|image url*forbidden|input media url*not found|http code*when downloading|redirects are not
  |too many redirects|下载*404|下载*403|状态码*下载|链接已过期|链接过期|图片链接*失效|url*expired|link has expired
  |link expired|expired link|signed url*expired]],
  no_length = [[缺少 content length|缺少content length|content length not provided|missing content length|content length header
  |content length is missing|content length is required|content length header is required|content length required|requires content length
  |requires a content length|no content length]],
  invalid_uri = [[could not parse url|cannot parse url|failed to parse url|unable to parse url|malformed link|invalid data uri
  |malformed data uri|invalid data url|not a valid data|invalid base64|base64*invalid|base64*malformed|base64 decod|decode base64
  |decoding base64|base64 string|incorrect padding|not valid base64|valid base64|invalid image url|invalid video url|invalid audio url
  |invalid media url|invalid file url|invalid url|url is invalid|url invalid|url is not valid|not a valid url|valid url|valid http url
  |valid image url|valid uri|invalid uri|malformed url|malformed uri|url format|url could not be parsed|url scheme|unsupported url scheme
  |unsupported protocol|no scheme supplied|url must start with|must be a url|must be a publicly accessible url|invalid input image url
  |图片地址*不合法|图片链接*无效|图片url*无效|无效的url|无效的图片|url不合法|url格式|base64*错误
  |base64*失败|base64*无效|链接格式|链接无效|无效链接|地址无效|url无效]],
  unreachable = words.join(words.pairs_of(not_had, what)) .. [[
  |failed to resolve '|httpsconnectionpool|lookup*no such host|error in loading http|error loading http|err dns|download audio
  |download video|remote content|failed to download|could not download|cannot download|can't download|unable to download|error downloading
  |error while downloading|downloading image|download failed|download error|download image|download the image|download the media
  |download the file|download file|failed to fetch|could not fetch|could not be fetched|cannot fetch|can't fetch|unable to fetch
  |error fetching image|error fetching the image|error fetching file|error fetching url|error fetching http|error while fetching|fetch image
  |fetch the image|fetch url|fetching image|failed to retrieve image|failed to retrieve the image|retrieve image|retrieve the image
  |failed to load image|failed to load the image|failed to load video|unable to load image|could not load image|cannot load image
  |failed to get image|failed to access image|unable to access image|unable to access the image|cannot access image|cannot access the image
  |access the image|image*not accessible|image is not accessible|image url*not accessible|url is not accessible|url not accessible
  |url is inaccessible|inaccessible|not publicly accessible|publicly accessible|url is unreachable|unreachable|url*could not be reached
  |url*not reachable|cannot read image|unable to read image url|failed to open url|failed to resolve*image|could not resolve*url
  |read image from url|server hosting the asset|图片下载失败|下载图片失败|下载失败|下载*失败|无法下载
  |无法访问图片|无法访问*url|无法获取图片|获取图片失败|图片无法访问|图片获取失败|拉取图片失败
  |读取图片失败|图片加载失败|文件下载|url无法访问|链接无法访问|无法读取图片]],
  too_large = words.join(words.pairs_of(larger, sizes))
    .. [[file is too large|file too large|file size|image is too large|image too large|image file is too large|image file too large
  |image size exceed|image size is too large|image size must|image size should be less|image size limit|images*larger than
  |image*exceeds*bytes|file exceeds|video is too large|video too large|video file is too large|video size|audio is too large
  |audio file is too large|audio size|asset size exceeds|asset*too large|media*too large|attachment*too large|maximum file size
  |max file size|maximum size|entitytoolarge|文件过大|文件太大|图片过大|图片太大|文件大小|图片大小|图片体积
  |视频过大|视频大小|音频大小|超出大小]],
  mismatch = [[does not match the*ratio|does not match the*size|does not match the*dimension|does not match the*resolution
  |not match the requested|image*does not match*size|image*does not match*dimension|dimensions do not match|dimensions don't match
  |dimension mismatch|dimensions mismatch|size mismatch|must match the requested|must match the*dimensions|inpaint image must match
  |must have the same size|must have the same dimensions|must be the same size|same size as|same dimensions|same resolution|mask*must match
  |mask*same size|mask*does not match|mask size|尺寸不一致|尺寸不匹配|大小不一致|分辨率不一致|比例不一致]],
  aspect_ratio = [[image aspect ratio|aspect ratio of the image|aspect ratio of image|aspect ratio of the input|aspect ratio*of the*image
  |input*aspect ratio|width / height ratio|width / height must|width/height must|too narrow|too elongated|width/height ratio
  |width to height ratio|image*aspect ratio*between|aspect ratio must be between|aspect ratio should be between
  |aspect ratio*out of range*image|asset aspect ratio|video aspect ratio|image ratio|图片宽高比|图片比例|图像宽高比
  |宽高比*之间|长宽比*之间|宽高比|图片长宽比|首帧*比例]],
  duration = words.join(words.pairs_of("audio|video|clip|recording|speech|reference",
    "is too short|is too long|duration*exceed|duration*maximum|duration*minimum"))
    .. [[|audio length|video length must|clip length|media is too short|media is too long|audio cannot exceed|video cannot exceed
  |audio too long|clip runs|clip lasts|sample lasts|audio lasts|video lasts|combined length*second|combined length of
  |video url*video duration|audio url*audio duration|video is too long|video too long|video is too short|video too short|audio is too long
  |audio too long|audio is too short|audio too short|asset duration|duration of the video|duration of the audio|duration of the input
  |duration of input|video duration must|video duration should|video duration exceed|video duration is|video duration too|video length must
  |video length exceed|input video*seconds|input video duration|input audio duration|audio duration|video*longer than*seconds
  |video*shorter than|video must be at least*second|video must be between*second|audio must be at least|audio must be between
  |audio*longer than|audio*shorter than|reference video*second|uploaded video*second|clip*too long|clip is too|total duration
  |combined duration|seconds or shorter|seconds or longer|视频时长|音频时长|视频过长|音频过长|视频过短|音频过短
  |时长超过|时长不能]],
  dimensions = [[image pixel|pixel is invalid|invalid asset dimensions|image dimensions|image dimension|dimensions of the image
  |dimensions of the input|dimensions must|dimensions are too|dimensions too|dimensions exceed|dimensions out of|dimensions should
  |invalid dimensions|invalid image dimension|height and width must|width and height must|width and height of*image|width or height of*image
  |image width|image height|width of the image|height of the image|image is too small|image too small|image resolution
  |resolution of the image|image*resolution is too|resolution too|resolution is too|minimum resolution|maximum resolution|at least 480p
  |at least 720p|resolution of the input|resolution exceeds|resolution must be at least|resolution*out of range|pixels|too many pixels
  |megapixel|total pixel|pixel count|pixel limit|at least*px|at least 300|at least 512|at least 256 x|minimum size of
  |smaller than the minimum|image*at least*pixel|video resolution|resolution of the video|video dimensions|shortest side|longest side
  |shorter side|longer side|short side|long side|larger dimension|图片尺寸|图像尺寸|图片分辨率|图像分辨率|图片像素
  |像素|图片宽|图片高|边长|尺寸过小|尺寸过大|尺寸超|尺寸不符|分辨率过|分辨率超|分辨率不]],
  media_type = [[file extension|provided media type|media type: input should be|type de fichier|dateityp|tipo de archivo|unknown format
  |unknown image format|unknown video format|unrecognized format|unrecognized image format|unrecognised format]]
    .. "|" .. words.join(words.pairs_of("image format|video format|audio format|file format|media format",
    "error|incorrect|wrong|unsupported|invalid"))
    .. [[|unsupported file|unsupported image|unsupported video|unsupported audio|unsupported media|unsupported format|unsupported asset
  |unsupported codec|unsupported content type*image|unsupported mime|unsupported input format|unsupported input type|unsupported container
  |unsupported content type response|approved content type|image format*not supported|image format not|image format is
  |file format*not supported|file format is|file format not|video format*not|audio format*not|format is not supported|format not supported
  |invalid image format|invalid file format|invalid file type|invalid video format|invalid audio format|invalid mime|invalid media type
  |invalid content type*image|file type*not supported|file type not|file type is|file type*not allowed|media type*not supported|mime type
  |mimetype|must be a png|must be png|must be a jpeg|must be jpeg|must be a valid png|must be a valid jpeg|must be an image|must be a video
  |must be an mp4|must be one of*jpg|must be one of*jpeg|must be one of*png|only jpg|only jpeg|only png|only supports jpg|only supports png
  |supported formats|supported image formats|supported file formats|supported file types|allowed formats|accepted formats|heic|avif
  |not an image file|not an image|is not a video|content type*not an image|content type of the url|content type*image/
  |content-type*must be image|codec|image type|<image mode>|不支持的图片|不支持的文件|不支持的视频|不支持的音频
  |不支持的格式|图片格式|文件格式|文件类型|视频格式|音频格式|格式不支持|格式不正确*图|格式错误*图
  |仅支持jpg|仅支持png|编码格式]],
  corrupt = [[encoded image|could not be decoded|cannot be decoded|failed to decode|unable to decode|could not decode|cannot decode
  |can't decode|error decoding image|decoding image|decode image|decode the image|decode video|decoder|corrupt|truncated|damaged
  |cannot identify image|could not identify image|not a valid image|not a valid video|not a valid audio|not valid image|invalid image data
  |invalid image file|image file is invalid|invalid or corrupt|unreadable|unable to parse image|failed to parse image|could not parse image
  |unable to open image|failed to open image|could not open image|cannot open image|broken image|broken data stream|image bytes|empty image
  |image is empty|file is empty|empty file|moov atom|invalid data found when processing|图片损坏|文件损坏|图片已损坏
  |视频损坏|解码失败|解析图片失败|图片解析失败|图片解码|无法解析图片|无法识别图片
  |无法识别的图片]],
  invalid = [[image is not valid|video is not valid|audio is not valid|no spoken audio|no speech|no voice|no audio track|no audio stream
  |silent audio|contain any audio|contains no audio|is silent|identify foreground|no foreground|not identify*in image
  |not identify*in the image|not find*in image|not find*in the image|not detect*in image|not detect*in the image|no face|face not detected
  |face not found|face is not|face*not detected|not detect*face|not detect a face|not find*face|no faces|face must be|multiple faces
  |more than one face|face detection failed|faces detected in|no human|no person|human body|not detect*person|image could not be processed
  |image cannot be processed|video could not be processed|could not process image|could not process the image|could not process the input
  |cannot process image|unable to process image|unable to process the image|unable to process input image|failed to process image
  |failed to process the image|failed to process input image|failed to process video|image processing failed|image processing error
  |video processing failed|invalid asset|invalid image|invalid video|invalid audio|invalid input image|invalid reference image|invalid mask
  |mask is invalid|image is invalid|image invalid|video is invalid|input image is|image quality|image is too blurry|blurry|image too complex
  |invalid file|image is required to be|reference image*invalid|image*must have an alpha|alpha channel|transparent|未检测到人脸
  |未检测到人|没有检测到|图片无法使用|图片不能使用|检测不到人脸|多张人脸|人脸*检测|人脸*识别|人像
  |图片质量|图片不清晰|图片异常|图片错误|图片处理失败|图片无效|无效的视频|无效的音频|图片不合法
  |图片不符合|素材不符合]],
}

-- Codes and words of parameters that would else be taken for assets'.
M.parameter_codes = [[invalid_width invalid_height invalid_steps invalid_cfg* invalid_ratio invalid_prompt* invalid_positive_prompt*
  invalid_negative_prompt* *character_limit* *char_limit*]]
-- What could be about any host: told of an asset's only where a code or a field says that it is about an asset.
M.of_hosts = {
  { "timeout", words.split [[took longer than|did not complete within|too slow|slow to respond|timed out|timeout|no response within]] },
  { "bad_status", words.split [[server returned 4|server returned 5|replied 4|replied 5|replied with 4|replied with 5|returned 4|returned 5
  |returned http 4|returned http 5|returned http status|answered 4|answered 5|answered with 4|answered with 5|responded with 4
  |responded with 5|410 gone|404 not found|403 forbidden]] },
  { "unreachable", words.split [[no such host|dial tcp|x509|certificate|tls:|tls handshake|ssl handshake|connection refused|connection reset
  |i/o timeout|could not resolve|cannot resolve|failed to resolve|enotfound|econnrefused|econnreset|name resolution|unknown host
  |inaccessible|not accessible|publicly accessible]] },
}
M.url_without_answer = "invalid_url.connect* invalid_url.unreachable* invalid_url.dns* invalid_url.resol*"
-- Before what is said of URLs.
M.mismatch_first = [[does not match requested|does not match the requested|mask size does not match|mask size must match
  |mask*does not match image size|mask*does not match the image]]
M.more_bytes = "more bytes than|longer than the content length|longer than its content length|exceeds the content length"
M.cut_first = "truncated png|truncated jpeg|truncated jpg|truncated webp|truncated gif|truncated image|truncated video|truncated file"
M.sides_first = [[too large*pixels|width*height*allowed range|width*height*not within|width*height*out of range|must have dimensions
  |image has dimensions]]
-- Before what is said of the caller's own address and of permission.
M.addresses_first = [[raw ip address|ip address url|not an ip address|must be a domain name|请使用域名|必须使用域名
  |ip addresses are not accepted]]
M.private_first = "private ip address|private ip is|private address|access to localhost"
M.input_answered = "http error 40*for url|40* client error*for url|http error 403: forbidden for url|http error 404: not found for url"
M.not_corrupt = "not corrupted|not be corrupted|isn't corrupted|not damaged|未损坏|没有损坏|是否损坏|无损坏"
M.ratio_first = [[image aspect ratio must be one of|image's aspect ratio must be|video aspect ratio must be one of|aspect ratio of the image
  |aspect ratio of the input|aspect ratio of your]]
M.parameter = [[invalid url (|content type*for this endpoint|content type*send json|content type must be application/json
  |voice*was not found|voice not found|'width' must|'height' must|request parameter value|invalid image edit request
  |invalid image generation request|specified in one of the following formats|parameter `size`|parameter size specified|supported values are
  |不支持sse|不支持*调用方式|prompt is too long|prompt too long|prompt text*too long|prompt for*too long|text*too long
  |description*too long|exceeds the character limit|character limit of|aspect ratio must be one of|aspect ratio should be one of
  |aspect ratio must be either|aspect ratio has to be one of|input.aspect ratio|input.resolution|resolution must be one of
  |resolution should be one of|duration must be one of|duration should be one of|webhook url|webhook must|invalid webhook|webhook*https
  |webhook*valid|callback url|callbackurl|callback must|invalid callback|notify url|notifyurl|回调地址|回调url|回调链接
  |'width' parameter|'height' parameter|value for 'width'|value for 'height'|value for 'size'|parameter 'size'|parameter ratio specified
  |parameters ratio|parameter duration specified|parameter resolution specified|parameter `ratio`|parameters `ratio`|parameter `duration`
  |parameter `resolution`|parameters `duration`|parameters `resolution`|invalid size|output resolution|output width|output height]]

return M
