#define READ rt_mpeg_audio_read
#define MEDIA_TYPE "audio/mpeg"
#include "form.h"
