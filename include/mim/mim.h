/* SPDX-License-Identifier: MIT */
/* Sequences of images: everything that an application includes. */
#ifndef MIM_H
#define MIM_H

#include <mim/context.h>
#include <mim/convert.h>
#include <mim/registry.h>
#include <mim/sequence.h>

#endif
