#define READ rt_wav_read
#define MEDIA_TYPE "audio/wav"
#include "form.h"
