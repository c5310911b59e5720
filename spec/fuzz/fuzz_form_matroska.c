#define READ rt_matroska_read
#define MEDIA_TYPE "video/webm"
#include "form.h"
