#include "codecs.h"

#include <stdio.h>

#define LETTERS(text) ((uint32_t)(text)[0] << 24 | (uint32_t)(text)[1] << 16 | (uint32_t)(text)[2] << 8 | (uint32_t)(text)[3])

struct lettered {
  char letters[5];
  const char *codec;
};

/* Sample formats of raw sound (raw, twos, sowt, lpcm, in24 ...) are not here: their names depend on more than the letters. */
static const struct lettered by_letters[] = {
    {"avc1", "h264"},
    {"avc2", "h264"},
    {"avc3", "h264"},
    {"avc4", "h264"},
    {"dva1", "h264"},
    {"dvav", "h264"},
    {"H264", "h264"},
    {"h264", "h264"},
    {"X264", "h264"},
    {"x264", "h264"},
    {"AVC1", "h264"},
    {"hvc1", "hevc"},
    {"hev1", "hevc"},
    {"hvc2", "hevc"},
    {"hev2", "hevc"},
    {"dvh1", "hevc"},
    {"dvhe", "hevc"},
    {"HEVC", "hevc"},
    {"vvc1", "vvc"},
    {"vvi1", "vvc"},
    {"av01", "av1"},
    {"AV01", "av1"},
    {"dav1", "av1"},
    {"vp08", "vp8"},
    {"VP80", "vp8"},
    {"vp09", "vp9"},
    {"VP90", "vp9"},
    {"apch", "prores"},
    {"apcn", "prores"},
    {"apcs", "prores"},
    {"apco", "prores"},
    {"ap4h", "prores"},
    {"ap4x", "prores"},
    {"mp4v", "mpeg4"},
    {"XVID", "mpeg4"},
    {"xvid", "mpeg4"},
    {"DIVX", "mpeg4"},
    {"DX50", "mpeg4"},
    {"FMP4", "mpeg4"},
    {"MP4V", "mpeg4"},
    {"DIV3", "msmpeg4v3"},
    {"MP43", "msmpeg4v3"},
    {"MP42", "msmpeg4v2"},
    {"s263", "h263"},
    {"h263", "h263"},
    {"H263", "h263"},
    {"jpeg", "mjpeg"},
    {"mjpa", "mjpeg"},
    {"MJPG", "mjpeg"},
    {"mjpb", "mjpegb"},
    {"mjp2", "jpeg2000"},
    {"png ", "png"},
    {"MPNG", "png"},
    {"rle ", "qtrle"},
    {"AVdn", "dnxhd"},
    {"AVdh", "dnxhd"},
    {"CFHD", "cfhd"},
    {"Hap1", "hap"},
    {"Hap5", "hap"},
    {"HapY", "hap"},
    {"HapM", "hap"},
    {"icod", "aic"},
    {"SVQ1", "svq1"},
    {"SVQ3", "svq3"},
    {"cvid", "cinepak"},
    {"dvc ", "dvvideo"},
    {"dvcp", "dvvideo"},
    {"dv5n", "dvvideo"},
    {"dv5p", "dvvideo"},
    {"dvh5", "dvvideo"},
    {"mp1v", "mpeg1video"},
    {"mp2v", "mpeg2video"},
    {"m2v1", "mpeg2video"},
    {"hdv2", "mpeg2video"},
    {"hdv3", "mpeg2video"},
    {"xdvc", "mpeg2video"},
    {"FFV1", "ffv1"},
    {"v210", "v210"},
    {"2vuy", "rawvideo"},
    {"yuv2", "rawvideo"},
    {"raw ", "rawvideo"},
    {"I420", "rawvideo"},
    {"WVC1", "vc1"},
    {"vc-1", "vc1"},
    {"WMV3", "wmv3"},
    {"drac", "dirac"},
    {"BBCD", "dirac"},
    {"gif ", "gif"},
    {"theo", "theora"},
    {"mp4a", "aac"},
    {".mp3", "mp3"},
    {"mp3 ", "mp3"},
    {".mp2", "mp2"},
    {"ac-3", "ac3"},
    {"sac3", "ac3"},
    {"ec-3", "eac3"},
    {"ac-4", "ac4"},
    {"Opus", "opus"},
    {"fLaC", "flac"},
    {"alac", "alac"},
    {"samr", "amr_nb"},
    {"sawb", "amr_wb"},
    {"mlpa", "truehd"},
    {"dtsc", "dts"},
    {"dtsh", "dts"},
    {"dtsl", "dts"},
    {"dtse", "dts"},
    {"ulaw", "pcm_mulaw"},
    {"alaw", "pcm_alaw"},
    {"ima4", "adpcm_ima_qt"},
    {"Qclp", "qcelp"},
    {"agsm", "gsm"},
    {"QDM2", "qdm2"},
    {"QDMC", "qdmc"},
    {"MAC3", "mace3"},
    {"MAC6", "mace6"},
    {"vrbs", "vorbis"},
    {"spex", "speex"},
    {"mha1", "mpegh_3d_audio"},
    {"mhm1", "mpegh_3d_audio"},
};

