/* SPDX-License-Identifier: MIT */
/* Converts one file of a batch on a worker's thread. */
#include <string.h>

#include "batch-priv.h"
#include "conversion.h"
#include "report.h"
#include "signals.h"
#include "streams.h"

static int
count_frames(void *user, const struct mim_progress *progress)
{
    struct worker *worker = user;
    atomic_fetch_add(&worker->workers->frames, progress->done - worker->frames);
    worker->frames = progress->done;
    return 0;
}

static void
collect_notice(void *user, const struct mim_notice *notice)
{
    notices_add(&((struct worker *)user)->notices, notice);
}

static void
set_control(struct worker *worker, struct mim_control *control)
{
    control->progress = control->progress ? count_frames : NULL;
    control->notice = control->notice ? collect_notice : NULL;
    control->user = worker;
    control->limits = worker->workers->share;
}

/* Makes the message a complete reason to print after the input's name. */
static void
complete_reason(const struct conversion *conversion, struct mim_error *err)
{
    char reason[2 * sizeof err->message];
    const char *input = shown_name(conversion->inputs[0]), *subject = conversion_subject(conversion, err);
    const char *message = err->message[0] ? err->message : mim_status_text(err->status);
    size_t length = strlen(input);

    if (!strncmp(message, input, length))
        message += !strncmp(message + length, ": ", 2)     ? length + 2
                   : !strncmp(message + length, " is ", 4) ? length + 1
                                                           : 0;
    bool of_output = err->side == MIM_SIDE_OUTPUT && subject;
    snprintf(reason, sizeof reason, "%.*s%s%s", (int)sizeof err->message, of_output ? subject : "",
             of_output ? ": " : "", message);
    snprintf(err->message, sizeof err->message, "%.*s", (int)sizeof err->message - 1, reason);
}

bool
batch_convert(struct worker *worker, struct batch_file *file, struct batch_result *result)
{
    struct workers *workers = worker->workers;
    struct conversion conversion;

    conversion_prepare(&conversion, workers->cli);
    conversion.inputs = &file->input;
    conversion.count = 1;
    conversion.output = file->output;
    conversion.is_literal = true;
    set_control(worker, &conversion.options.read.open.control);
    set_control(worker, &conversion.options.write.control);
    worker->frames = 0;
    notices_clear(&worker->notices);
    *result = (struct batch_result){ .file = file };

    enum mim_status status = conversion_run(&conversion, worker->context, &result->err);
    if (worker->is_abandoned || (status != MIM_OK && signals_interrupted()))
        return false;
    if (status == MIM_LIMIT && workers->is_divided) {
        atomic_fetch_sub(&workers->frames, worker->frames);
        file->is_exclusive = true; /* the result must not depend on the number of workers */
        return false;
    }
    if (status == MIM_OK)
        return true;
    bool is_there = status == MIM_EXISTS && workers->cli->skip_existing;
    result->outcome = is_there ? BATCH_SKIPPED : BATCH_FAILED;
    result->code = conversion_code(&result->err);
    complete_reason(&conversion, &result->err);
    return true;
}
