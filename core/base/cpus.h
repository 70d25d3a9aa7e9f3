/* SPDX-License-Identifier: MIT */
/* How many threads may run at once. */
#ifndef MIM_CORE_BASE_CPUS_H
#define MIM_CORE_BASE_CPUS_H

/* Threads that affinity, the cgroup and the batch system allow, at least 1. */
unsigned mim_usable_threads(void);

/* Its part that tests call by itself: processors that the cgroups of `list` (as /proc/self/cgroup) leave, rounded up; UINT_MAX: no quota. */
unsigned mim_cpus_cgroup(const char *list, const char *mount);

#endif
