#define READ rt_png_read
#define MEDIA_TYPE "image/png"
#include "form.h"
