/* SPDX-License-Identifier: MIT */
/* The files of a batch, each input with its output. Conflicts are found before any file is written. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "batch.h"
#include "report.h"
#include "streams.h"

/* Identifies a file independently of its name; `owner` is the index of the input. */
struct identity {
    dev_t device;
    ino_t inode;
    size_t owner;
};

static enum mim_status
name_outputs(struct batch_list *list, const struct cli *cli, struct mim_error *err)
{
    struct naming naming;

    enum mim_status status = naming_init(&naming, cli, err);
    for (size_t i = 0; status == MIM_OK && i < list->count; i++) {
        struct batch_file *file = &list->files[i];
        file->input = cli->operands[i];
        if (!strcmp(file->input, "-"))
            return fail(err, MIM_ARGUMENT, "cannot derive an output name from standard input; use mim convert");
        status = naming_apply(&naming, shown_name(file->input), i, &file->output, err);
    }
    return status;
}

static int
by_output(const void *one, const void *other)
{
    return strcmp((*(struct batch_file *const *)one)->output, (*(struct batch_file *const *)other)->output);
}

static enum mim_status
refuse_equal_outputs(const struct batch_list *list, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    struct batch_file **sorted = malloc(list->count * sizeof(struct batch_file *));
    if (!sorted)
        return fail(err, MIM_NOMEM, "no memory for %zu names", list->count);

    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->files[i];
    qsort(sorted, list->count, sizeof *sorted, by_output);
    for (size_t i = 1; status == MIM_OK && i < list->count; i++)
        if (!strcmp(sorted[i - 1]->output, sorted[i]->output))
            status = fail(err, MIM_ARGUMENT, "%s and %s would both become %s; use {index} in --name",
                          shown_name(sorted[i - 1]->input), shown_name(sorted[i]->input), sorted[i]->output);
    free(sorted);
    return status;
}

static int
by_identity(const void *one, const void *other)
{
    const struct identity *a = one, *b = other;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return a->inode < b->inode ? -1 : a->inode > b->inode;
}

/* Collects the identity of each input, and of the link if the input is one. */
static size_t
identify_inputs(const struct batch_list *list, struct identity *identities)
{
    size_t known = 0;
    struct stat info;

    for (size_t i = 0; i < list->count; i++) {
        if (!stat(list->files[i].input, &info))
            identities[known++] = (struct identity){ info.st_dev, info.st_ino, i };
        if (!lstat(list->files[i].input, &info) && S_ISLNK(info.st_mode))
            identities[known++] = (struct identity){ info.st_dev, info.st_ino, i };
    }
    qsort(identities, known, sizeof *identities, by_identity);
    return known;
}

static bool
is_input_of_another(const struct identity *inputs, size_t count, const struct identity *output)
{
    const struct identity *hit = bsearch(output, inputs, count, sizeof *inputs, by_identity);

    while (hit && hit > inputs && !by_identity(hit - 1, output))
        hit--;
    for (; hit && hit < inputs + count && !by_identity(hit, output); hit++)
        if (hit->owner != output->owner)
            return true;
    return false;
}

/* An output that replaces another file's input would be a race. Replacing its own input is safe. */
static enum mim_status
refuse_outputs_over_inputs(const struct batch_list *list, struct mim_error *err)
{
    enum mim_status status = MIM_OK;
    struct identity *inputs = malloc(2 * list->count * sizeof(struct identity));
    if (!inputs)
        return fail(err, MIM_NOMEM, "no memory for %zu names", list->count);

    size_t known = identify_inputs(list, inputs);
    for (size_t i = 0; status == MIM_OK && i < list->count; i++) {
        struct stat link, file;
        if (lstat(list->files[i].output, &link))
            continue;
        if (stat(list->files[i].output, &file))
            file = link; /* a link to nothing */
        if (is_input_of_another(inputs, known, &(struct identity){ link.st_dev, link.st_ino, i }) ||
            is_input_of_another(inputs, known, &(struct identity){ file.st_dev, file.st_ino, i }))
            status = fail(err, MIM_ARGUMENT, "%s would become %s, which is also an input", shown_name(list->files[i].input),
                          list->files[i].output);
    }
    free(inputs);
    return status;
}

enum mim_status
batch_list_fill(struct batch_list *list, const struct cli *cli, struct mim_error *err)
{
    size_t count = (size_t)cli->operand_count;

    *list = (struct batch_list){ .files = calloc(count, sizeof(struct batch_file)), .count = count };
    if (!list->files) {
        list->count = 0;
        return fail(err, MIM_NOMEM, "no memory for %zu inputs", count);
    }
    enum mim_status status = name_outputs(list, cli, err);
    if (status == MIM_OK)
        status = refuse_equal_outputs(list, err);
    if (status == MIM_OK && cli->force)
        status = refuse_outputs_over_inputs(list, err);
    return status;
}

void
batch_list_clear(struct batch_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->files[i].output);
    free(list->files);
    *list = (struct batch_list){ 0 };
}
