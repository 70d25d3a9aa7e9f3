/* SPDX-License-Identifier: MIT */
/* Chunks, the units of a PNG file. */
#ifndef MIM_PNG_CHUNK_H
#define MIM_PNG_CHUNK_H

#include <stdbool.h>

#include <mim/kit/bytes.h>
#include <mim/kit/window.h>

#define PNGX_TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
#define PNGX_IHDR PNGX_TYPE('I', 'H', 'D', 'R')
#define PNGX_PLTE PNGX_TYPE('P', 'L', 'T', 'E')
#define PNGX_IDAT PNGX_TYPE('I', 'D', 'A', 'T')
#define PNGX_IEND PNGX_TYPE('I', 'E', 'N', 'D')
#define PNGX_TRNS PNGX_TYPE('t', 'R', 'N', 'S')
#define PNGX_ACTL PNGX_TYPE('a', 'c', 'T', 'L')
#define PNGX_EXIF PNGX_TYPE('e', 'X', 'I', 'f')
#define PNGX_FCTL PNGX_TYPE('f', 'c', 'T', 'L')
#define PNGX_FDAT PNGX_TYPE('f', 'd', 'A', 'T')

enum { PNGX_SIGNATURE_SIZE = 8, PNGX_CHUNK_HEAD = 8, PNGX_CHUNK_FRAME = 12 };

extern const uint8_t pngx_signature[PNGX_SIGNATURE_SIZE];

/* An error in a file, stored until an operation meets it. */
struct pngx_fault {
    int32_t status; /* MIM_OK: no error */
    uint64_t offset;
    char text[112];
};

/* Store an error and return its status. */
int32_t pngx_fault_set(struct pngx_fault *fault, int32_t status, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Report a stored error as the error of the job and return its status. */
int32_t pngx_fault_raise(struct mim_job *job, const struct pngx_fault *fault);

struct pngx_chunk {
    uint64_t offset; /* of its length field */
    uint32_t size;   /* of its data, which start 8 bytes later and precede the checksum */
    uint32_t type;
};

/* Read the head of the chunk at `offset`. Returns TRUNCATED, CORRUPT or an error of the host. */
int32_t pngx_chunk_at(struct mim_job *job, struct mim_window *window, uint64_t offset, struct pngx_chunk *chunk,
                      struct pngx_fault *fault);
uint64_t pngx_chunk_next(const struct pngx_chunk *chunk);
/* Whether the chunk has pixels and the source ends inside it. */
bool pngx_chunk_cuts_pixels(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk);
/* Write the four letters of a type and a zero. */
void pngx_chunk_name(uint32_t type, char name[5]);

/*
 * Load the data into memory of size `capacity` and check the checksum. Returns TRUNCATED, CORRUPT or an error of the
 * host.
 */
int32_t pngx_chunk_load(struct mim_job *job, struct mim_window *window, const struct pngx_chunk *chunk, void *data,
                        uint64_t capacity, struct pngx_fault *fault);

#endif
