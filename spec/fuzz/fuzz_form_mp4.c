#define READ rt_mp4_read
#define MEDIA_TYPE "video/mp4"
#include "form.h"
