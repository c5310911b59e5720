#define READ rt_flac_read
#define MEDIA_TYPE "audio/flac"
#include "form.h"
