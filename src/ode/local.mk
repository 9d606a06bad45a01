# SPDX-License-Identifier: GPL-3.0-or-later
# ode: the continuous side: models, bound systems, inputs, the integrator, trajectories
libfhrl_a_SOURCES += \
	src/ode/model.h \
	src/ode/system.c src/ode/system.h src/ode/system_fields.c src/ode/system_create.c src/ode/system_start.c
