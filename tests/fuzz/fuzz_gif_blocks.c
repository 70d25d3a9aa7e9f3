/* SPDX-License-Identifier: MIT */
/* Compares our walk over the blocks of a GIF, and seeking in it, with giflib's walk over images and codes. */
#include "fuzz_gif.h"

#include <mim/kit/test-host.h>

#include "random.h"
#include "read/blocks.h"

enum { MAX_FRAMES = 512 };

/* What both walks report of an image. */
struct image {
    uint32_t x, y, width, height, delay, colours, code_size;
    int32_t disposal, transparent;
    bool is_interlaced;
    uint64_t codes, codes_size;
    uint8_t table[768]; /* local or global */
};

struct walk {
    uint32_t count;
    bool is_whole; /* the walk reached the trailer, or the end of the file between frames */
    uint32_t width, height;
    struct image images[MAX_FRAMES];
};

/* --- giflib ------------------------------------------------------------------------------------------------------- */

static int
read_extension(GifFileType *gif, GraphicsControlBlock *control, bool *has_control)
{
    GifByteType *block;
    int function, status = DGifGetExtension(gif, &function, &block);

    if (status == GIF_OK && block && function == GRAPHICS_EXT_FUNC_CODE)
        *has_control |= DGifExtensionToGCB(block[0], block + 1, control) == GIF_OK;
    while (status == GIF_OK && block)
        status = DGifGetExtensionNext(gif, &block);
    return status;
}

static uint32_t
colours_of(const ColorMapObject *map)
{
    return map ? (uint32_t)map->ColorCount : 0;
}

static int
read_image(GifFileType *gif, struct memory *memory, const GraphicsControlBlock *control, struct image *image)
{
    GifByteType *block;
    int code_size;

    if (DGifGetImageDesc(gif) != GIF_OK)
        return GIF_ERROR;
    const GifImageDesc *found = &gif->Image;
    const ColorMapObject *table = found->ColorMap ? found->ColorMap : gif->SColorMap;
    *image = (struct image){
        .x = (uint32_t)found->Left,
        .y = (uint32_t)found->Top,
        .width = (uint32_t)(found->Width ? found->Width : gif->SWidth), /* zero: the screen's, as in browsers */
        .height = (uint32_t)(found->Height ? found->Height : gif->SHeight),
        .delay = (uint32_t)control->DelayTime,
        .disposal = control->DisposalMode,
        .transparent = control->TransparentColor,
        .is_interlaced = found->Interlace,
        .colours = colours_of(found->ColorMap),
        .code_size = memory->data[memory->at - 1],
        .codes = memory->at,
    };
    for (uint32_t i = 0; i < colours_of(table); i++)
        memcpy(image->table + (size_t)3 * i, &table->Colors[i], 3);
    if (!image->width || !image->height || DGifGetCode(gif, &code_size, &block) != GIF_OK)
        return GIF_ERROR;
    while (block)
        if (DGifGetCodeNext(gif, &block) != GIF_OK)
            return GIF_ERROR;
    image->codes_size = memory->at - image->codes;
    return GIF_OK;
}

/* Skips zeros between blocks. */
static int
next_record(GifFileType *gif, const struct memory *memory, GifRecordType *type)
{
    for (;;) {
        if (DGifGetRecordType(gif, type) == GIF_OK)
            return GIF_OK;
        if (gif->Error != D_GIF_ERR_WRONG_RECORD || memory->data[memory->at - 1] != 0)
            return GIF_ERROR;
    }
}

static void
walk_images(GifFileType *gif, struct memory *memory, struct walk *walk)
{
    GraphicsControlBlock none = { .TransparentColor = NO_TRANSPARENT_COLOR }, control = none;
    GifRecordType type;
    bool has_control = false;

    while (walk->count < MAX_FRAMES) {
        if (next_record(gif, memory, &type) != GIF_OK) {
            walk->is_whole = walk->count && !has_control && gif->Error == D_GIF_ERR_READ_FAILED;
            return;
        }
        if (type == TERMINATE_RECORD_TYPE) {
            walk->is_whole = true;
            return;
        }
        int status = type == IMAGE_DESC_RECORD_TYPE ? read_image(gif, memory, &control, &walk->images[walk->count])
                                                    : read_extension(gif, &control, &has_control);
        if (status != GIF_OK)
            return;
        if (type != IMAGE_DESC_RECORD_TYPE)
            continue;
        walk->count++;
        control = none;
        has_control = false;
    }
}

