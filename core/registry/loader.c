/* SPDX-License-Identifier: MIT */
/* Modules: mapped once per process, checked before any of their functions runs, and never unmapped. */
#include "registry/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <ltdl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mim/plugin.h>

#include "base/error.h"
#include "base/running-calls.h"
#include "registry/claims.h"
#include "registry/elf-check.h"
#include "registry/mapped-file.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* A file under two names is one module; linked plugins have no file. */
struct module {
    dev_t device;
    ino_t inode; /* 0: linked in */
    const struct mim_plugin *plugin;
    struct module *next;
};

/* libltdl is not thread-safe, and neither is the list. */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static struct module *modules;

static void
lock_loading(void)
{
    pthread_mutex_lock(&loading);
}

static void
unlock_loading(void)
{
    pthread_mutex_unlock(&loading);
}

/* A child that is forked while another thread loads would wait for ever. */
static void
prepare_forks(void)
{
    pthread_atfork(lock_loading, unlock_loading, unlock_loading);
}

/* Before the first lock. */
static void
start_loading(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare_forks);
    lock_loading();
}

struct wanted {
    const char *path;
    const struct mim_manifest *manifest;
    struct stat facts;
    bool has_note;
    void *probe;                     /* a page of the file that was checked */
    const struct mim_plugin *linked; /* a linked plugin, instead of a file */
    const struct mim_host *host;
};

static enum mim_status
map_probe(struct wanted *wanted, int fd, struct mim_error *err)
{
    wanted->probe = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    return wanted->probe == MAP_FAILED ? mim_fail_errno(err, errno, "%s", wanted->path) : MIM_OK;
}

static enum mim_status
check_file(struct wanted *wanted, int fd, struct mim_error *err)
{
    char *note = NULL;
    enum mim_status status = mim_elf_check(fd, (uint64_t)wanted->facts.st_size, wanted->path, &note, err);
    wanted->has_note = note != NULL;
    if (!note || !wanted->manifest) {
        free(note);
        return status;
    }
    return mim_claims_compare(mim_claims_of_manifest(wanted->manifest), mim_claims_of_note(wanted->path, note), err);
}

/* Checks the file before anything else maps it. */
static enum mim_status
inspect_file(struct wanted *wanted, struct mim_error *err)
{
    const char *path = wanted->path;
    struct stat *facts = &wanted->facts;

    /* NONBLOCK: do not wait on a FIFO */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "the module %s is missing", path);
    if (fd < 0 && mim_is_shortage(errno)) /* a failure of the process, not of the module */
        return mim_fail_errno(err, errno, "%s", path);
    if (fd < 0)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s", path, strerror(errno));

    enum mim_status status;
    if (fstat(fd, facts) < 0)
        status = mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(facts->st_mode))
        status = mim_fail(err, MIM_BROKEN_PLUGIN, "%s is not a regular file", path);
    else
        status = check_file(wanted, fd, err);
    if (status == MIM_OK)
        status = map_probe(wanted, fd, err);
    close(fd);
    return status;
}

/* The dynamic loader reports errors only as text. Static TLS has a fixed size in a process, so it is not a lack of
 * memory. */
static bool
lacks_memory(const char *reason)
{
    if (strstr(reason, "static TLS"))
        return false;

    static const char *const words[] = { "cannot allocate", "cannot create", "cannot extend", "out of memory" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(reason, words[i]))
            return true;
    return strstr(reason, strerror(ENOMEM)) != NULL;
}

/* "failed to map segment" means a lack of memory, unless the file may not be mapped executable. */
static bool
running_forbidden(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *probe = fd < 0 ? NULL : mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    bool forbidden = probe == MAP_FAILED && (errno == EPERM || errno == EACCES);
    if (probe && probe != MAP_FAILED)
        munmap(probe, 1);
    if (fd >= 0)
        close(fd);
    return forbidden;
}

