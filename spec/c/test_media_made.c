/* The videos and sounds that spec/media_video_spec.lua makes, those of up to 64 KiB cut at every byte and mutated 100,000 times, while ASan
 * and UBSan look on. */
#include <dirent.h>
#include <time.h>

#include "media_build.h"

enum { MOST_FILES = 256, MUTATIONS = 100000, SMALL = 65536 };

static struct made {
  char name[256];
  size_t size;
  unsigned char *bytes;
} made[MOST_FILES];
static size_t made_count;

static void keep(const char *name) {
  rt_media media;
  if (read_whole(&media) != RT_MEDIA_DONE || strncmp(media.media_type, "image/", 6) == 0) return;
  struct made *one = &made[made_count++];
  snprintf(one->name, sizeof one->name, "%s", name);
  one->size = size;
  one->bytes = malloc(size);
  memcpy(one->bytes, file, size);
}

static void load_all(const char *folder) {
  DIR *directory = opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory)) && made_count < MOST_FILES;)
    if (strchr(entry->d_name, '.') && entry->d_name[0] != '.' && load(folder, entry->d_name) && size <= SMALL) keep(entry->d_name);
  if (directory) closedir(directory);
}

/* Where nothing says that a file has been cut it is what it is; but no beginning of one, its size unknown, is called damaged. */
static void every_prefix(void) {
  for (size_t i = 0; i < made_count; i++) {
    size_t wrong = 0;
    for (size_t length = made[i].size; length-- > 0;) {
      rt_media media;
      rt_media_state state = read_shorter(made[i].bytes, made[i].size, length, length, &media);
      wrong += state == RT_MEDIA_NEED || (state == RT_MEDIA_CORRUPT && !media.message[0]) || (state == RT_MEDIA_UNKNOWN && length >= 64);
      state = read_shorter(made[i].bytes, made[i].size, length, RT_SIZE_UNKNOWN, &media);
      wrong += state == RT_MEDIA_CORRUPT || (state == RT_MEDIA_UNKNOWN && length >= 512);
    }
    ASAN_UNPOISON_MEMORY_REGION(made[i].bytes, made[i].size);
    if (wrong) fprintf(stderr, "%s: %zu prefixes\n", made[i].name, wrong);
    CHECK(wrong == 0);
  }
}

/* ---- mutations ---- */

static uint32_t seed = 2463534242u;

static uint32_t any(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % below;
}

/* A number of four bytes set to what no file has, where headers are: at the beginning and at the end. */
static void mutate(void) {
  static const uint32_t extremes[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF8, 0x00FFFFFF, 0xFF000000};
  size_t at = any((uint32_t)size), length = 1 + any(24);
  if (size > 3000 && any(3)) at = any(2) ? any(1500) : size - 1 - any(1500);
  if (length > size - at) length = size - at;
  switch (any(6)) {
  case 0:
    file[at] ^= (unsigned char)(1u << any(8));
    break;
  case 1:
    file[at] = (unsigned char)any(256);
    break;
  case 2:
    if (size - at >= 4) memcpy(file + at, &extremes[any(8)], 4);
    break;
  case 3: /* lost */
    memmove(file + at, file + at + length, size - at - length);
    size -= length;
    break;
  case 4: /* twice */
    memmove(file + at + length, file + at, size - at);
    size += length;
    break;
  default:
    memmove(file + at, file + any((uint32_t)(size - length + 1)), length);
  }
  if (size > 1 && any(10) == 0) size = 1 + any((uint32_t)size);
}

static bool same(const media_walk *walk, rt_media_state state, const rt_media *media) {
  return walk->state == state && walk->media.width == media->width && strcmp(walk->media.video_codec, media->video_codec) == 0 &&
         strcmp(walk->media.audio_codec, media->audio_codec) == 0 && strcmp(walk->media.message, media->message) == 0;
}

/* Of a file of many fragments, damaged so that their end tells nothing, not all are fetched. */
static bool gave_up(const media_walk *walk) {
  return walk->full || (walk->state == RT_MEDIA_DONE && walk->media.duration < 0 && !walk->media.end_seen);
}

static void mutations(void) {
  size_t differ = 0, open_ended = 0;
  for (long i = 0; i < MUTATIONS; i++) {
    const struct made *one = &made[any((uint32_t)made_count)];
    size = one->size;
    memcpy(file, one->bytes, size);
    for (uint32_t changes = 1 + any(6); changes && size > 1; changes--) mutate();
    rt_media media;
    rt_media_state state = read_whole(&media);
    open_ended += state == RT_MEDIA_NEED;
    if (i % 16) continue;
    media_walk walk = walk_media(file, size, any(2) ? size : RT_SIZE_UNKNOWN, 64 + any(2000));
    open_ended += walk.state == RT_MEDIA_NEED && !walk.full;
    walk = walk_media(file, size, size, SIZE_MAX);
    differ += !gave_up(&walk) && !same(&walk, state, &media);
  }
  CHECK(differ == 0);
  CHECK(open_ended == 0);
}

int main(void) {
  CHECK(system("lua5.4 spec/support/media_videos.lua build/videos/") == 0);
  load_all("build/videos/");
  CHECK(made_count > 80);
  load_all("spec/fixtures/");
  every_prefix();
  clock_t start = clock();
  mutations();
  printf("%zu files, %d mutations in %.1f s\n", made_count, MUTATIONS, (double)(clock() - start) / CLOCKS_PER_SEC);
  for (size_t i = 0; i < made_count; i++) free(made[i].bytes);
  return unit_report();
}
