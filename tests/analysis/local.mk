# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/analysis/test_metrics
check_PROGRAMS += tests/analysis/test_spectrum
check_PROGRAMS += tests/analysis/test_drift
check_PROGRAMS += tests/analysis/test_surrogate
check_PROGRAMS += tests/analysis/test_weight
check_PROGRAMS += tests/analysis/test_slots
check_PROGRAMS += tests/analysis/test_probe
check_PROGRAMS += tests/analysis/test_layer
tests_analysis_test_layer_SOURCES = tests/analysis/test_layer.c tests/analysis/golden_layer.h
check_PROGRAMS += tests/analysis/test_ladder
tests_analysis_test_ladder_SOURCES = tests/analysis/test_ladder.c tests/analysis/golden_layer.h
EXTRA_DIST += tests/golden/A/weights.txt tests/golden/A/expect.txt tests/golden/C/weights.txt tests/golden/C/expect.txt
EXTRA_DIST += tests/golden/F/weights.txt tests/golden/F/expect.txt
check_PROGRAMS += tests/analysis/test_ladder_stability
tests_analysis_test_ladder_stability_SOURCES = tests/analysis/test_ladder_stability.c tests/analysis/golden_layer.h
check_PROGRAMS += tests/analysis/test_compare
tests_analysis_test_compare_SOURCES = tests/analysis/test_compare.c tests/analysis/golden_layer.h
check_PROGRAMS += tests/analysis/test_compare_sides
tests_analysis_test_compare_sides_SOURCES = tests/analysis/test_compare_sides.c tests/analysis/golden_layer.h
EXTRA_DIST += tests/golden/E/expect.txt
check_PROGRAMS += tests/analysis/test_step_born
tests_analysis_test_step_born_SOURCES = tests/analysis/test_step_born.c tests/analysis/golden_layer.h
check_PROGRAMS += tests/analysis/test_verified
check_PROGRAMS += tests/analysis/test_iss
tests_analysis_test_iss_SOURCES = tests/analysis/test_iss.c tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_iss_proof
tests_analysis_test_iss_proof_SOURCES = tests/analysis/test_iss_proof.c tests/analysis/audited.c tests/analysis/audited.h \
	tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_iss_lab
tests_analysis_test_iss_lab_SOURCES = tests/analysis/test_iss_lab.c tests/analysis/audited.c tests/analysis/audited.h \
	tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_equilibrium
tests_analysis_test_equilibrium_SOURCES = tests/analysis/test_equilibrium.c tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_contour
check_PROGRAMS += tests/analysis/test_probe_session
check_PROGRAMS += tests/analysis/test_portrait
tests_analysis_test_portrait_SOURCES = tests/analysis/test_portrait.c tests/analysis/drawn.c tests/analysis/drawn.h \
	tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_portrait_plane
tests_analysis_test_portrait_plane_SOURCES = tests/analysis/test_portrait_plane.c tests/analysis/drawn.c tests/analysis/drawn.h \
	tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_portrait_saddle
tests_analysis_test_portrait_saddle_SOURCES = tests/analysis/test_portrait_saddle.c tests/analysis/drawn.c tests/analysis/drawn.h \
	tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_pca
check_PROGRAMS += tests/analysis/test_compare_files
check_PROGRAMS += tests/analysis/test_exponents
tests_analysis_test_exponents_SOURCES = tests/analysis/test_exponents.c tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_exponents_blocks
tests_analysis_test_exponents_blocks_SOURCES = tests/analysis/test_exponents_blocks.c tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_continuation
tests_analysis_test_continuation_SOURCES = tests/analysis/test_continuation.c tests/analysis/given.c tests/analysis/given.h \
	tests/analysis/normal_forms.c tests/analysis/normal_forms.h
check_PROGRAMS += tests/analysis/test_prove
tests_analysis_test_prove_SOURCES = tests/analysis/test_prove.c tests/analysis/given.c tests/analysis/given.h
check_PROGRAMS += tests/analysis/test_arnoldi
check_PROGRAMS += tests/analysis/test_step_limit
tests_analysis_test_step_limit_SOURCES = tests/analysis/test_step_limit.c tests/analysis/given.c tests/analysis/given.h \
	tests/analysis/golden_layer.h
check_PROGRAMS += tests/analysis/test_claims
check_PROGRAMS += tests/analysis/test_sweep_plan