static enum mim_status
fail_dlopen(const char *path, struct mim_error *err)
{
    const char *reason = dlerror();
    if (!reason || lacks_memory(reason))
        return mim_fail_nomem(err, path);
    if (strstr(reason, "failed to map segment"))
        return running_forbidden(path)
                   ? mim_fail(err, MIM_BROKEN_PLUGIN, "%s: its file system is mounted noexec: no code runs from there",
                              path)
                   : mim_fail_nomem(err, path);

    /* "libx.so.1: cannot open shared object file: ...": the module itself exists, so this is a library that it needs */
    const char *missing = strstr(reason, ": cannot open shared object file");
    if (missing && strstr(missing, strerror(EMFILE)))
        return mim_fail(err, MIM_NOMEM, "%s", reason);
    /* the module itself could be opened before, so the loader lacked memory for its name; its errno is stale */
    if (missing && (size_t)(missing - reason) == strlen(path) && !strncmp(reason, path, strlen(path)))
        return mim_fail_nomem(err, path);
    if (missing && strstr(missing, strerror(ENOENT)))
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s needs the library %.*s, which cannot be found", path,
                        (int)(missing - reason), reason);
    return mim_fail(err, MIM_BROKEN_PLUGIN, "%s%s%s", strstr(reason, path) ? "" : path,
                    strstr(reason, path) ? "" : ": ", reason);
}

static enum mim_status
fail_ltdl(const char *path, struct mim_error *err)
{
    const char *reason = lt_dlerror();
    return !reason || strstr(reason, "memory") ? mim_fail_nomem(err, path)
                                               : mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s", path, reason);
}

/* lt_dlinit fails only without memory. It counts failed calls too, so lt_dlexit must undo the count, or the next
 * call would seem to succeed. After a success lt_dlexit is never called. */
static enum mim_status
start_ltdl(const char *path, struct mim_error *err)
{
    static bool started;
    if (!started && lt_dlinit()) {
        lt_dlexit();
        return mim_fail_nomem(err, path);
    }
    started = true;
    return MIM_OK;
}

static lt_dlhandle
open_local_resident(const char *path)
{
    lt_dladvise advice;
    if (lt_dladvise_init(&advice))
        return NULL;
    lt_dlhandle handle = NULL;
    if (!lt_dladvise_local(&advice) && !lt_dladvise_resident(&advice))
        handle = lt_dlopenadvise(path, advice);
    lt_dladvise_destroy(&advice);
    return handle;
}

/* The size of the exported object in the symbol table; 0 for a function. */
static size_t
exported_size(const void *symbol)
{
    Dl_info info;
    void *entry = NULL;
    if (!dladdr1(symbol, &info, &entry, RTLD_DL_SYMENT) || !entry)
        return 0;
    const ElfW(Sym) *facts = entry;
    return (facts->st_info & 15) == STT_OBJECT ? facts->st_size : 0;
}

static enum mim_status
open_module(const char *path, const struct mim_plugin **plugin, struct mim_error *err)
{
    enum mim_status status = start_ltdl(path, err);
    if (status != MIM_OK)
        return status;

    /* libltdl reports "file not found" for any failure and binds lazily, so dlopen comes first, for its messages and
     * RTLD_NOW. The handle is closed: NODELETE keeps the module. */
    void *first = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!first)
        return fail_dlopen(path, err);
    lt_dlhandle handle = open_local_resident(path);
    dlclose(first);
    if (!handle)
        return fail_ltdl(path, err);

    const struct mim_plugin *found = lt_dlsym(handle, STRING(MIM_PLUGIN_SYMBOL));
    if (!found)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s does not export %s", path, STRING(MIM_PLUGIN_SYMBOL));
    size_t size = exported_size(found);
    if (size < offsetof(struct mim_plugin, name) || size < found->struct_size)
        return mim_fail(err, MIM_BROKEN_PLUGIN, "%s: %s has %zu bytes, and says %u", path, STRING(MIM_PLUGIN_SYMBOL),
                        size, size < offsetof(struct mim_plugin, major) ? 0 : found->struct_size);
    status = mim_loader_check(found, path, err);
    if (status == MIM_OK)
        *plugin = found;
    return status;
}

