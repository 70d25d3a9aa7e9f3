/* SPDX-License-Identifier: MIT */
/* Walks the blocks of a GIF file. giflib parses the screen and the extensions; images are read here. */
#include "read/blocks.h"

#include <string.h>

#include <mim/kit/bytes.h>

#include "lzw/unlzw.h"
#include "read/offers.h"
#include "read/xmp.h"

enum {
    GIFLIB_MEMORY = 32 * 1024, /* allocated by DGifOpen() */
    LOOP_SUBBLOCK = 1,
    HONOURED_DELAY = 2, /* in hundredths of a second; players show a shorter frame for */
    SHOWN_DELAY = 10
};

static int
read_for_giflib(GifFileType *gif, GifByteType *out, int size)
{
    struct gif_reader *self = gif->UserData;

    return gif_window_read(self->job, &self->window, out, size);
}

/* Report why the walk stopped. */
static int32_t
fail_walk(struct gif_reader *self, int code)
{
    struct mim_job *job = self->job;
    uint64_t offset = self->window.position;
    unsigned long long frame = self->at.frame - self->is_cut;

    if (self->window.status != MIM_OK)
        return job->host->fail(job, self->window.status, offset, "read failed at byte %llu",
                               (unsigned long long)offset);
    if (self->window.has_ended)
        return job->host->fail(job, MIM_TRUNCATED, offset, "the file ends inside frame %llu", frame);
    if (code == D_GIF_ERR_WRONG_RECORD)
        return job->host->fail(job, MIM_CORRUPT, offset - 1,
                               "no known block begins at byte %llu, frame %llu was expected",
                               (unsigned long long)offset - 1, frame);
    return job->host->fail(job, MIM_CORRUPT, offset, "frame %llu has an invalid LZW code size", frame);
}

/* giflib reports "no screen descriptor" for both a short read and a failed malloc. */
static int32_t
fail_open(struct gif_reader *self, int code)
{
    struct mim_job *job = self->job;

    if (self->window.status != MIM_OK)
        return job->host->fail(job, self->window.status, self->window.position, "cannot read the header");
    if (self->window.has_ended)
        return job->host->fail(job, MIM_TRUNCATED, self->window.position, "the file ends inside its header");
    if (code == D_GIF_ERR_NOT_GIF_FILE)
        return job->host->fail(job, MIM_CORRUPT, 0, "the file does not begin with GIF");
    return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for giflib");
}

/* The last block of the file applies; blocks are read again when frames are. */
static void
read_loop(struct gif_reader *self, const GifByteType *block)
{
    uint64_t offset = self->window.position;
    if (block[0] < 3 || block[1] != LOOP_SUBBLOCK || offset < self->loop_end)
        return;
    self->loop_end = offset;
    self->netscape_loop = mim_load_le16(block + 2);
    self->loop = self->netscape_loop ? self->netscape_loop + 1 : 0;
}

static void
read_control(struct gif_frame *frame, const GifByteType *block)
{
    GraphicsControlBlock control;

    if (DGifExtensionToGCB(block[0], block + 1, &control) != GIF_OK)
        return; /* a control block of another length is ignored, as in gifsicle and ffmpeg */
    frame->has_control = true;
    frame->delay = control.DelayTime;
    frame->disposal = control.DisposalMode;
    frame->transparent = control.TransparentColor;
}

static bool
is_loop_block(const GifByteType *block)
{
    return block[0] == 11 && (!memcmp(block + 1, "NETSCAPE2.0", 11) || !memcmp(block + 1, "ANIMEXTS1.0", 11));
}

static int32_t
read_extension(struct gif_reader *self, struct gif_frame *frame)
{
    int function;
    GifByteType *block;
    bool in_loop = false, in_xmp = false;
    uint64_t start;

    if (DGifGetExtension(self->gif, &function, &block) != GIF_OK)
        return fail_walk(self, self->gif->Error);
    if (block && function == GRAPHICS_EXT_FUNC_CODE)
        read_control(frame, block);
    if (block && function == APPLICATION_EXT_FUNC_CODE)
        in_loop = is_loop_block(block), in_xmp = !self->xmp.end && gif_xmp_is_block(block);
    if (block && function == APPLICATION_EXT_FUNC_CODE)
        self->offers |= gif_offers_bit(block);
    if (block && function == COMMENT_EXT_FUNC_CODE)
        frame->extensions.has_comment = true;

    start = self->window.position;
    while (block) {
        if (DGifGetExtensionNext(self->gif, &block) != GIF_OK)
            return fail_walk(self, self->gif->Error);
        if (block && in_loop)
            read_loop(self, block);
    }
    if (in_xmp)
        self->xmp = (struct gif_xmp){ start, self->window.position };
    return MIM_OK;
}

