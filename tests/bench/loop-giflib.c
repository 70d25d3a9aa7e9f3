/* SPDX-License-Identifier: MIT */
/* A plain loop over giflib: every frame composed as RGBA on one canvas, with disposals, offsets and interlace. */
#include <gif_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

struct player {
    GifFileType *gif;
    uint32_t *canvas, *saved; /* RGBA in memory order; saved: the canvas that disposal 3 restores */
    uint8_t *line;
    GraphicsControlBlock control;
    GifImageDesc last; /* the rectangle of the previous frame */
    int last_disposal;
};

static uint32_t
rgba(GifColorType colour)
{
    uint8_t bytes[4] = { colour.Red, colour.Green, colour.Blue, 255 };
    uint32_t pixel;

    memcpy(&pixel, bytes, sizeof(pixel));
    return pixel;
}

static void
dispose(struct player *player)
{
    size_t width = (size_t)player->gif->SWidth;

    if (player->last_disposal == DISPOSE_PREVIOUS)
        memcpy(player->canvas, player->saved, width * (size_t)player->gif->SHeight * sizeof(*player->canvas));
    if (player->last_disposal != DISPOSE_BACKGROUND)
        return;
    for (int y = 0; y < player->last.Height; y++)
        memset(player->canvas + (size_t)(player->last.Top + y) * width + player->last.Left, 0,
               (size_t)player->last.Width * sizeof(*player->canvas));
}

static int
draw_line(struct player *player, const uint32_t *colours, int y)
{
    const GifImageDesc *image = &player->gif->Image;
    uint32_t *row = player->canvas + (size_t)(image->Top + y) * (size_t)player->gif->SWidth + image->Left;
    int transparent = player->control.TransparentColor;

    if (DGifGetLine(player->gif, player->line, image->Width) != GIF_OK)
        return -1;
    if (transparent == NO_TRANSPARENT_COLOR) {
        for (int x = 0; x < image->Width; x++)
            row[x] = colours[player->line[x]];
        return 0;
    }
    for (int x = 0; x < image->Width; x++)
        if (player->line[x] != transparent)
            row[x] = colours[player->line[x]];
    return 0;
}

static int
draw_lines(struct player *player, const uint32_t *colours)
{
    static const int first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
    const GifImageDesc *image = &player->gif->Image;
    int passes = image->Interlace ? 4 : 1;

    for (int pass = 0; pass < passes; pass++)
        for (int y = first[pass]; y < image->Height; y += passes == 1 ? 1 : step[pass])
            if (draw_line(player, colours, y) != 0)
                return -1;
    return 0;
}

static int
play_image(struct player *player)
{
    GifFileType *gif = player->gif;
    uint32_t colours[256] = { 0 };

    dispose(player);
    if (DGifGetImageDesc(gif) != GIF_OK)
        return -1;
    const GifImageDesc *image = &gif->Image;
    const ColorMapObject *map = image->ColorMap ? image->ColorMap : gif->SColorMap;
    if (!map || image->Left + image->Width > gif->SWidth || image->Top + image->Height > gif->SHeight)
        return -1;
    for (int i = 0; i < map->ColorCount; i++)
        colours[i] = rgba(map->Colors[i]);
    if (player->control.DisposalMode == DISPOSE_PREVIOUS)
        memcpy(player->saved, player->canvas, (size_t)gif->SWidth * (size_t)gif->SHeight * sizeof(*player->canvas));
    if (draw_lines(player, colours) != 0)
        return -1;
    player->last = *image;
    player->last_disposal = player->control.DisposalMode;
    player->control = (GraphicsControlBlock){ .TransparentColor = NO_TRANSPARENT_COLOR };
    return 0;
}

static int
read_extension(struct player *player)
{
    GifByteType *block;
    int code;

    int status = DGifGetExtension(player->gif, &code, &block);
    while (status == GIF_OK && block) {
        if (code == GRAPHICS_EXT_FUNC_CODE)
            DGifExtensionToGCB(block[0], block + 1, &player->control);
        status = DGifGetExtensionNext(player->gif, &block);
    }
    return status == GIF_OK ? 0 : -1;
}

static int
play(struct loop *loop, struct player *player)
{
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    size_t row_bytes = (size_t)player->gif->SWidth * sizeof(*player->canvas);

    while (type != TERMINATE_RECORD_TYPE) {
        if (DGifGetRecordType(player->gif, &type) != GIF_OK)
            return -1;
        if (type == EXTENSION_RECORD_TYPE && read_extension(player) != 0)
            return -1;
        if (type != IMAGE_DESC_RECORD_TYPE)
            continue;
        if (play_image(player) != 0)
            return -1;
        loop_frame(loop, LOOP_RGBA, player->canvas, (uint32_t)player->gif->SHeight, row_bytes, row_bytes);
    }
    return 0;
}

static int
decode(struct loop *loop, int argc, char **argv)
{
    struct player player = { .control.TransparentColor = NO_TRANSPARENT_COLOR };
    int code = 0, status = -1;

    (void)argc;
    player.gif = DGifOpenFileName(argv[1], &code);
    if (!player.gif) {
        fprintf(stderr, "%s: %s\n", argv[1], GifErrorString(code));
        return -1;
    }
    size_t pixels = (size_t)player.gif->SWidth * (size_t)player.gif->SHeight;
    player.canvas = calloc(pixels, sizeof(*player.canvas));
    player.saved = calloc(pixels, sizeof(*player.saved));
    player.line = malloc(65536);
    if (player.canvas && player.saved && player.line)
        status = play(loop, &player);
    if (status != 0)
        fprintf(stderr, "%s: cannot be decoded\n", argv[1]);
    free(player.canvas);
    free(player.saved);
    free(player.line);
    DGifCloseFile(player.gif, &code);
    return status;
}

int
main(int argc, char **argv)
{
    return loop_main(decode, argc, argv);
}
