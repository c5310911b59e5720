#define READ rt_bmp_read
#define MEDIA_TYPE "image/bmp"
#include "form.h"
