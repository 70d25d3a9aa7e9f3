/* SPDX-License-Identifier: MIT */
/* The core's side of cancelling, and the monotonic clock. */
#ifndef MIM_CORE_BASE_CANCEL_H
#define MIM_CORE_BASE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

#include <mim/control.h>

/* Whether the switch was thrown; never for NULL. An atomic load, on any thread. */
bool mim_cancel_requested(const struct mim_cancel *cancel);

int64_t mim_clock_ms(void);
uint64_t mim_clock_ns(void);

#endif