static const struct module *
find_module(dev_t device, ino_t inode, const struct mim_plugin *linked)
{
    const struct module *module = modules;
    while (module && (module->device != device || module->inode != inode || (linked && module->plugin != linked)))
        module = module->next;
    return module;
}

static enum mim_status
init_plugin(const struct mim_plugin *plugin, const struct mim_host *host, const char *where, struct mim_error *err)
{
    struct mim_running_call *running = mim_running_enter(plugin->name, "init");
    int32_t status = plugin->init ? plugin->init(host) : MIM_OK;
    mim_running_leave(running);
    if (status == MIM_NOMEM)
        return mim_fail_nomem(err, where);
    return status == MIM_OK ? MIM_OK
                            : mim_fail(err, MIM_BROKEN_PLUGIN, "%s: its init failed: %s", where,
                                       mim_status_text((enum mim_status)status));
}

/* Finds the module, or opens, checks, initialises and records it. */
static enum mim_status
load_locked(const struct wanted *wanted, const struct mim_plugin **plugin, struct mim_error *err)
{
    const struct module *known = find_module(wanted->facts.st_dev, wanted->facts.st_ino, wanted->linked);
    if (known) {
        *plugin = known->plugin;
        return MIM_OK;
    }

    struct module *module = malloc(sizeof *module);
    if (!module)
        return mim_fail_nomem(err, wanted->path);
    *module = (struct module){ wanted->facts.st_dev, wanted->facts.st_ino, wanted->linked, modules };
    enum mim_status status = wanted->linked ? MIM_OK : open_module(wanted->path, &module->plugin, err);
    if (status == MIM_OK && wanted->probe && !mim_mapped_file_same(module->plugin, wanted->probe))
        status = mim_fail(err, MIM_BROKEN_PLUGIN, "%s is not the file that was checked: it was replaced", wanted->path);
    if (status == MIM_OK)
        status = init_plugin(module->plugin, wanted->host, wanted->path, err);
    if (status != MIM_OK) {
        free(module);
        return status;
    }
    modules = module;
    *plugin = module->plugin;
    return MIM_OK;
}

enum mim_status
mim_loader_inspect(const char *path, const struct mim_manifest *manifest, bool *has_note, struct mim_error *err)
{
    struct wanted wanted = { .path = path, .manifest = manifest };
    enum mim_status status = inspect_file(&wanted, err);
    if (status == MIM_OK)
        munmap(wanted.probe, 1);
    if (has_note)
        *has_note = wanted.has_note;
    return status;
}

enum mim_status
mim_loader_load(const char *path, const struct mim_manifest *manifest, const struct mim_host *host,
                const struct mim_plugin **plugin, struct mim_error *err)
{
    /* with a relative path both loaders would search, also LTDL_LIBRARY_PATH */
    if (*path != '/')
        return mim_fail(err, MIM_ARGUMENT, "%s: a module is loaded by its absolute path", path);

    struct wanted wanted = { .path = path, .manifest = manifest, .host = host };
    enum mim_status status = inspect_file(&wanted, err);
    if (status != MIM_OK)
        return status;
    start_loading();
    status = load_locked(&wanted, plugin, err);
    unlock_loading();
    munmap(wanted.probe, 1);
    return status;
}

enum mim_status
mim_loader_adopt(const struct mim_plugin *plugin, const struct mim_host *host, struct mim_error *err)
{
    const struct wanted wanted = { .path = plugin->name, .linked = plugin, .host = host };
    start_loading();
    enum mim_status status = load_locked(&wanted, &plugin, err);
    unlock_loading();
    return status;
}
