/* SPDX-License-Identifier: MIT */
/* Parses the values of a manifest's keys. */
#include "registry/manifest-values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/manifest.h"

bool
mim_manifest_take_text(void *field, const char *value, const char **wrong)
{
    char **text = field;
    *wrong = *text ? "the key occurs twice" : NULL;
    return !*text && (*text = strdup(value));
}

bool
mim_manifest_take_list(void *field, const char *value, const char **wrong)
{
    char **list = field;
    size_t used = *list ? strlen(*list) : 0, more = strlen(value);
    *wrong = NULL;
    char *joined = realloc(*list, used + more + 2);
    if (!joined)
        return false;
    *list = joined;
    if (used)
        joined[used++] = ' ';
    for (size_t i = 0; i <= more; i++)
        joined[used + i] = (char)tolower((unsigned char)value[i]);
    return true;
}

bool
mim_manifest_take_number(void *field, const char *value, const char **wrong)
{
    char *end;
    long number = strtol(value, &end, 10);
    *wrong = "expected a number from 0 to 9999";
    if (end == value || *end || number < 0 || number > 9999)
        return false;
    *(int *)field = (int)number;
    return true;
}

bool
mim_manifest_take_abi(void *field, const char *value, const char **wrong)
{
    struct mim_abi *abi = field;
    int end = 0;
    *wrong = "expected MAJOR.MINOR";
    return sscanf(value, "%4d.%4d%n", &abi->major, &abi->minor, &end) == 2 && !value[end] && abi->major >= 0 &&
           abi->minor >= 0;
}
