# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/models/test_contract
tests_models_test_contract_SOURCES = tests/models/test_contract.c tests/models/variants.c tests/models/variants.h
check_PROGRAMS += tests/models/test_idp_hopfield
