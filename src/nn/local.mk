# SPDX-License-Identifier: GPL-3.0-or-later
# nn: the discrete network and its training
FHRL_NN_SOURCES = \
	src/nn/real.h src/nn/gpt_load.c src/nn/gpt_random.c src/nn/gpt_save.c src/nn/adamw.c src/nn/adamw.h \
	src/nn/arena.c src/nn/arena.h src/nn/attention.c src/nn/attention.h src/nn/block.c src/nn/block.h \
	src/nn/corpus.c src/nn/corpus.h src/nn/embed.c src/nn/embed.h src/nn/evaluate.c src/nn/evaluate.h src/nn/engine.c src/nn/engine.h \
	src/nn/fhrl.c src/nn/fhrl.h src/nn/freeze.c src/nn/freeze.h src/nn/gemm.c src/nn/gemm.h src/nn/gpt.c src/nn/gpt.h \
	src/nn/kernel.c src/nn/kernel.h src/nn/linear.c src/nn/linear.h src/nn/logistic.h src/nn/loss.c src/nn/loss.h \
	src/nn/memory.c src/nn/memory.h src/nn/delta.c src/nn/delta.h src/nn/hebbian.c src/nn/hebbian.h \
	src/nn/retention.c src/nn/retention.h src/nn/metadata.c src/nn/metadata.h src/nn/network.c src/nn/network.h src/nn/noise.c src/nn/noise.h \
	src/nn/optimizer.c src/nn/optimizer.h src/nn/record.c src/nn/record.h src/nn/sample.c src/nn/sample.h src/nn/tape.c src/nn/tape.h src/nn/team.c src/nn/team.h \
	src/nn/train.c src/nn/train.h src/nn/train_state.c src/nn/train_state.h
libfhrl_nn_a_SOURCES += $(FHRL_NN_SOURCES)
EXTRA_DIST += src/nn/gelu_fit.py

# The kernels want contraction to FMA, which everything else does without: one answer over compilers is worth more
# there. On x86-64 they are built once per vector level (base/cpu.h).
FHRL_KERNEL_SOURCES = src/nn/kernel_vector.h src/nn/kernel_gemm.c src/nn/kernel_matmul.c src/nn/kernel_rows.c src/nn/kernel_slots.c
FHRL_KERNEL_FLAGS = $(AM_CFLAGS) -ffp-contract=fast -fno-trapping-math
# exp and gelu without it: the same bits at every level.
FHRL_SMOOTH_SOURCES = src/nn/kernel_vector.h src/nn/kernel_smooth.c
FHRL_SMOOTH_FLAGS = $(AM_CFLAGS) -fno-trapping-math
FHRL_AVX2_FLAGS = -mavx2 -mfma -DFHRL_KERNEL_LEVEL=avx2
FHRL_AVX512_FLAGS = -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512 -DFHRL_KERNEL_LEVEL=avx512
noinst_LIBRARIES += libfhrl_kernel_base.a libfhrl_smooth_base.a
libfhrl_kernel_base_a_SOURCES = $(FHRL_KERNEL_SOURCES)
libfhrl_kernel_base_a_CFLAGS = $(FHRL_KERNEL_FLAGS) -DFHRL_KERNEL_LEVEL=base
libfhrl_smooth_base_a_SOURCES = $(FHRL_SMOOTH_SOURCES)
libfhrl_smooth_base_a_CFLAGS = $(FHRL_SMOOTH_FLAGS) -DFHRL_KERNEL_LEVEL=base
libfhrl_nn_a_LIBADD = $(libfhrl_kernel_base_a_OBJECTS) $(libfhrl_smooth_base_a_OBJECTS)
libfhrl_nn_a_CFLAGS = $(AM_CFLAGS)
if X86_64
noinst_LIBRARIES += libfhrl_kernel_avx2.a libfhrl_kernel_avx512.a libfhrl_smooth_avx2.a libfhrl_smooth_avx512.a
libfhrl_kernel_avx2_a_SOURCES = $(FHRL_KERNEL_SOURCES)
libfhrl_kernel_avx2_a_CFLAGS = $(FHRL_KERNEL_FLAGS) $(FHRL_AVX2_FLAGS)
libfhrl_kernel_avx512_a_SOURCES = $(FHRL_KERNEL_SOURCES)
libfhrl_kernel_avx512_a_CFLAGS = $(FHRL_KERNEL_FLAGS) $(FHRL_AVX512_FLAGS)
libfhrl_smooth_avx2_a_SOURCES = $(FHRL_SMOOTH_SOURCES)
libfhrl_smooth_avx2_a_CFLAGS = $(FHRL_SMOOTH_FLAGS) $(FHRL_AVX2_FLAGS)
libfhrl_smooth_avx512_a_SOURCES = $(FHRL_SMOOTH_SOURCES)
libfhrl_smooth_avx512_a_CFLAGS = $(FHRL_SMOOTH_FLAGS) $(FHRL_AVX512_FLAGS)
libfhrl_nn_a_LIBADD += $(libfhrl_kernel_avx2_a_OBJECTS) $(libfhrl_kernel_avx512_a_OBJECTS) \
	$(libfhrl_smooth_avx2_a_OBJECTS) $(libfhrl_smooth_avx512_a_OBJECTS)
libfhrl_nn_a_CFLAGS += -DFHRL_KERNEL_X86
endif

# automake leaves objects of other libraries out of what an archive waits for
libfhrl_nn_a_DEPENDENCIES = $(libfhrl_nn_a_LIBADD)

# The same sources in double: what the tests of gradients and golden values link instead of libfhrl_nn.a.
check_LIBRARIES += libfhrl_nn64.a
libfhrl_nn64_a_SOURCES = $(FHRL_NN_SOURCES) $(FHRL_KERNEL_SOURCES) src/nn/kernel_smooth.c
libfhrl_nn64_a_CFLAGS = $(AM_CFLAGS) -DFHRL_NN_DOUBLE
