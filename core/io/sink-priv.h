/* SPDX-License-Identifier: MIT */
/* State and callbacks shared by all kinds of sinks. A kind's own struct begins with struct mim_sink. */
#ifndef MIM_CORE_IO_SINK_PRIV_H
#define MIM_CORE_IO_SINK_PRIV_H

#include <stdatomic.h>

#include "io/sink.h"
#include "io/wait.h"

struct mim_spool;

/* All but write may be NULL. */
struct mim_sink_kind {
    enum mim_status (*check)(struct mim_sink *sink, struct mim_error *err);
    /* Sets `seekable`, when write may go back and read works. */
    enum mim_status (*begin)(struct mim_sink *sink, struct mim_error *err);
    /* Returns 0 or errno. Offsets are consecutive, but may go back on a seekable sink. */
    int (*write)(struct mim_sink *sink, const void *data, uint64_t size, uint64_t offset);
    /* Returns bytes, or minus errno. */
    int64_t (*read)(struct mim_sink *sink, void *data, uint64_t size, uint64_t offset);
    enum mim_status (*commit)(struct mim_sink *sink, uint64_t size, struct mim_error *err);
    /* Undoes `written` bytes. false: they cannot be taken back. */
    bool (*rollback)(struct mim_sink *sink, uint64_t written);
    void (*destroy)(struct mim_sink *sink); /* frees the kind's resources besides the struct */
    bool unbuffered;                        /* small writes are cheap */
};

enum mim_sink_state { MIM_SINK_IDLE, MIM_SINK_OPEN, MIM_SINK_DONE };

struct mim_sink {
    const struct mim_sink_kind *kind;
    char *name;
    char *inside; /* of an archive: its members, "frame_%03d.ext"; or NULL */
    atomic_uint references;
    enum mim_sink_state state;
    bool sync;
    bool seekable;            /* set by begin */
    bool seeks;               /* begun with patch and read_back */
    struct mim_sink *through; /* set by begin when a path is a device: receives the bytes instead */
    struct mim_spool *spool;  /* receives the bytes until commit */
    uint64_t spool_limit;
    struct mim_wait wait;     /* of pipes */
    uint8_t *buffer;
    uint64_t flushed;         /* bytes that have left the buffer */
    uint64_t buffered;        /* bytes in it */
    _Atomic uint64_t taken;   /* `flushed` + `buffered`, readable from other threads */
    struct mim_error failure; /* the first failure, repeated by later calls */
};

/* `struct_size` zeroed bytes that begin with a struct mim_sink; `name` is copied. NULL: no memory. */
struct mim_sink *mim_sink_create(size_t struct_size, const struct mim_sink_kind *kind, const char *name);

/* sink-plain.c: a sink that owns its descriptor. On failure the caller still owns it. */
enum mim_status mim_sink_open_owned_fd(struct mim_sink **out, int fd, const char *name, struct mim_error *err);

#endif
