#define READ rt_tiff_read
#define MEDIA_TYPE "image/tiff"
#include "form.h"
