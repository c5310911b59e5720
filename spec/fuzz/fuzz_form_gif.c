#define READ rt_gif_read
#define MEDIA_TYPE "image/gif"
#include "form.h"
