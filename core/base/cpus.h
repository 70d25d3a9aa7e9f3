/* SPDX-License-Identifier: MIT */
/* The number of threads that may run at once. */
#ifndef MIM_CORE_BASE_CPUS_H
#define MIM_CORE_BASE_CPUS_H

/* Threads allowed by affinity, the cgroup and the batch system, at least 1. */
unsigned mim_usable_threads(void);

/* For tests: processors allowed by the cgroups of `list`, a file like /proc/self/cgroup, rounded up; UINT_MAX: no
 * quota. */
unsigned mim_cpus_cgroup(const char *list, const char *mount);

#endif
