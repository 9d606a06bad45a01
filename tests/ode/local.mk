# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/ode/test_system
check_PROGRAMS += tests/ode/test_matrices
check_PROGRAMS += tests/ode/test_input
check_PROGRAMS += tests/ode/test_integrator
check_PROGRAMS += tests/ode/test_failure
check_PROGRAMS += tests/ode/test_trajectory
check_PROGRAMS += tests/ode/test_vector
tests_ode_test_integrator_SOURCES = tests/ode/test_integrator.c tests/ode/exponential.h
check_PROGRAMS += tests/ode/test_iteration
check_PROGRAMS += tests/ode/test_dop853
check_PROGRAMS += tests/ode/test_event
check_PROGRAMS += tests/ode/test_ensemble
check_PROGRAMS += tests/ode/test_kinsol
