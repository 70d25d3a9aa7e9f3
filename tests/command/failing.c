/* SPDX-License-Identifier: MIT */
/* The command with an allocator that fails. A server loads the program once, and forks before main() for every request on a socket,
 * which is a line with the place of the allocation that fails, and 1 if all that follow fail too. The answer is a line with "x" if
 * the place was reached, and the exit status. */
#include <err.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failing-memory.h"

static int server = -1; /* the socket */

int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* The kernel copies the page table of a segment to forked processes only if one of its pages has been written. */
__attribute__((no_sanitize("address"))) static int
write_to_segments(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size, (void)data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        volatile char *last = (char *)(info->dlpi_addr + segment->p_vaddr + segment->p_memsz - 1);
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
            *last = *last;
    }
    return 0;
}

/* A leak check reads megabytes of zeros in the sanitizers. Map them once, as page faults take longer than the check. */
static void
prepare_leak_checks(void)
{
    if (!__lsan_do_recoverable_leak_check)
        return;
    dl_iterate_phdr(write_to_segments, NULL);
    __lsan_do_recoverable_leak_check();
}

static int
wait_for_exit(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        err(99, "a process cannot be forked");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

__attribute__((constructor)) static void
answer_requests(void)
{
    const char *descriptor = getenv("MIM_TEST_SERVER");
    char request[32];
    ssize_t size;
    if (!descriptor)
        return;
    server = atoi(descriptor);
    prepare_leak_checks();
    while ((size = read(server, request, sizeof request - 1)) > 0) {
        long place;
        int is_for_ever;
        request[size] = '\0';
        if (sscanf(request, "%ld %d", &place, &is_for_ever) != 2)
            errx(99, "bad request: %s", request);
        pid_t child = fork();
        if (child == 0) {
            memory_fail_at(place, is_for_ever);
            return; /* to main() */
        }
        dprintf(server, "%d\n", wait_for_exit(child));
    }
    _exit(0);
}

__attribute__((destructor)) static void
report_result(void)
{
    if (memory_recover() && server >= 0 && write(server, "x", 1) != 1)
        _exit(99);
}
