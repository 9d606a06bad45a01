// SPDX-License-Identifier: GPL-3.0-or-later
// test_digest: SHA-256 gives the values of FIPS 180-4's examples, whatever pieces the bytes come in
#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

static const char *digest_of(const void *data, size_t size, size_t piece)
{
  static char hex[FHRL_DIGEST_SIZE];
  fhrl_digest d;
  fhrl_digest_begin(&d);
  for (size_t i = 0; i < size; i += piece) fhrl_digest_add(&d, (const char *)data + i, size - i < piece ? size - i : piece);
  fhrl_digest_end(&d, hex);
  return hex;
}

// NIST, Cryptographic Standards and Guidelines, Examples with Intermediate Values, SHA-256; the empty text and the million
// 'a' likewise.
START_TEST(the_standards_examples_come_out)
{
  static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  char *million = malloc(1000000);
  ck_assert_ptr_nonnull(million);
  memset(million, 'a', 1000000);
  ck_assert_str_eq(digest_of("", 0, 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  ck_assert_str_eq(digest_of("abc", 3, 1), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  ck_assert_str_eq(digest_of(two_blocks, 56, 56), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  ck_assert_str_eq(digest_of(million, 1000000, 999), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  free(million);
}
END_TEST

START_TEST(pieces_do_not_matter)
{
  char bytes[300], whole[FHRL_DIGEST_SIZE];
  for (int i = 0; i < 300; i++) bytes[i] = (char)(7 * i);
  for (size_t size = 50; size < 300; size++) { // every length of the padding
    strcpy(whole, digest_of(bytes, size, size));
    ck_assert_str_eq(whole, digest_of(bytes, size, 13));
  }
}
END_TEST

START_TEST(texts_do_not_run_into_each_other)
{
  char a[FHRL_DIGEST_SIZE], b[FHRL_DIGEST_SIZE];
  fhrl_digest d;
  fhrl_digest_begin(&d), fhrl_digest_text(&d, "ab"), fhrl_digest_text(&d, "c"), fhrl_digest_end(&d, a);
  fhrl_digest_begin(&d), fhrl_digest_text(&d, "a"), fhrl_digest_text(&d, "bc"), fhrl_digest_end(&d, b);
  ck_assert_str_ne(a, b);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/digest");
  TCase *t = tcase_create("digest");
  tcase_add_test(t, the_standards_examples_come_out);
  tcase_add_test(t, pieces_do_not_matter);
  tcase_add_test(t, texts_do_not_run_into_each_other);
  suite_add_tcase(s, t);
  return run_suite(s);
}
