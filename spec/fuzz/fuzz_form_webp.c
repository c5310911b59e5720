#define READ rt_webp_read
#define MEDIA_TYPE "image/webp"
#include "form.h"
