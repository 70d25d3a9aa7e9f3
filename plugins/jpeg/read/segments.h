/* SPDX-License-Identifier: MIT */
/* The segments before the samples. ITU-T T.81 annex B; JFIF 1.02; Exif 2.32 section 4.7; ICC.1 annex B.4. */
#ifndef MIM_JPEG_SEGMENTS_H
#define MIM_JPEG_SEGMENTS_H

#include <stdbool.h>

#include <mim/kit/array.h>
#include <mim/kit/window.h>
#include <mim/plugin.h>

/* What a segment of metadata has after its signature. */
enum jpeg_content {
    JPEG_JFIF = 1,
    JPEG_EXIF,
    JPEG_XMP,
    JPEG_XMP_EXTENSION,
    JPEG_ICC,
    JPEG_PICTURES,  /* MPF: further pictures in the file */
    JPEG_PHOTOSHOP,
    JPEG_ADOBE,
    JPEG_COMMENT
};

struct jpeg_segment {
    uint8_t content; /* enum jpeg_content */
    uint16_t size;   /* without the signature */
    uint64_t offset;
};

struct jpeg_header {
    uint32_t width, height, precision, components, scan_components;
    uint32_t unit_width, unit_height; /* pixels that are coded together, which restarts count */
    uint32_t restart_interval;        /* 0: no restarts */
    uint64_t height_at, scan_at;      /* offsets of the height in the frame header, and of the first scan's codes */
    bool mixes_rows; /* colours have fewer rows than brightness, and are interpolated */
    uint8_t frame; /* the marker of the frame: its low half is the process */
    bool is_inverted; /* CMYK as Adobe stores it */
    uint8_t orientation;
    struct jpeg_segment *segments;
    uint64_t count, capacity;
};

/* Read up to the first scan. Returns MIM_OK or the status of fail(). */
int32_t jpeg_header_read(struct mim_job *job, struct mim_window *window, struct jpeg_header *header);
/* Read the bytes of a segment into `bytes`, replacing its contents. */
int32_t jpeg_segment_load(struct mim_job *job, const struct jpeg_segment *segment, struct mim_bytes *bytes);

#endif
