/* SPDX-License-Identifier: MIT */
/*
 * Compares our LZW decoder with giflib's: equal pixels, or both refuse the codes.
 *
 * giflib accepts an undefined code as the next one. A simple parser of codes detects this, and the case counts as
 * refused. Input: code size, width, height, step, codes.
 */
#include "fuzz_gif.h"

#include "lzw/unlzw.h"

enum { SETTINGS = 4, MAX_SIDE = 255, MAX_CODES = 1 << 16, HEADER = 13 + 6, DESCRIPTOR = 10 };

struct picture {
    uint32_t code_size, width, height, step;
    const uint8_t *codes;
    size_t size;
};

/* --- giflib ------------------------------------------------------------------------------------------------------- */

/* A file with this image. */
static struct memory
wrap(const struct picture *picture)
{
    uint8_t width = (uint8_t)picture->width, height = (uint8_t)picture->height;
    const uint8_t head[HEADER + DESCRIPTOR] = { 'G', 'I', 'F', '8', '9', 'a', width, 0, height, 0, 0x80, 0, 0,
                                                [HEADER] = ',', [HEADER + 5] = width, [HEADER + 7] = height };
    struct memory file = { .data = malloc(sizeof head + 1 + picture->size + picture->size / 255 + 3) };

    EXPECT(file.data);
    memcpy(file.data, head, sizeof head);
    file.size = sizeof head;
    file.data[file.size++] = (uint8_t)picture->code_size;
    for (size_t done = 0; done < picture->size;) {
        size_t length = picture->size - done < 255 ? picture->size - done : 255;
        file.data[file.size++] = (uint8_t)length;
        memcpy(file.data + file.size, picture->codes + done, length);
        file.size += length;
        done += length;
    }
    file.data[file.size++] = 0;
    file.data[file.size++] = ';';
    return file;
}

/* Number of complete rows that giflib decodes. */
static uint32_t
unpack_by_giflib(const struct picture *picture, uint8_t *pixels)
{
    struct memory file = wrap(picture);
    GifRecordType type;
    uint32_t rows = 0;
    GifFileType *gif = memory_open_gif(&file);

    EXPECT(gif && DGifGetRecordType(gif, &type) == GIF_OK && type == IMAGE_DESC_RECORD_TYPE);
    EXPECT(DGifGetImageDesc(gif) == GIF_OK);
    while (rows < picture->height &&
           DGifGetLine(gif, pixels + (size_t)rows * picture->width, (int)picture->width) == GIF_OK)
        rows++;
    DGifCloseFile(gif, NULL);
    free(file.data);
    return rows;
}

/* --- ours --------------------------------------------------------------------------------------------------------- */

static enum gif_unlzw_verdict
unpack(const struct picture *picture, uint8_t *pixels, size_t *done)
{
    static struct gif_unlzw decoder;
    enum gif_unlzw_verdict verdict;

    gif_unlzw_start(&decoder, picture->code_size, picture->codes, picture->size, pixels,
                    (size_t)picture->width * picture->height);
    while ((verdict = gif_unlzw_run(&decoder, picture->step)) == GIF_UNLZW_MORE)
        ;
    *done = (size_t)(decoder.at.out - pixels);
    return verdict;
}

/* --- a parser of codes without decoding ----
 * ----------------------------------------------------------------------- */

/* Is there an undefined code before the last pixel? */
static bool
has_unknown_code(const struct picture *picture)
{
    uint32_t clear = 1U << picture->code_size, next = clear + 2, width = picture->code_size + 1, lengths[4096] = { 0 };
    uint32_t before = 0; /* length of the previous string; 0: none */
    size_t pixels = 0, bit = 0;

    while (pixels < (size_t)picture->width * picture->height && bit + width <= 8 * picture->size) {
        uint32_t code = 0, length;
        for (uint32_t i = 0; i < width; i++, bit++)
            code |= (uint32_t)(picture->codes[bit / 8] >> bit % 8 & 1) << i;
        if (code == clear) {
            next = clear + 2;
            width = picture->code_size + 1;
            before = 0;
            continue;
        }
        if (code == clear + 1)
            return false;
        if (code > next || (code == next && (!before || next == 4096)))
            return true;
        length = code < clear ? 1 : code == next ? before + 1 : lengths[code];
        if (before && next < 4096)
            lengths[next++] = before + 1;
        if (next == 1U << width && width < 12)
            width++;
        before = length;
        pixels += length;
    }
    return false;
}

static void
compare(const struct picture *picture)
{
    size_t size = (size_t)picture->width * picture->height, done;
    uint8_t *ours = malloc(size), *theirs = malloc(size); /* exact sizes: a sanitizer detects overruns */

    EXPECT(ours && theirs);
    enum gif_unlzw_verdict verdict = unpack(picture, ours, &done);
    size_t theirs_done = (size_t)unpack_by_giflib(picture, theirs) * picture->width;
    EXPECT(done <= size && (verdict == GIF_UNLZW_DONE) == (done == size));
    EXPECT((verdict == GIF_UNLZW_BAD) == has_unknown_code(picture));
    if (verdict == GIF_UNLZW_BAD)
        EXPECT(theirs_done >= done - done % picture->width);
    else
        EXPECT(theirs_done == done - done % picture->width);
    EXPECT(memcmp(ours, theirs, done < theirs_done ? done : theirs_done) == 0);
    free(ours);
    free(theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < SETTINGS || size > MAX_CODES)
        return 0;
    compare(&(struct picture){
        .code_size = 1 + data[0] % 8,
        .width = 1 + data[1] % MAX_SIDE,
        .height = 1 + data[2] % MAX_SIDE,
        .step = 1 + data[3],
        .codes = data + SETTINGS,
        .size = size - SETTINGS,
    });
    return 0;
}
