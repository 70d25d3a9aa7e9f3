/* SPDX-License-Identifier: MIT */
/* System calls that fail as they do on lesser file systems or under a policy; for children of a test. */
#ifndef MIM_TESTS_SECCOMP_H
#define MIM_TESTS_SECCOMP_H

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum {
    DENY_TMPFILE = 1,  /* openat with O_TMPFILE: EOPNOTSUPP, as on FAT */
    DENY_LINK = 2,     /* linkat of /proc/self/fd: EACCES, as under AppArmor */
    DENY_NOREPLACE = 4 /* renameat2 with flags: EINVAL, as on NFS */
};

#define LOWER_HALF (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0) /* filters load 32 bits */
#define CALL_ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n) + LOWER_HALF)

/* `number` called with any bit of `mask` in argument `n` fails with `error`. */
#define DENY(number, n, mask, error) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3), \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, CALL_ARGUMENT(n)), \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

static inline bool
install_filter(struct sock_filter *code, unsigned short count)
{
    struct sock_fprog program = { .len = count, .filter = code };
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* From now on in this process. false: cannot be had here. */
static inline bool
deny_calls(int which)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_filter tmpfile[] = { DENY(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP), allow };
    struct sock_filter link[] = { DENY(SYS_linkat, 4, AT_SYMLINK_FOLLOW, EACCES), allow };
    struct sock_filter noreplace[] = { DENY(SYS_renameat2, 4, RENAME_NOREPLACE | RENAME_EXCHANGE, EINVAL), allow };
    return (!(which & DENY_TMPFILE) || install_filter(tmpfile, sizeof tmpfile / sizeof *tmpfile)) &&
           (!(which & DENY_LINK) || install_filter(link, sizeof link / sizeof *link)) &&
           (!(which & DENY_NOREPLACE) || install_filter(noreplace, sizeof noreplace / sizeof *noreplace));
}

#endif
