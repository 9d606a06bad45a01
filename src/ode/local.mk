# SPDX-License-Identifier: GPL-3.0-or-later
# ode: the continuous side: models, bound systems, inputs, the integrator, trajectories
libfhrl_a_SOURCES += \
	src/ode/model.h src/ode/wide.h src/ode/wide_width.h \
	src/ode/system.c src/ode/system.h src/ode/system_fields.c src/ode/system_create.c src/ode/system_start.c \
	src/ode/input.c src/ode/input.h src/ode/input_init.c \
	src/ode/integrator.c src/ode/integrator.h src/ode/integrator_state.h src/ode/integrator_choose.c \
	src/ode/integrator_failure.c src/ode/integrator_chatter.c src/ode/integrator_event.c src/ode/integrator_crossing.c src/ode/crossing.c src/ode/crossing.h \
	src/ode/trajectory.c src/ode/trajectory.h src/ode/trajectory_part.c src/ode/trajectory_part.h \
	src/ode/iteration.c src/ode/iteration.h \
	src/ode/sundials_compat.h src/ode/sundials_vector.c src/ode/sundials_vector.h \
	src/ode/sundials_dense.c src/ode/sundials_dense.h \
	src/ode/sundials_cvode.c src/ode/sundials_cvode.h src/ode/engine.h \
	src/ode/sundials_kinsol.c src/ode/sundials_kinsol.h \
	src/ode/batch.h src/ode/ensemble.c src/ode/ensemble.h src/ode/ensemble_part.c src/ode/ensemble_part.h \
	src/ode/runge_kutta.c src/ode/runge_kutta.h \
	src/ode/dopri5.c src/ode/dopri5.h src/ode/dopri5_table.h src/ode/verner.c src/ode/verner.h src/ode/verner_table.h \
	src/ode/dop853.c src/ode/dop853.h src/ode/dop853_table.h
libfhrl_a_SOURCES += src/ode/difference.c src/ode/difference.h
libfhrl_a_SOURCES += src/ode/variant.c src/ode/variant.h
libfhrl_a_SOURCES += src/ode/contract.c src/ode/contract_table.c src/ode/contract_field.c src/ode/contract_field.h src/ode/contract.h
libfhrl_a_SOURCES += src/ode/user_model.c src/ode/user_model_build.c src/ode/user_model_cache.c src/ode/user_model_cache.h src/ode/user_model.h
libfhrl_a_SOURCES += src/ode/user_template.c src/ode/user_template.h
libfhrl_a_SOURCES += src/ode/lanes.h src/ode/vary.c src/ode/vary.h

# The batch wants contraction to FMA, which everything else does without (src/nn/local.mk).
noinst_LIBRARIES += libfhrl_batch.a
libfhrl_batch_a_SOURCES = src/ode/batch.c
libfhrl_batch_a_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast -fno-trapping-math
libfhrl_a_LIBADD = $(libfhrl_batch_a_OBJECTS)
libfhrl_a_DEPENDENCIES = $(libfhrl_batch_a_OBJECTS)
