/* SPDX-License-Identifier: MIT */
/* Sources that are only a URI get their bytes from a transport. */
#include "transport/resolve.h"

#include "base/error.h"
#include "io/source.h"
#include "io/uri.h"
#include "plugin/operation.h"

enum mim_status
mim_source_resolve(struct mim_operation *operation, struct mim_source **source, struct mim_error *err)
{
    (void)operation;
    if (!mim_source_is_located(*source))
        return MIM_OK;
    const char *uri = mim_source_uri(*source);
    return mim_fail(err, MIM_NO_PLUGIN, "%.300s: no installed transport reads %.*s", mim_source_name(*source),
                    (int)mim_uri_scheme(uri), uri);
}
