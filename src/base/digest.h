// SPDX-License-Identifier: GPL-3.0-or-later
// digest: SHA-256 (FIPS 180-4): what a file held, in 64 characters that `sha256sum` gives, too
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { FHRL_DIGEST_SIZE = 65 }; // 64 hexadecimal digits and the NUL

typedef struct fhrl_digest {
  uint32_t h[8];
  uint8_t block[64]; // bytes that do not fill a block yet
  uint64_t length;   // bytes so far
} fhrl_digest;

void fhrl_digest_begin(fhrl_digest *d);
void fhrl_digest_add(fhrl_digest *d, const void *data, size_t size);
// The text and its NUL: where one text ends and the next begins is part of what is digested.
void fhrl_digest_text(fhrl_digest *d, const char *text);
void fhrl_digest_end(fhrl_digest *d, char hex[FHRL_DIGEST_SIZE]);
