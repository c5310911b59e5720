#define READ rt_ogg_read
#define MEDIA_TYPE "video/ogg"
#include "form.h"
