#define READ rt_heif_read
#define MEDIA_TYPE "image/avif"
#include "form.h"
