/* SPDX-License-Identifier: MIT */
/* The shim for preloading: the environment configures the faults, from main() on, and a descriptor receives the report.
 * */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"

static int (*program)(int, char **, char **);

static const char *
setting(const char *name)
{
    char variable[64];
    snprintf(variable, sizeof variable, "MIM_FAULT_%s", name);
    return getenv(variable);
}

static int
choice(const char *name, const char *const *words)
{
    const char *value = setting(name);
    for (int i = 0; value && words[i]; i++)
        if (!strcmp(words[i], value))
            return i;
    return 0;
}

static void
arm(void)
{
    static const char *const call_names[] = { "", "read", "write", "sync", "close", "open", "link", "rename", "mode",
                                              "truncate", NULL };
    static const char *const kinds[] = { "error", "short", "end", "kill", "interrupt", NULL };

    bool for_ever = setting("FOR_EVER") != NULL;
    struct fault_plan plan = {
        .call = (enum fault_call)choice("CALL", call_names),
        .kind = (enum fault_kind)choice("KIND", kinds),
        .number = setting("ERRNO") ? atoi(setting("ERRNO")) : 0,
        .at = setting("AT") ? atol(setting("AT")) : 0,
        .for_ever = for_ever,
        .directory = setting("DIRECTORY"),
    };
    fault_memory_reset();
    if (plan.call != FAULT_NOTHING && plan.directory)
        fault_calls_plan(&plan);
    if (setting("MEMORY_AT"))
        fault_memory_at(atol(setting("MEMORY_AT")), for_ever);
}

static void
tell(void)
{
    bool refused = fault_memory_recover();
    struct fault_memory asked = fault_memory_asked();
    long calls = fault_calls_seen();
    char line[200];
    int size = snprintf(line, sizeof line, "%d %llu %llu %llu %llu %ld\n", refused, (unsigned long long)asked.calls,
                        (unsigned long long)asked.bytes, (unsigned long long)asked.largest,
                        (unsigned long long)asked.peak, calls);
    fault_calls_plan(NULL);
    if (setting("REPORT") && write(atoi(setting("REPORT")), line, (size_t)size) != size)
        _exit(99);
}

static int
main_between(int argc, char **argv, char **environment)
{
    arm();
    int code = program(argc, argv, environment);
    tell();
    return code;
}

int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void),
                      void *);

int
__libc_start_main(int (*run)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                  void (*rtld_fini)(void), void *stack_end)
{
    int (*next)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    program = run;
    return next(main_between, argc, argv, init, fini, rtld_fini, stack_end);
}
