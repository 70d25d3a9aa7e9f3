/* SPDX-License-Identifier: MIT */
/* Reads files truncated at every byte, and files with changed bytes. A truncated file must not be read with success,
 * and no file may exceed the limits of memory and time. MIM_FAULT_MUTANTS sets the number of mutants per format. finds/
 * has files that once failed. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "faults.h"
#include "subject.h"

#define FRAME_PIXELS (1u << 18)
#define WORKING_BYTES (16u << 20)
#define MAX_BYTES (WORKING_BYTES + (6u << 20)) /* plus the caller's frames, and buffers and tables of fixed size */
#define SECONDS 20

/* --- saving the current file when it crashes the program --------------------------------------------------------- */

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static struct subject current;

static void
keep_current(void)
{
    FILE *file = current.size ? fopen(current.name, "wb") : NULL;
    if (file) {
        fwrite(current.data, 1, current.size, file);
        fclose(file);
    }
}

static void
on_death(int number)
{
    keep_current();
    signal(number, SIG_DFL);
    raise(number);
}

static void
watch_for_death(void)
{
    static const int deadly[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
    signal(SIGALRM, on_death);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keep_current);
    for (size_t i = 0; !__sanitizer_set_death_callback && i < sizeof deadly / sizeof *deadly; i++)
        signal(deadly[i], on_death);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

static struct outcome
read_bytes(struct mim_context *context, const char *name, unsigned char *data, size_t size)
{
    current = (struct subject){ .data = data, .size = size };
    snprintf(current.name, sizeof current.name, "fault-find-%.40s", name);
    const struct attempt attempt = {
        .subject = &current,
        .context = context,
        .limits = { .working_bytes = WORKING_BYTES, .frame_pixels = FRAME_PIXELS, .frames = 1000 },
    };
    alarm(SECONDS);
    struct outcome outcome = subject_try(&attempt);
    alarm(0);
    return outcome;
}

static struct mim_context *
open_context(void)
{
    struct mim_context *context = NULL;
    CHECK(subject_context(&context, 1) == MIM_OK);
    return context;
}

/* Copies bytes to an allocation of exactly their size, so that a sanitizer detects every access beyond the end. */
static unsigned char *
copy_of(const unsigned char *data, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    CHECK(copy);
    memcpy(copy, data, size);
    return copy;
}

/* --- truncated files --------------------------------------------------------------------------------------------- */

/* Returns whether a status is right for a truncated file. Plain samples have no end marker. If only the end marker is
 * missing, as in a GIF that ends between two blocks, or a tag's value, a notice says so. */
static bool
is_honest(const struct subject *subject, const struct outcome *outcome, size_t size)
{
    if (subject_is(subject, "raw"))
        return size % 60 ? outcome->status == MIM_TRUNCATED : outcome->status == MIM_OK && outcome->frames == size / 60;
    return outcome->status == MIM_TRUNCATED || outcome->status == MIM_CORRUPT ||
           (outcome->status == MIM_OK && outcome->notices_of_loss) ||
           (outcome->status == MIM_UNKNOWN_FORMAT && size < 16);
}

static void
no_truncated_file_succeeds_silently(void)
{
    struct mim_context *context = open_context();
    long failures = 0;
    for (size_t i = 0; i < subject_count; i++)
        for (size_t size = 0; size < subjects[i].size; size++) {
            unsigned char *copy = copy_of(subjects[i].data, size);
            struct outcome outcome = read_bytes(context, subjects[i].name, copy, size);
            free(copy);
            if (is_honest(&subjects[i], &outcome, size))
                continue;
            failures++;
            print_message("# %s cut at %zu of %zu: %s after %llu frames: %s\n", subjects[i].name, size,
                          subjects[i].size, mim_status_name(outcome.status), (unsigned long long)outcome.frames,
                          outcome.message);
        }
    mim_context_destroy(context);
    CHECK(!failures);
}

/* --- mutants ----------------------------------------------------------------------------------------------------- */

static uint64_t
random_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void
change_bit(unsigned char *data, size_t size, uint64_t *state)
{
    uint64_t r = random_number(state);
    data[(r >> 8) % size] ^= (unsigned char)(1u << (r & 7));
}

static void
set_byte(unsigned char *data, size_t size, uint64_t *state)
{
    static const unsigned char values[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
    uint64_t r = random_number(state);
    data[(r >> 8) % size] = values[(r & 0xff) % sizeof values];
}

/* Changes a number of two, four or eight bytes, in either byte order, such as a length, offset or count. */
static void
set_number(unsigned char *data, size_t size, uint64_t *state)
{
    const uint64_t values[] = { 0,          1,          0xff,       0x7fff,         0xffff,   0x7fffffff, 0x80000000,
                                0xffffffff, 0xfffffffe, UINT64_MAX, UINT64_MAX / 2, size - 1, size,       size + 1 };
    uint64_t r = random_number(state), value = values[(r >> 4 & 0xff) % (sizeof values / sizeof *values)];
    size_t width = (size_t)2 << (r & 3) % 3, place = (size_t)(r >> 12) % size;
    bool big = r & 8;
    for (size_t i = 0; i < width && place + i < size; i++)
        data[place + i] = (unsigned char)(value >> 8 * (big ? width - 1 - i : i));
}

static void
move_bytes(unsigned char *data, size_t size, uint64_t *state)
{
    size_t from = random_number(state) % size, to = random_number(state) % size;
    size_t most = size - (from > to ? from : to), n = 1 + random_number(state) % 32;
    memmove(data + to, data + from, n < most ? n : most);
}

static size_t
mutate(unsigned char *data, size_t size, uint64_t *state)
{
    static void (*const changes[])(unsigned char *, size_t, uint64_t *) = { change_bit, set_byte, set_number,
                                                                            set_number, move_bytes };
    for (uint64_t n = 1 + random_number(state) % 4; n > 0; n--)
        changes[random_number(state) % (sizeof changes / sizeof *changes)](data, size, state);
    return random_number(state) % 8 ? size : 1 + random_number(state) % size;
}

static long
mutants_wanted(void)
{
    const char *wanted = getenv("MIM_FAULT_MUTANTS"), *how = getenv("MIM_FAULTS");
    return wanted ? atol(wanted) : how && !strcmp(how, "full") ? 10000 : 500;
}

/* Returns the seed. The mutants are the same in each run unless MIM_FAULT_SEED is set. */
static uint64_t
first_number(void)
{
    const char *seed = getenv("MIM_FAULT_SEED");
    return 0x6d696d2d66617565u ^ (seed ? strtoull(seed, NULL, 10) * 0x9e3779b97f4a7c15u : 0);
}

/* Accepts any status, but not too much time or memory. */
static void
survives_mutants(const char *format)
{
    struct mim_context *context = open_context();
    uint64_t state = first_number(), largest = 0;
    long wanted = mutants_wanted(), made = 0, sound = 0;
    for (size_t i = 0; made < wanted; i = (i + 1) % subject_count) {
        if (!subject_is(&subjects[i], format))
            continue;
        unsigned char *data = copy_of(subjects[i].data, subjects[i].size);
        size_t size = mutate(data, subjects[i].size, &state);
        unsigned char *cut = copy_of(data, size);
        free(data);
        fault_memory_reset();
        struct outcome outcome = read_bytes(context, subjects[i].name, cut, size);
        uint64_t peak = fault_memory_asked().peak;
        largest = peak > largest ? peak : largest;
        sound += outcome.status == MIM_OK;
        made++;
        if (peak > MAX_BYTES) {
            print_message("# mutant %ld, of %s: %llu bytes\n", made, subjects[i].name, (unsigned long long)peak);
            keep_current();
        }
        free(cut);
    }
    mim_context_destroy(context);
    print_message("# %ld mutants of %s, %ld of them read whole, at most %llu bytes held\n", made, format, sound,
                  (unsigned long long)largest);
    CHECK(largest <= MAX_BYTES);
    CHECK(sound < made);
}

static void
survives_mutants_of_gif(void)
{
    survives_mutants("gif");
}

static void
survives_mutants_of_tiff(void)
{
    survives_mutants("tif");
}

static void
survives_mutants_of_png(void)
{
    survives_mutants("png");
}

static void
survives_mutants_of_raw(void)
{
    struct mim_context *context = open_context();
    const struct subject *raw = &subjects[subject_count - 1];
    uint64_t state = first_number();
    for (long made = mutants_wanted(); made > 0; made--) {
        unsigned char *data = copy_of(raw->data, raw->size);
        size_t size = mutate(data, raw->size, &state);
        struct outcome outcome = read_bytes(context, raw->name, data, size);
        free(data);
        CHECK(outcome.status == (size % 60 ? MIM_TRUNCATED : MIM_OK));
        CHECK(outcome.frames == size / 60);
    }
    mim_context_destroy(context);
}

/* Names of files begin with the expected status: "corrupt-loop.tif". */
static void
returns_the_expected_status_of_finds(void)
{
    static struct subject finds[200];
    struct mim_context *context = open_context();
    size_t count = subjects_load(FAULT_FINDS, finds, sizeof finds / sizeof *finds);
    long failures = 0;
    for (size_t i = 0; i < count; i++) {
        struct outcome outcome = read_bytes(context, finds[i].name, finds[i].data, finds[i].size);
        const char *status = mim_status_name(outcome.status) + strlen("MIM_");
        size_t length = strcspn(finds[i].name, "-");
        if (strlen(status) == length && !strncasecmp(status, finds[i].name, length))
            continue;
        failures++;
        print_message("# %s: %s after %llu frames: %s\n", finds[i].name, status, (unsigned long long)outcome.frames,
                      outcome.message);
    }
    mim_context_destroy(context);
    CHECK(!failures);
    CHECK(count > 0);
}

int
main(void)
{
    static const struct CMUnitTest cases[] = {
        CASE(no_truncated_file_succeeds_silently), CASE(survives_mutants_of_gif),        CASE(survives_mutants_of_tiff),
        CASE(survives_mutants_of_png),       CASE(survives_mutants_of_raw),       CASE(returns_the_expected_status_of_finds),
    };
    subjects_load_seeds();
    watch_for_death();
    return cmocka_run_group_tests_name("damage", cases, NULL, NULL);
}