/* Image descriptor, colour table and code size: GIF89a sections 20 to 22. Skips the colour table, since giflib would
 * allocate memory for each. A width or height of zero means the screen's, as in browsers and gifsicle. */
static int32_t
read_image_header(struct gif_reader *self, struct gif_frame *frame)
{
    enum { DESCRIPTOR = 9, INTERLACED = 0x40, HAS_TABLE = 0x80, TABLE_BITS = 7 };
    uint8_t bytes[DESCRIPTOR], code_size;

    if (gif_window_read(self->job, &self->window, bytes, sizeof bytes) < sizeof bytes)
        return fail_walk(self, 0);
    frame->x = mim_load_le16(bytes);
    frame->y = mim_load_le16(bytes + 2);
    frame->width = mim_load_le16(bytes + 4) ? mim_load_le16(bytes + 4) : (uint32_t)self->gif->SWidth;
    frame->height = mim_load_le16(bytes + 6) ? mim_load_le16(bytes + 6) : (uint32_t)self->gif->SHeight;
    frame->is_interlaced = bytes[8] & INTERLACED;
    frame->palette = self->window.position;
    frame->colours = bytes[8] & HAS_TABLE ? 2U << (bytes[8] & TABLE_BITS) : 0;

    self->window.position += frame->colours * sizeof(GifColorType);
    if (!gif_window_read(self->job, &self->window, &code_size, 1) || code_size > GIF_LZW_MAX_BITS)
        return fail_walk(self, 0);
    frame->code_size = code_size;
    frame->codes = self->window.position;
    if (!frame->width || !frame->height)
        return self->job->host->fail(self->job, MIM_CORRUPT, frame->extensions.end,
                                     "frame %llu is empty, and so is the screen", (unsigned long long)self->at.frame);
    return MIM_OK;
}

/* Some programs write surplus terminators between blocks. Skip them, as gifsicle and Pillow do. */
static int
next_record(struct gif_reader *self, GifRecordType *type)
{
    for (;;) {
        uint64_t offset = self->window.position;
        if (DGifGetRecordType(self->gif, type) == GIF_OK)
            return GIF_OK;
        if (self->gif->Error != D_GIF_ERR_WRONG_RECORD || gif_window_byte(&self->window, offset) != 0)
            return GIF_ERROR;
    }
}

/* No block begins here. At the end of the file nothing that was begun is missing, unless a control block announces a
 * frame. */
static int32_t
end_walk(struct gif_reader *self, const struct gif_frame *frame)
{
    struct mim_job *job = self->job;
    bool is_between_blocks = self->window.has_ended && self->window.status == MIM_OK;
    if (!is_between_blocks || self->is_cut || frame->has_control || frame->mark.frame == 0)
        return fail_walk(self, self->gif->Error);
    if (self->is_end_reported)
        return MIM_END;
    self->is_end_reported = true;
    int32_t status = job->host->notice(job, MIM_NOTICE_FRAMES, "the file ends without a trailer: frames may be missing");
    return status == MIM_OK ? MIM_END : status;
}

int32_t
gif_blocks_find_image(struct gif_reader *self, struct gif_frame *frame)
{
    *frame = (struct gif_frame){ .mark = self->at, .transparent = NO_TRANSPARENT_COLOR };
    frame->extensions.start = frame->extensions.end = self->at.offset;

    for (;;) {
        GifRecordType type;
        if (next_record(self, &type) != GIF_OK)
            return end_walk(self, frame);
        frame->extensions.end = self->window.position - 1;
        if (type == IMAGE_DESC_RECORD_TYPE)
            return read_image_header(self, frame);
        if (type == TERMINATE_RECORD_TYPE)
            return MIM_END;
        int32_t status = read_extension(self, frame);
        frame->extensions.end = self->window.position;
        if (status != MIM_OK)
            return status;
    }
}

bool
gif_frame_is_brief(const struct gif_frame *frame)
{
    return frame->delay < HONOURED_DELAY;
}

bool
gif_frame_covers(const struct gif_frame *frame, uint32_t width, uint32_t height)
{
    return !frame->x && !frame->y && frame->width >= width && frame->height >= height;
}