/* false: the header is damaged. */
static bool
walk_by_giflib(const uint8_t *data, size_t size, struct walk *walk)
{
    struct memory memory = memory_borrow(data, size);
    GifFileType *gif = memory_open_gif(&memory);

    walk->count = 0;
    walk->is_whole = false;
    if (!gif)
        return false;
    walk->width = (uint32_t)gif->SWidth;
    walk->height = (uint32_t)gif->SHeight;
    walk_images(gif, &memory, walk);
    DGifCloseFile(gif, NULL);
    return true;
}

/* --- ours --------------------------------------------------------------------------------------------------------- */

static void
compare_image(struct gif_reader *reader, const struct gif_frame *frame, const struct image *image)
{
    GifColorType table[256] = { { 0 } };
    uint32_t count;

    EXPECT(frame->x == image->x && frame->y == image->y);
    EXPECT(frame->width == image->width && frame->height == image->height);
    EXPECT(frame->delay == image->delay && frame->disposal == image->disposal);
    EXPECT(frame->transparent == image->transparent && frame->is_interlaced == image->is_interlaced);
    EXPECT(frame->colours == image->colours && frame->code_size == image->code_size);
    EXPECT(frame->codes == image->codes && frame->codes_size == image->codes_size);
    EXPECT(gif_blocks_load_palette(reader, frame, table, &count) == MIM_OK);
    EXPECT(memcmp(table, image->table, sizeof image->table) == 0);
}

static int32_t
read_frame(struct gif_reader *reader, struct gif_frame *frame)
{
    int32_t status = gif_blocks_find_image(reader, frame);

    return status == MIM_OK ? gif_blocks_skip_codes(reader, frame) : status;
}

/* Seek like a reader, to the last indexed frame. */
static void
compare_going_back(struct gif_reader *reader, const struct walk *walk)
{
    uint64_t seed = walk->count;

    for (uint32_t i = 0; i < 8 && walk->count; i++) {
        uint32_t index = next_random(&seed) % walk->count;
        struct gif_frame frame = { 0 };
        gif_blocks_seek(reader, index);
        do
            EXPECT(read_frame(reader, &frame) == MIM_OK);
        while (frame.mark.frame < index);
        EXPECT(frame.mark.frame == index);
        compare_image(reader, &frame, &walk->images[index]);
    }
}

static void
compare(struct mim_job *job, const struct walk *walk)
{
    struct gif_reader *reader = job->state;
    struct gif_frame frame;
    int32_t status = gif_blocks_open(job, reader);
    uint32_t count = 0;

    if (status != MIM_OK) {
        EXPECT(walk->count == 0 && mim_test_host_of(job)->status == status);
        return;
    }
    EXPECT(reader->canvas_width >= walk->width && reader->canvas_height >= walk->height);
    while (count < MAX_FRAMES && (status = read_frame(reader, &frame)) == MIM_OK) {
        if (frame.code_size > 8) /* giflib refuses it */
            return;
        EXPECT(count < walk->count && frame.mark.frame == count);
        compare_image(reader, &frame, &walk->images[count++]);
    }
    EXPECT(count == walk->count);
    EXPECT(count == MAX_FRAMES || (status == MIM_END) == walk->is_whole);
    compare_going_back(reader, walk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct walk walk;
    struct gif_reader reader = { 0 };
    struct mim_test_host host = { .source = { .data = (uint8_t *)(uintptr_t)data, .size = size } };
    struct mim_job job = mim_test_host_job(&host, &reader, NULL);

    if (walk_by_giflib(data, size, &walk))
        compare(&job, &walk);
    else
        EXPECT(gif_blocks_open(&job, &reader) != MIM_OK);
    gif_blocks_close(&job, &reader);
    EXPECT(mim_test_host_clear(&host));
    return 0;
}
