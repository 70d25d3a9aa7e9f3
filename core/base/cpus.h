/* SPDX-License-Identifier: MIT */
/* A part of mim_usable_threads() that tests look at by itself. */
#ifndef MIM_CORE_BASE_CPUS_H
#define MIM_CORE_BASE_CPUS_H

/* Processors that the cgroups of `list` (as /proc/self/cgroup) leave, rounded up; UINT_MAX: no quota. */
unsigned mim_cpus_cgroup(const char *list, const char *mount);

#endif
