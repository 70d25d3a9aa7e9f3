/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Integers in files: little-endian (`le`) and big-endian (`be`), at any address.
 *
 * Header-only. Loads read, and stores write, exactly the bytes of the type; stores return the address behind them.
 */
#ifndef MIM_KIT_BYTES_H
#define MIM_KIT_BYTES_H

#include <stdint.h>

static inline uint16_t
mim_load_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t
mim_load_le32(const uint8_t *bytes)
{
    return mim_load_le16(bytes) | (uint32_t)mim_load_le16(bytes + 2) << 16;
}

static inline uint64_t
mim_load_le64(const uint8_t *bytes)
{
    return mim_load_le32(bytes) | (uint64_t)mim_load_le32(bytes + 4) << 32;
}

static inline uint16_t
mim_load_be16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t
mim_load_be32(const uint8_t *bytes)
{
    return (uint32_t)mim_load_be16(bytes) << 16 | mim_load_be16(bytes + 2);
}

static inline uint64_t
mim_load_be64(const uint8_t *bytes)
{
    return (uint64_t)mim_load_be32(bytes) << 32 | mim_load_be32(bytes + 4);
}

static inline uint8_t *
mim_store_le16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
    return bytes + 2;
}

static inline uint8_t *
mim_store_le32(uint8_t *bytes, uint32_t value)
{
    return mim_store_le16(mim_store_le16(bytes, (uint16_t)value), (uint16_t)(value >> 16));
}

static inline uint8_t *
mim_store_le64(uint8_t *bytes, uint64_t value)
{
    return mim_store_le32(mim_store_le32(bytes, (uint32_t)value), (uint32_t)(value >> 32));
}

static inline uint8_t *
mim_store_be16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return bytes + 2;
}

static inline uint8_t *
mim_store_be32(uint8_t *bytes, uint32_t value)
{
    return mim_store_be16(mim_store_be16(bytes, (uint16_t)(value >> 16)), (uint16_t)value);
}

static inline uint8_t *
mim_store_be64(uint8_t *bytes, uint64_t value)
{
    return mim_store_be32(mim_store_be32(bytes, (uint32_t)(value >> 32)), (uint32_t)value);
}

#endif
