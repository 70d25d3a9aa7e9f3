/* SPDX-License-Identifier: MIT */
/* Names, sizes and flags of the chunks in a WebP file. A file is RIFF: numbers are little-endian, chunks begin at even offsets. */
#ifndef MIM_WEBP_LAYOUT_H
#define MIM_WEBP_LAYOUT_H

#include <stdint.h>

#include <mim/kit/bytes.h>

#define WEBP_TYPE(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define WEBP_RIFF WEBP_TYPE('R', 'I', 'F', 'F')
#define WEBP_WEBP WEBP_TYPE('W', 'E', 'B', 'P')
#define WEBP_VP8X WEBP_TYPE('V', 'P', '8', 'X')
#define WEBP_ICCP WEBP_TYPE('I', 'C', 'C', 'P')
#define WEBP_ANIM WEBP_TYPE('A', 'N', 'I', 'M')
#define WEBP_ANMF WEBP_TYPE('A', 'N', 'M', 'F')
#define WEBP_ALPH WEBP_TYPE('A', 'L', 'P', 'H')
#define WEBP_VP8 WEBP_TYPE('V', 'P', '8', ' ')
#define WEBP_VP8L WEBP_TYPE('V', 'P', '8', 'L')
#define WEBP_EXIF WEBP_TYPE('E', 'X', 'I', 'F')
#define WEBP_XMP WEBP_TYPE('X', 'M', 'P', ' ')

#define WEBP_FILE_MAX 0xfffffffeU /* bytes: the size of RIFF, which is even and does not count the first 8 */

enum { WEBP_RIFF_HEAD = 12, WEBP_CHUNK_HEAD = 8 };
enum { WEBP_VP8X_SIZE = 10, WEBP_ANIM_SIZE = 6, WEBP_ANMF_SIZE = 16 };

/* Flags of VP8X. */
enum { WEBP_HAS_ANIMATION = 0x02, WEBP_HAS_XMP = 0x04, WEBP_HAS_EXIF = 0x08, WEBP_HAS_ALPHA = 0x10, WEBP_HAS_ICC = 0x20 };

/* Flags of ANMF: after the frame its rectangle is cleared; it replaces the canvas, and is not drawn over it. */
enum { WEBP_FRAME_CLEARS = 0x01, WEBP_FRAME_REPLACES = 0x02 };

static inline uint32_t
webp_load24(const uint8_t *bytes)
{
    return mim_load_le16(bytes) | (uint32_t)bytes[2] << 16;
}

static inline uint8_t *
webp_store24(uint8_t *bytes, uint32_t value)
{
    *mim_store_le16(bytes, (uint16_t)value) = (uint8_t)(value >> 16);
    return bytes + 3;
}

#endif
