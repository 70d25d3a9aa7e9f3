/* SPDX-License-Identifier: MIT */
/* State and callbacks shared by all kinds of sources. */
#ifndef MIM_CORE_IO_SOURCE_PRIV_H
#define MIM_CORE_IO_SOURCE_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "io/source.h"
#include "io/wait.h"

struct mim_source_kind {
    /* Reads some bytes at `offset`, which streams ignore: their number, 0 at the end, or minus errno. */
    int64_t (*read)(struct mim_source *source, void *data, uint64_t size, uint64_t offset);
    bool concurrent; /* reads need no lock */
    bool stream;
    bool fills; /* read blocks until `size` bytes arrive, so the core requests no more than needed */
    bool explains; /* a failed read fills `failure` */
};

struct mim_source {
    const struct mim_source_kind *kind;
    char *name;
    char *uri; /* with its credentials; NULL: a local source */
    atomic_uint references;
    pthread_mutex_t lock;
    _Atomic uint64_t bytes_read;
    _Atomic uint64_t size; /* MIM_UNKNOWN: of a stream that has not ended */

    int fd;
    bool owns_fd;
    const uint8_t *memory;
    FILE *file;
    uint64_t start; /* position of the FILE that counts as 0 */
    struct mim_source_calls calls;
    struct mim_source_feed feed;
    unsigned depth; /* archives around it */

    struct mim_spool *spool; /* of streams: the bytes read so far */
    uint8_t *chunk;
    struct mim_wait wait;         /* of streams */
    _Atomic uint64_t spool_limit; /* of streams */
    struct mim_error failure; /* of streams: the failure that ended them, repeated for reads of the missing part; of feeds: the last */
};

extern const struct mim_source_kind mim_source_located_kind;

/* Takes ownership of `name`, also on failure. NULL: no memory, or no name. */
struct mim_source *mim_source_create(const struct mim_source_kind *kind, char *name);

#endif
