#define READ rt_jpeg_read
#define MEDIA_TYPE "image/jpeg"
#include "form.h"
