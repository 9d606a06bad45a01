# SPDX-License-Identifier: GPL-3.0-or-later
# *_double: linked with the network in double (libfhrl_nn64.a) instead of libfhrl_nn.a
NN64_LDADD = libfhrl_test.a libfhrl.a libfhrl_nn64.a libfhrl.a $(FHRL_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/nn/test_golden tests/nn/test_golden_double
tests_nn_test_golden_SOURCES = tests/nn/test_golden.c tests/nn/case.c tests/nn/case.h
tests_nn_test_golden_double_SOURCES = $(tests_nn_test_golden_SOURCES)
tests_nn_test_golden_double_CFLAGS = $(AM_CFLAGS) -DFHRL_NN_DOUBLE
tests_nn_test_golden_double_LDADD = $(NN64_LDADD)

check_PROGRAMS += tests/nn/test_gradient_double
tests_nn_test_gradient_double_SOURCES = tests/nn/test_gradient.c tests/nn/reference.c tests/nn/reference.h \
	tests/nn/reference_memory.c tests/nn/reference_memory.h
tests_nn_test_gradient_double_CFLAGS = $(AM_CFLAGS) -DFHRL_NN_DOUBLE
tests_nn_test_gradient_double_LDADD = $(NN64_LDADD)

check_PROGRAMS += tests/nn/test_corpus tests/nn/test_gpt tests/nn/test_kernel tests/nn/test_metadata tests/nn/test_record tests/nn/test_train
tests_nn_test_record_SOURCES = tests/nn/test_record.c tests/nn/case.c tests/nn/case.h

check_PROGRAMS += tests/nn/test_sample tests/nn/test_sample_double
tests_nn_test_sample_double_SOURCES = tests/nn/test_sample.c
tests_nn_test_sample_double_CFLAGS = $(AM_CFLAGS) -DFHRL_NN_DOUBLE
tests_nn_test_sample_double_LDADD = $(NN64_LDADD)