/* Index the frame that follows `frame`, where the window is now. */
static int32_t
advance_mark(struct gif_reader *self, const struct gif_frame *frame)
{
    self->at = (struct gif_mark){
        .frame = frame->mark.frame + 1,
        .offset = self->window.position,
        .pts = frame->mark.pts + (gif_frame_is_brief(frame) ? SHOWN_DELAY : frame->delay),
        .is_blank =
            frame->disposal == DISPOSE_BACKGROUND && gif_frame_covers(frame, self->canvas_width, self->canvas_height),
    };
    return gif_index_note(self->job, &self->index, &self->at);
}

int32_t
gif_blocks_skip_codes(struct gif_reader *self, struct gif_frame *frame)
{
    self->is_cut = false;
    if (!gif_window_skip_blocks(self->job, &self->window)) {
        int32_t status = fail_walk(self, 0);
        if (status != MIM_TRUNCATED || self->job->host->keep_damaged(self->job, NULL, NULL) != MIM_OK)
            return status;
        self->is_cut = true;
    }
    frame->codes_size = self->window.position - frame->codes;
    return advance_mark(self, frame);
}

int32_t
gif_blocks_load_palette(struct gif_reader *self, const struct gif_frame *frame, GifColorType *palette, uint32_t *count)
{
    const ColorMapObject *global = self->gif->SColorMap;
    uint64_t here = self->window.position, size = frame->colours * sizeof *palette;

    *count = frame->colours ? frame->colours : global ? (uint32_t)global->ColorCount : 0;
    if (!frame->colours) {
        if (global)
            memcpy(palette, global->Colors, *count * sizeof *palette);
        return MIM_OK;
    }
    self->window.position = frame->palette;
    if (gif_window_read(self->job, &self->window, palette, size) < size)
        return fail_walk(self, 0);
    self->window.position = here;
    return MIM_OK;
}

void
gif_blocks_seek(struct gif_reader *self, uint64_t frame)
{
    const struct gif_mark *mark = gif_index_find(&self->index, frame);

    if (self->at.frame > frame || mark->frame > self->at.frame)
        self->at = *mark;
    gif_window_seek(&self->window, self->at.offset);
}

static void
choose_canvas(struct gif_reader *self, const struct gif_frame *first)
{
    uint32_t right = first->x + first->width, bottom = first->y + first->height;

    self->canvas_width = self->gif->SWidth;
    self->canvas_height = self->gif->SHeight;
    if (right > self->canvas_width)
        self->canvas_width = right;
    if (bottom > self->canvas_height)
        self->canvas_height = bottom;
}

static void
choose_background(struct gif_reader *self)
{
    const ColorMapObject *table = self->gif->SColorMap;

    self->background[3] = 255;
    if (!table || self->gif->SBackGroundColor >= table->ColorCount)
        return;
    const GifColorType *colour = &table->Colors[self->gif->SBackGroundColor];
    self->background[0] = colour->Red;
    self->background[1] = colour->Green;
    self->background[2] = colour->Blue;
}

int32_t
gif_blocks_open(struct mim_job *job, struct gif_reader *self)
{
    int code = 0;

    self->job = job;
    self->loop = 1;
    self->netscape_loop = -1;
    if (job->host->reserve(job, GIFLIB_MEMORY) != MIM_OK)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for giflib");
    self->is_reserved = true;
    gif_window_read(job, &self->window, self->version, 6);
    if (self->window.status != MIM_OK)
        return self->window.status;
    gif_window_seek(&self->window, 0);
    self->gif = DGifOpen(self, read_for_giflib, &code);
    if (!self->gif)
        return fail_open(self, code);

    choose_background(self);
    self->at.offset = self->window.position;
    if (gif_index_note(job, &self->index, &self->at) != MIM_OK)
        return job->host->fail(job, MIM_NOMEM, MIM_UNKNOWN, "no memory for an index");

    struct gif_frame first;
    int32_t status = gif_blocks_find_image(self, &first);
    if (status == MIM_END)
        return job->host->fail(job, MIM_CORRUPT, self->window.position - 1, "the file has no images");
    if (status != MIM_OK)
        return status;
    self->head = first.extensions;
    choose_canvas(self, &first);
    gif_blocks_seek(self, 0);
    return MIM_OK;
}

void
gif_blocks_close(struct mim_job *job, struct gif_reader *self)
{
    if (self->gif)
        DGifCloseFile(self->gif, NULL);
    if (self->is_reserved)
        job->host->reserve(job, -GIFLIB_MEMORY);
    gif_window_close(job, &self->window);
    gif_index_close(job, &self->index);
}
