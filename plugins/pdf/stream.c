/* SPDX-License-Identifier: MIT */
/*
 * The source as a GInputStream with a buffer, since poppler reads about a kilobyte at a time. The type derives from
 * GMemoryInputStream because poppler caches everything that it reads from other streams, for each worker.
 */
#include "stream.h"

#include <stdbool.h>
#include <string.h>

#include "page-keys.h"

#define WINDOW_BYTES (32u << 10)

struct stream {
    GMemoryInputStream parent;
    struct pdf_source *source;
    uint64_t position, start; /* start: offset of the window in the source */
    uint32_t window_size;
    uint8_t window[WINDOW_BYTES];
};

struct stream_class {
    GMemoryInputStreamClass parent;
};

/* Whether no read failed before and the host wants to go on. */
static bool
may_read(struct pdf_source *source)
{
    if (source->status == MIM_OK)
        source->status = source->job->host->poll(source->job);
    return source->status == MIM_OK;
}

/* Reads some bytes before and behind those that poppler sees, for keys that cross the borders. */
static bool
fill_window(struct stream *stream)
{
    struct pdf_source *source = stream->source;
    struct mim_job *job = source->job;
    stream->start = stream->position > PDF_PAGE_KEY_BYTES ? stream->position - PDF_PAGE_KEY_BYTES : 0;
    stream->window_size = 0;
    int64_t got = job->host->read_at(job, stream->window, WINDOW_BYTES, stream->start);
    if (got < 0)
        source->status = (int32_t)-got;
    if (got <= 0)
        return false;
    uint64_t size = (uint64_t)got, shown = size < WINDOW_BYTES ? size : size - PDF_PAGE_KEY_BYTES;
    const struct pdf_window window = { stream->window, stream->start, size, shown };
    source->status = pdf_page_keys_find(source->patches, job, &window);
    if (source->status != MIM_OK)
        return false;
    pdf_patches_apply(source->patches, stream->window, shown, stream->start);
    stream->window_size = (uint32_t)shown;
    return stream->position - stream->start < stream->window_size;
}

/*
 * Returns 0, the end of the file, for errors, since poppler adds a -1 to its pointers; pdf_document_check() returns the
 * status. After cancellation the remaining objects of a page are missing, so poppler ends soon.
 */
static gssize
read_some(GInputStream *base, void *buffer, gsize size, GCancellable *cancellable, GError **error)
{
    struct stream *stream = (struct stream *)base;
    (void)cancellable, (void)error;
    bool is_buffered = stream->position >= stream->start && stream->position - stream->start < stream->window_size;
    if (!may_read(stream->source) || stream->position >= stream->source->size || (!is_buffered && !fill_window(stream)))
        return 0;

    uint64_t skip = stream->position - stream->start, left = stream->window_size - skip;
    gsize count = size < left ? size : (gsize)left;
    memcpy(buffer, stream->window + skip, count);
    stream->position += count;
    return (gssize)count;
}

static goffset
stream_tell(GSeekable *seekable)
{
    return (goffset)((struct stream *)seekable)->position;
}

static gboolean
can_seek(GSeekable *seekable)
{
    (void)seekable;
    return TRUE;
}

static gboolean
stream_seek(GSeekable *seekable, goffset offset, GSeekType whence, GCancellable *cancellable, GError **error)
{
    struct stream *stream = (struct stream *)seekable;
    goffset from = whence == G_SEEK_SET ? 0 : (goffset)(whence == G_SEEK_CUR ? stream->position : stream->source->size);
    goffset to = 0;
    (void)cancellable;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "before the start");
        return FALSE;
    }
    stream->position = (uint64_t)to;
    return TRUE;
}

static gboolean
cannot_truncate(GSeekable *seekable)
{
    (void)seekable;
    return FALSE;
}

static void
set_up_class(void *class, void *data)
{
    (void)data;
    ((GInputStreamClass *)class)->read_fn = read_some;
}

static void
set_up_seeking(void *interface, void *data)
{
    GSeekableIface *seeking = interface;
    (void)data;
    seeking->tell = stream_tell;
    seeking->can_seek = can_seek;
    seeking->seek = stream_seek;
    seeking->can_truncate = cannot_truncate;
}

/* Type names are global, and this code may be in the process twice, so the name contains an address. */
static GType
stream_type(void)
{
    static gsize type;
    if (g_once_init_enter(&type)) {
        const GInterfaceInfo seeking = { .interface_init = set_up_seeking };
        char *name = g_strdup_printf("MimPdfStream-%zx", (size_t)&type);
        GType fresh = g_type_register_static_simple(G_TYPE_MEMORY_INPUT_STREAM, name, sizeof(struct stream_class),
                                                    set_up_class, sizeof(struct stream), NULL, 0);
        g_type_add_interface_static(fresh, G_TYPE_SEEKABLE, &seeking);
        g_free(name);
        g_once_init_leave(&type, fresh);
    }
    return type;
}

GInputStream *
pdf_stream_create(struct pdf_source *source)
{
    struct stream *stream = g_object_new(stream_type(), NULL);
    stream->source = source;
    return &stream->parent.parent_instance;
}
