/* SPDX-License-Identifier: MIT */
/* The writer of documents. */
#ifndef MIM_PDF_WRITER_H
#define MIM_PDF_WRITER_H

#include <mim/plugin.h>

extern const struct mim_writer_ops pdf_writer_ops;

#endif
