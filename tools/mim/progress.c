/* SPDX-License-Identifier: MIT */
/* The progress line: frames, rate, remaining time. */
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

/* Global, because there is only one terminal. */
static struct {
    bool is_wanted, is_visible;
    double started, shown;
} line;

static double
seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void
progress_start(void)
{
    const char *terminal = getenv("TERM");
    line.is_wanted = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb");
    line.is_visible = false;
    line.started = seconds_now();
    line.shown = line.started + FIRST_SHOWN_SECONDS - BETWEEN_SECONDS;
}

static void
print_bar(double part)
{
    const char *no_color = getenv("NO_COLOR");
    bool coloured = !(no_color && *no_color);
    int full = (int)(part * BAR_WIDTH);

    fputs(coloured ? "[\033[32m" : "[", stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < full ? '#' : ' ', stderr);
    fputs(coloured ? "\033[0m] " : "] ", stderr);
}

/* Draws the line: a bar if `total` is known, `done` of `total` things, frames per second, remaining time. */
static void
draw_line(uint64_t done, uint64_t total, const char *things, uint64_t frames, double elapsed)
{
    bool known = total != MIM_UNKNOWN && total >= done && total > 0;
    double rate = (double)frames / elapsed;

    fputs("\r\033[K", stderr);
    if (known)
        print_bar((double)done / (double)total);
    fprintf(stderr, "%llu", (unsigned long long)done);
    if (known)
        fprintf(stderr, "/%llu", (unsigned long long)total);
    fprintf(stderr, " %s, %.*f/s", things, rate < 10 ? 1 : 0, rate);
    if (known && done) {
        double left = (double)(total - done) * elapsed / (double)done;
        fprintf(stderr, ", %.0f:%02d left", (double)(int64_t)(left / 60), (int)left % 60);
    }
    fflush(stderr);
}

/* Returns the running time of the job if the line is due to be redrawn, else 0. */
static double
seconds_when_due(void)
{
    double time = line.is_wanted ? seconds_now() : 0;
    if (!line.is_wanted || time - line.shown < BETWEEN_SECONDS)
        return 0;

    line.is_visible = true;
    line.shown = time;
    return time - line.started;
}

int
progress_show(void *user, const struct mim_progress *progress)
{
    (void)user;
    double elapsed = seconds_when_due();
    if (elapsed > 0)
        draw_line(progress->done, progress->total, "frames", progress->done, elapsed);
    return 0;
}

void
progress_show_files(uint64_t done, uint64_t total, uint64_t frames)
{
    double elapsed = seconds_when_due();
    char things[40];

    snprintf(things, sizeof things, "files, %llu frames", (unsigned long long)frames);
    if (elapsed > 0)
        draw_line(done, total, things, frames, elapsed);
}

void
progress_clear(void)
{
    if (line.is_visible)
        fputs("\r\033[K", stderr);
    line.is_visible = false;
}
