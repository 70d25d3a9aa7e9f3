/* SPDX-License-Identifier: MIT */
/* The tables of the writer: its options, and its operations for each format. */
#include "write/write.h"
#include "write/writer.h"

#define AT(member) MIM_OPTION_HEADER, .offset = offsetof(struct video_writer, member)

static const struct mim_option options[] = {
    { AT(settings.codec), .name = "codec", .type = MIM_OPTION_TEXT,
      .help = "an FFmpeg encoder or a codec, such as libx264 or vp9; default: depends on the container" },
    { AT(settings.quality), .name = "quality", .type = MIM_OPTION_REAL, .initial = -1, .max = 10,
      .help = "0 (worst) to 10 (best); default: the codec's own" },
    { AT(settings.crf), .name = "crf", .type = MIM_OPTION_REAL, .initial = -1, .max = 255,
      .help = "constant quality on the codec's own scale, instead of quality" },
    { AT(settings.bitrate), .name = "bitrate", .type = MIM_OPTION_TEXT, .unit = "bit/s",
      .help = "average rate, such as 800k or 2M, instead of quality" },
    { AT(settings.preset), .name = "preset", .type = MIM_OPTION_TEXT,
      .help = "trades speed for size; values depend on the codec" },
    { AT(settings.pixel_format), .name = "pixelformat", .type = MIM_OPTION_TEXT,
      .help = "FFmpeg's name of a pixel format; default: the most compatible, or an exact one for lossless codecs" },
    { AT(settings.gop), .name = "gop", .type = MIM_OPTION_INT, .initial = -1, .max = 1 << 30,
      .help = "maximum distance of keyframes, in frames; default: the codec's own" },
    { AT(settings.macro_block_size), .name = "macro_block_size", .type = MIM_OPTION_INT, .unit = "px", .initial = 1,
      .min = 1, .max = 256, .help = "pad width and height to multiples of this" },
    { AT(streams.audio), .name = "audio", .type = MIM_OPTION_TEXT, .initial_text = "copy",
      .help = "copy the sound of the converted video, none, or a file with sound" },
    { AT(streams.codec), .name = "audio_codec", .type = MIM_OPTION_TEXT,
      .help = "copy, or an FFmpeg encoder; default: copy if the container can hold the codec" },
    { AT(background), .name = "background", .type = MIM_OPTION_COLOUR, .initial_text = "white",
      .help = "colour behind transparent pixels, if the codec has no alpha" },
    { AT(settings.options), .name = "codec", .type = MIM_OPTION_PAIRS,
      .help = "FFmpeg options of the encoder, as codec:KEY=VALUE" },
    { AT(format_options), .name = "format", .type = MIM_OPTION_PAIRS,
      .help = "FFmpeg options of the muxer, as format:KEY=VALUE" },
};

/* FFmpeg's time bases are quotients of two ints. An .ogv has no timestamps, and an .mpg has them for some frames: each frame
 * lasts 1 / the codec's rate. */
static const struct mim_writer_timing free_timing = {
    .struct_size = sizeof free_timing, .grid = MIM_GRID_FREE, .den = INT32_MAX
};
static const struct mim_writer_timing rate_timing = {
    .struct_size = sizeof rate_timing, .grid = MIM_GRID_RATE, .den = INT32_MAX
};

/* Capabilities by format: whether its muxer patches its output, reads it back, and stores timing. */
enum {
    BARE = MIM_WRITER_THREADS,
    STREAMED = BARE | MIM_WRITER_TIMING,
    PATCHED = STREAMED | MIM_WRITER_SEEKS,
    REREAD = PATCHED | MIM_WRITER_READS_BACK,

    FLAGS_mp4 = REREAD,
    FLAGS_mov = REREAD,
    FLAGS_3gp = REREAD,
    FLAGS_mkv = PATCHED,
    FLAGS_webm = PATCHED,
    FLAGS_avi = PATCHED,
    FLAGS_mpeg = STREAMED,
    FLAGS_ts = STREAMED,
    FLAGS_wmv = PATCHED,
    FLAGS_flv = PATCHED,
    FLAGS_ogv = STREAMED,
    FLAGS_mjpeg = BARE,
    FLAGS_h264 = BARE,
    FLAGS_hevc = BARE,
};

#define OPS_OF(id) \
    static int32_t open_##id(struct mim_job *job, struct mim_sequence *sequence) \
    { \
        return video_writer_open(job, sequence, VIDEO_##id, FLAGS_##id & MIM_WRITER_SEEKS); \
    } \
    static int32_t metadata_##id(struct mim_job *job, const char *key, int32_t type, const void *value, uint64_t size) \
    { \
        return video_writer_metadata(job, key, type, value, size, VIDEO_##id); \
    }
VIDEO_WRITTEN_FORMATS(OPS_OF)

#define ROW_OF(id) \
    [VIDEO_##id] = { \
        .struct_size = sizeof(struct mim_writer_ops), \
        .flags = FLAGS_##id, \
        .state_size = sizeof(struct video_writer), \
        .packet_size = sizeof(struct video_write_frame), \
        .worker_size = sizeof(struct video_converter), \
        .option_count = sizeof options / sizeof *options, \
        .options = options, \
        .open = open_##id, \
        .accepts = video_writer_accepts, \
        .encode = video_writer_encode, \
        .put = video_writer_put, \
        .metadata = metadata_##id, \
        .finish = video_writer_finish, \
        .worker_close = video_writer_worker_close, \
        .close = video_writer_close, \
        .takes = video_writer_takes, \
        .timing = VIDEO_##id == VIDEO_ogv || VIDEO_##id == VIDEO_mpeg ? &rate_timing : &free_timing, \
    },

const struct mim_writer_ops video_writers[VIDEO_WRITTEN_COUNT] = { VIDEO_WRITTEN_FORMATS(ROW_OF) };
