/* SPDX-License-Identifier: MIT */
/* Compares what a source offers with what the writer takes, and reports the rest. */
#ifndef MIM_CORE_PLUGIN_OFFER_NOTICES_H
#define MIM_CORE_PLUGIN_OFFER_NOTICES_H

#include <mim/error.h>

struct mim_plugin_writer;

/* Once for each source, whose number counts from 1; 0: none. Serial, after open. */
enum mim_status mim_offer_notices_report(struct mim_plugin_writer *writer, uint32_t number, struct mim_error *err);

#endif
