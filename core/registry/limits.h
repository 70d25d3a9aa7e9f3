/* SPDX-License-Identifier: MIT */
/* Default result budgets. */
#ifndef MIM_CORE_REGISTRY_LIMITS_H
#define MIM_CORE_REGISTRY_LIMITS_H

#define MIM_DEFAULT_RESULT 256000000u
#define MIM_DEFAULT_VOLUME_RESULT 1000000000u

#endif