const char *rt_codec_of_letters(uint32_t letters) {
  for (size_t i = 0; i < sizeof by_letters / sizeof *by_letters; i++)
    if (LETTERS((const unsigned char *)by_letters[i].letters) == letters) return by_letters[i].codec;
  return NULL;
}

const char *rt_codec_of_object_type(unsigned type) {
  static const struct {
    unsigned char type;
    const char *codec;
  } types[] = {{0x20, "mpeg4"},      {0x21, "h264"},       {0x23, "hevc"},       {0x40, "aac"},        {0x60, "mpeg2video"},
               {0x61, "mpeg2video"}, {0x62, "mpeg2video"}, {0x63, "mpeg2video"}, {0x64, "mpeg2video"}, {0x65, "mpeg2video"},
               {0x66, "aac"},        {0x67, "aac"},        {0x68, "aac"},        {0x69, "mp3"},        {0x6A, "mpeg1video"},
               {0x6B, "mp3"},        {0x6C, "mjpeg"},      {0x6D, "png"},        {0x6E, "jpeg2000"},   {0xA5, "ac3"},
               {0xA6, "eac3"},       {0xA9, "dts"},        {0xAC, "dts"},        {0xAD, "opus"},       {0xB1, "vp9"},
               {0xC1, "flac"},       {0xDD, "vorbis"},     {0xE1, "qcelp"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].type == type) return types[i].codec;
  return NULL;
}

void rt_codec_copy(const char *name, char codec[RT_CODEC_ROOM]) {
  snprintf(codec, RT_CODEC_ROOM, "%s", name);
}

void rt_codec_of_samples(rt_samples samples, char codec[RT_CODEC_ROOM]) {
  unsigned bits = samples.bits;
  if (samples.floating ? bits != 16 && bits != 32 && bits != 64 : bits != 8 && bits != 16 && bits != 24 && bits != 32 && bits != 64)
    codec[0] = '\0';
  else if (bits == 8)
    rt_codec_copy(samples.unsigned_bytes ? "pcm_u8" : "pcm_s8", codec);
  else
    snprintf(codec, RT_CODEC_ROOM, "pcm_%c%u%s", samples.floating ? 'f' : 's', bits, samples.big_endian ? "be" : "le");
}

void rt_codec_of_wave(unsigned tag, unsigned bits, char codec[RT_CODEC_ROOM]) {
  static const struct {
    unsigned short tag;
    const char *codec;
  } tags[] = {{0x0002, "adpcm_ms"},   {0x0006, "pcm_alaw"}, {0x0007, "pcm_mulaw"}, {0x0011, "adpcm_ima_wav"}, {0x0031, "gsm_ms"},
              {0x0045, "adpcm_g726"}, {0x0050, "mp2"},      {0x0055, "mp3"},       {0x0092, "ac3"},           {0x00FF, "aac"},
              {0x0160, "wmav1"},      {0x0161, "wmav2"},    {0x0162, "wmapro"},    {0x1600, "aac"},           {0x1602, "aac_latm"},
              {0x2000, "ac3"},        {0x2001, "dts"},      {0x674F, "vorbis"},    {0x706D, "aac"},           {0x704F, "opus"},
              {0xF1AC, "flac"}};
  codec[0] = '\0';
  if (tag == 1 || tag == 3) rt_codec_of_samples((rt_samples){.bits = bits, .floating = tag == 3, .unsigned_bytes = true}, codec);
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
    if (tags[i].tag == tag) rt_codec_copy(tags[i].codec, codec);
  if (!codec[0]) rt_codec_copy("unknown", codec);
}
