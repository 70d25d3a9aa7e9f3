/* SPDX-License-Identifier: MIT */
/*
 * Anthony Dekker, "Kohonen neural networks for optimal colour quantization", Network: Computation in Neural Systems
 * 5, 1994.
 *
 * Trains a row of neurons, each a colour, with one pixel after the other. The nearest neuron moves towards the pixel,
 * with a handicap for those that were often nearest, and its neighbours in the row follow to a lesser degree. The
 * movement decreases over time. Integer arithmetic makes the result independent of the compiler.
 */
#include "palette/quantize-nq.h"

#include <stdlib.h>

enum {
    MAX_NEURONS = 256,
    COLOUR_BITS = 6,                       /* fraction bits of colours */
    ONE = 1 << 28,                         /* frequency 1 */
    BETA_BITS = 10,                        /* frequencies decay by 1/1024 per step */
    HANDICAP_BITS = 28 - 10 - COLOUR_BITS, /* the handicap of a neuron that always wins is 1024 */
    ALPHA_BITS = 10,                       /* fraction bits of alpha, which starts at 1 */
    RADIUS_BITS = 6,
    DECAY = 30, /* alpha and radius decay by 1/30 per cycle */
    CYCLES = 100,
    VISITS = 4, /* per pixel of a small sample */
    MAX_STEPS = 1 << 15
};

struct network {
    uint32_t count;
    int32_t red[MAX_NEURONS], green[MAX_NEURONS], blue[MAX_NEURONS];
    int32_t frequency[MAX_NEURONS];
};

/* Start with grays of equal frequency. */
static void
start_network(struct network *network, uint32_t count)
{
    network->count = count;
    for (uint32_t i = 0; i < count; i++) {
        network->red[i] = network->green[i] = network->blue[i] = (int32_t)((i * 256 + 128) / count << COLOUR_BITS);
        network->frequency[i] = ONE / (int32_t)count;
    }
}

/* The nearest neuron with handicaps. Raises the frequency of the nearest without handicaps. */
static uint32_t
find_winner(struct network *network, int32_t red, int32_t green, int32_t blue)
{
    int32_t nearest_at = INT32_MAX, winner_at = INT32_MAX;
    uint32_t nearest = 0, winner = 0;

    for (uint32_t i = 0; i < network->count; i++) {
        int32_t distance = abs(network->red[i] - red) + abs(network->green[i] - green) + abs(network->blue[i] - blue);
        int32_t handicapped = distance + (network->frequency[i] >> HANDICAP_BITS);
        nearest = distance < nearest_at ? i : nearest;
        nearest_at = distance < nearest_at ? distance : nearest_at;
        winner = handicapped < winner_at ? i : winner;
        winner_at = handicapped < winner_at ? handicapped : winner_at;
        network->frequency[i] -= network->frequency[i] >> BETA_BITS;
    }
    network->frequency[nearest] += ONE >> BETA_BITS;
    return winner;
}

static void
move_neuron(struct network *network, uint32_t i, int32_t red, int32_t green, int32_t blue, int32_t alpha)
{
    network->red[i] += (red - network->red[i]) * alpha / (1 << ALPHA_BITS);
    network->green[i] += (green - network->green[i]) * alpha / (1 << ALPHA_BITS);
    network->blue[i] += (blue - network->blue[i]) * alpha / (1 << ALPHA_BITS);
}

static void
train_pixel(struct network *network, uint32_t key, int32_t alpha, int32_t radius)
{
    int32_t red = (int32_t)(key >> 16) << COLOUR_BITS, green = (int32_t)(key >> 8 & 0xff) << COLOUR_BITS;
    int32_t blue = (int32_t)(key & 0xff) << COLOUR_BITS, winner = (int32_t)find_winner(network, red, green, blue);

    move_neuron(network, winner, red, green, blue, alpha);
    for (int32_t by = 1; by < radius; by++) {
        int32_t less = alpha * (radius * radius - by * by) / (radius * radius);
        if (winner - by >= 0)
            move_neuron(network, winner - by, red, green, blue, less);
        if (winner + by < (int32_t)network->count)
            move_neuron(network, winner + by, red, green, blue, less);
    }
}

/* A stride that visits every pixel, each far from the last. */
static uint32_t
stride_for(uint32_t count)
{
    static const uint32_t primes[] = { 499, 491, 487 };
    uint32_t i = 0;

    while (i < 2 && count % primes[i] == 0)
        i++;
    return primes[i];
}

static void
train_network(struct network *network, const struct gif_sample *sample)
{
    uint32_t steps = sample->count > MAX_STEPS / VISITS ? MAX_STEPS : sample->count * VISITS;
    uint32_t cycle = steps / CYCLES + 1, stride = stride_for(sample->count), at = 0;
    int32_t alpha = 1 << ALPHA_BITS, radius = (int32_t)(network->count << RADIUS_BITS) / 8;

    for (uint32_t step = 1; step <= steps; step++) {
        train_pixel(network, sample->keys[at], alpha, radius >> RADIUS_BITS);
        at = (at + stride) % sample->count;
        if (step % cycle)
            continue;
        alpha -= alpha / DECAY;
        radius -= radius / DECAY;
    }
}

static uint32_t
shade_of(int32_t value)
{
    uint32_t shade = (uint32_t)(value + (1 << (COLOUR_BITS - 1))) >> COLOUR_BITS;

    return shade > 255 ? 255 : shade;
}

static uint32_t
choose_nq(void *memory, struct gif_sample *sample, const struct gif_points *points, uint32_t limit, uint32_t *palette)
{
    struct network network;
    (void)memory, (void)points;

    start_network(&network, limit);
    train_network(&network, sample);
    for (uint32_t i = 0; i < limit; i++)
        palette[i] = shade_of(network.red[i]) << 16 | shade_of(network.green[i]) << 8 | shade_of(network.blue[i]);
    return limit;
}

const struct gif_quantizer gif_quantizer_nq = { .choose = choose_nq };
