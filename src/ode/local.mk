# SPDX-License-Identifier: GPL-3.0-or-later
# ode: the continuous side: models, bound systems, inputs, the integrator, trajectories
libfhrl_a_SOURCES += \
	src/ode/model.h \
	src/ode/system.c src/ode/system.h src/ode/system_fields.c src/ode/system_create.c src/ode/system_start.c \
	src/ode/input.c src/ode/input.h src/ode/input_init.c \
	src/ode/integrator.c src/ode/integrator.h src/ode/integrator_state.h src/ode/integrator_choose.c \
	src/ode/integrator_failure.c src/ode/integrator_event.c \
	src/ode/trajectory.c src/ode/trajectory.h \
	src/ode/iteration.c src/ode/iteration.h \
	src/ode/sundials_compat.h src/ode/sundials_vector.c src/ode/sundials_vector.h \
	src/ode/sundials_cvode.c src/ode/sundials_cvode.h src/ode/engine.h \
	src/ode/sundials_kinsol.c src/ode/sundials_kinsol.h \
	src/ode/batch.c src/ode/batch.h src/ode/ensemble.c src/ode/ensemble.h \
	src/ode/dop853.c src/ode/dop853.h src/ode/dop853_table.h
