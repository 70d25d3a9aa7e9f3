/* SPDX-License-Identifier: MIT */
/* The progress line: frames, rate, time left. */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FIRST_SHOWN_SECONDS 0.5
#define BETWEEN_SECONDS 0.1
#define BAR_WIDTH 24

/* There is one terminal, so there is one line. */
static struct {
    bool wanted, visible;
    double started, shown;
} line;

static double
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void
progress_start(void)
{
    const char *terminal = getenv("TERM");
    line.wanted = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb");
    line.visible = false;
    line.started = now();
    line.shown = line.started + FIRST_SHOWN_SECONDS - BETWEEN_SECONDS;
}

static void
put_bar(double part)
{
    const char *no_color = getenv("NO_COLOR");
    bool coloured = !(no_color && *no_color);
    int full = (int)(part * BAR_WIDTH);

    fputs(coloured ? "[\033[32m" : "[", stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < full ? '#' : ' ', stderr);
    fputs(coloured ? "\033[0m] " : "] ", stderr);
}

static void
draw(const struct mim_progress *progress, double elapsed)
{
    bool known = progress->total != MIM_UNKNOWN && progress->total >= progress->done && progress->total > 0;
    double rate = (double)progress->done / elapsed;

    fputs("\r\033[K", stderr);
    if (known)
        put_bar((double)progress->done / (double)progress->total);
    fprintf(stderr, "%llu", (unsigned long long)progress->done);
    if (known)
        fprintf(stderr, "/%llu", (unsigned long long)progress->total);
    fprintf(stderr, " frames, %.*f/s", rate < 10 ? 1 : 0, rate);
    if (known && rate > 0) {
        double left = (double)(progress->total - progress->done) / rate;
        fprintf(stderr, ", %.0f:%02d left", (double)(int64_t)(left / 60), (int)left % 60);
    }
    fflush(stderr);
}

int
progress_show(void *user, const struct mim_progress *progress)
{
    (void)user;
    double time = line.wanted ? now() : 0;
    if (!line.wanted || time - line.shown < BETWEEN_SECONDS)
        return 0;

    draw(progress, time - line.started);
    line.visible = true;
    line.shown = time;
    return 0;
}

void
progress_clear(void)
{
    if (line.visible)
        fputs("\r\033[K", stderr);
    line.visible = false;
}
