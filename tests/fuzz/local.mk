# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz: every reader of outside bytes. `make check` replays good files, what becomes of them when they are damaged, and what
# once went wrong (test_fuzz_NAME: replay.c); `make fuzz` looks for more with libFuzzer, in a tree of its own that clang builds.
FUZZ_COMMON = tests/fuzz/fuzz.c tests/fuzz/fuzz.h
FUZZ_REPLAY = $(FUZZ_COMMON) tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_NAMES = ini system safetensors checkpoint state json recording part atlas corpus

check_PROGRAMS += tests/fuzz/test_fuzz_ini
tests_fuzz_test_fuzz_ini_SOURCES = tests/fuzz/fuzz_ini.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_system
tests_fuzz_test_fuzz_system_SOURCES = tests/fuzz/fuzz_system.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_safetensors
tests_fuzz_test_fuzz_safetensors_SOURCES = tests/fuzz/fuzz_safetensors.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_checkpoint
tests_fuzz_test_fuzz_checkpoint_SOURCES = tests/fuzz/fuzz_checkpoint.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_state
tests_fuzz_test_fuzz_state_SOURCES = tests/fuzz/fuzz_state.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_json
tests_fuzz_test_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_recording
tests_fuzz_test_fuzz_recording_SOURCES = tests/fuzz/fuzz_recording.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_part
tests_fuzz_test_fuzz_part_SOURCES = tests/fuzz/fuzz_part.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_atlas
tests_fuzz_test_fuzz_atlas_SOURCES = tests/fuzz/fuzz_atlas.c $(FUZZ_REPLAY)
check_PROGRAMS += tests/fuzz/test_fuzz_corpus
tests_fuzz_test_fuzz_corpus_SOURCES = tests/fuzz/fuzz_corpus.c $(FUZZ_REPLAY)

check_PROGRAMS += tests/fuzz/test_hostile

# With libFuzzer's main instead of replay.c: only a clang that was told so can link them (tests/fuzz/fuzz.sh).
EXTRA_PROGRAMS += tests/fuzz/fuzz_ini
tests_fuzz_fuzz_ini_SOURCES = tests/fuzz/fuzz_ini.c $(FUZZ_COMMON)
tests_fuzz_fuzz_ini_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_system
tests_fuzz_fuzz_system_SOURCES = tests/fuzz/fuzz_system.c $(FUZZ_COMMON)
tests_fuzz_fuzz_system_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_safetensors
tests_fuzz_fuzz_safetensors_SOURCES = tests/fuzz/fuzz_safetensors.c $(FUZZ_COMMON)
tests_fuzz_fuzz_safetensors_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_checkpoint
tests_fuzz_fuzz_checkpoint_SOURCES = tests/fuzz/fuzz_checkpoint.c $(FUZZ_COMMON)
tests_fuzz_fuzz_checkpoint_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_state
tests_fuzz_fuzz_state_SOURCES = tests/fuzz/fuzz_state.c $(FUZZ_COMMON)
tests_fuzz_fuzz_state_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_COMMON)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_recording
tests_fuzz_fuzz_recording_SOURCES = tests/fuzz/fuzz_recording.c $(FUZZ_COMMON)
tests_fuzz_fuzz_recording_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_part
tests_fuzz_fuzz_part_SOURCES = tests/fuzz/fuzz_part.c $(FUZZ_COMMON)
tests_fuzz_fuzz_part_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_atlas
tests_fuzz_fuzz_atlas_SOURCES = tests/fuzz/fuzz_atlas.c $(FUZZ_COMMON)
tests_fuzz_fuzz_atlas_LDFLAGS = $(FUZZ_LINK)
EXTRA_PROGRAMS += tests/fuzz/fuzz_corpus
tests_fuzz_fuzz_corpus_SOURCES = tests/fuzz/fuzz_corpus.c $(FUZZ_COMMON)
tests_fuzz_fuzz_corpus_LDFLAGS = $(FUZZ_LINK)

# make fuzz FUZZ_SECONDS=600 FUZZ_TARGETS="json part"
FUZZ_SECONDS = 60
FUZZ_TARGETS = $(FUZZ_NAMES)
.PHONY: fuzz
fuzz:
	$(srcdir)/tests/fuzz/fuzz.sh '$(abs_srcdir)' '$(FUZZ_SECONDS)' $(FUZZ_TARGETS)

EXTRA_DIST += tests/fuzz/fuzz.sh tests/fuzz/ini.dict tests/fuzz/system.dict tests/fuzz/safetensors.dict tests/fuzz/json.dict tests/fuzz/corpus
CLEANFILES += $(EXTRA_PROGRAMS)
