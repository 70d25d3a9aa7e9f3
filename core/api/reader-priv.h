/* SPDX-License-Identifier: MIT */
/* What tests look at in a reader. */
#ifndef MIM_CORE_API_READER_PRIV_H
#define MIM_CORE_API_READER_PRIV_H

#include <mim/reader.h>

#include "plugin/operation.h"

struct mim_operation *mim_reader_operation(struct mim_reader *reader);

#endif
