# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/models/test_contract
tests_models_test_contract_SOURCES = tests/models/test_contract.c tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_fhrl
check_PROGRAMS += tests/models/test_textbook
tests_models_test_textbook_SOURCES = tests/models/test_textbook.c tests/models/orbit.c tests/models/orbit.h \
	tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_fhrl_flow
tests_models_test_fhrl_flow_SOURCES = tests/models/test_fhrl_flow.c tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_learning
tests_models_test_learning_SOURCES = tests/models/test_learning.c tests/models/orbit.c tests/models/orbit.h \
	tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_networks
tests_models_test_networks_SOURCES = tests/models/test_networks.c tests/models/orbit.c tests/models/orbit.h \
	tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_idp_hopfield
check_PROGRAMS += tests/models/test_lanes
tests_models_test_lanes_SOURCES = tests/models/test_lanes.c tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_idp_cycle
tests_models_test_idp_cycle_SOURCES = tests/models/test_idp_cycle.c tests/models/orbit.c tests/models/orbit.h \
	tests/models/variants.c tests/models/variants.h
