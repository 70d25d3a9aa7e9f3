/* SPDX-License-Identifier: MIT */
/* Includes all headers that an application needs. */
#ifndef MIM_H
#define MIM_H

#include <mim/context.h>
#include <mim/convert.h>
#include <mim/registry.h>
#include <mim/sequence.h>

#endif
