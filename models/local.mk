# SPDX-License-Identifier: GPL-3.0-or-later
# models: one line per model; models.def is the registry
libfhrl_a_SOURCES += models/models.def \
	models/linear.c \
	models/lorenz.c \
	models/fhrl.c \
	models/fhrl_layer.c
