# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/ode/test_system tests/ode/test_integrator tests/ode/test_failure
check_PROGRAMS += tests/ode/test_system tests/ode/test_integrator tests/ode/test_failure \
	tests/ode/test_matrices tests/ode/test_input tests/ode/test_trajectory
tests_ode_test_integrator_SOURCES = tests/ode/test_integrator.c tests/ode/exponential.h
