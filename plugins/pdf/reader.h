/* SPDX-License-Identifier: MIT */
/* The reader of documents. */
#ifndef MIM_PDF_READER_H
#define MIM_PDF_READER_H

#include <mim/plugin.h>

extern const struct mim_reader_ops pdf_reader_ops;

#endif
