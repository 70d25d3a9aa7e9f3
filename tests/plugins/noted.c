/* SPDX-License-Identifier: MIT */
/* Follows all rules, and has a note with its license. */
#include <mim/kit/entry.h>

#include "mock.h"

MOCK_FORMATS(MOCK_READER(sizeof(struct mim_reader_ops), mock_prepare));
MIM_PLUGIN("noted", "1.0", "GPL-3.0-only", "mock:r", .formats = mock_formats);
