# SPDX-License-Identifier: GPL-3.0-or-later
# models: one line per model; models.def is the registry
libfhrl_a_SOURCES += models/models.def
libfhrl_a_SOURCES += models/linear.c
libfhrl_a_SOURCES += models/lorenz.c
libfhrl_a_SOURCES += models/fhrl.c
libfhrl_a_SOURCES += models/fhrl_layer.c
libfhrl_a_SOURCES += models/idp_hopfield.c
libfhrl_a_SOURCES += models/models.def \
	models/linear.c \
	models/lorenz.c \
	models/fhrl.c \
	models/fhrl_layer.c
