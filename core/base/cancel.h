/* SPDX-License-Identifier: MIT */
/* The core's side of cancelling. */
#ifndef MIM_CORE_BASE_CANCEL_H
#define MIM_CORE_BASE_CANCEL_H

#include <stdbool.h>

#include <mim/control.h>

/* An atomic load; NULL was never thrown. Any thread. */
bool mim_cancel_requested(const struct mim_cancel *cancel);

#endif
