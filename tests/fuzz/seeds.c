/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target on every file of a directory, once: its seeds and what it ever found are a test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In memory of exactly its size, so that a sanitizer sees the end. */
static int
run(const char *folder, const char *name)
{
    char path[4096];
    struct stat facts;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    int is_read = 0;

    if (file && fstat(fileno(file), &facts) == 0 && (data = malloc((size_t)facts.st_size + !facts.st_size)))
        is_read = fread(data, 1, (size_t)facts.st_size, file) == (size_t)facts.st_size;
    if (is_read)
        LLVMFuzzerTestOneInput(data, (size_t)facts.st_size); /* aborts when it does not like what it sees */
    if (file)
        fclose(file);
    free(data);
    return is_read;
}

int
main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int count = argc == 2 ? scandir(argv[1], &entries, is_seed, alphasort) : -1;
    if (count < 1) {
        printf("Bail out! no seeds\n");
        return 1;
    }
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        printf("%sok %d - %s\n", run(argv[1], entries[i]->d_name) ? "" : "not ", i + 1, entries[i]->d_name);
        fflush(stdout);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
