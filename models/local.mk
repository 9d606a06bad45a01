# SPDX-License-Identifier: GPL-3.0-or-later
# models: one line per model; models.def is the registry
libfhrl_a_SOURCES += models/models.def
libfhrl_a_SOURCES += models/linear.c
libfhrl_a_SOURCES += models/lorenz.c
libfhrl_a_SOURCES += models/fhrl.c
libfhrl_a_SOURCES += models/fhrl_layer.c
libfhrl_a_SOURCES += models/fhrl_ladder.c
libfhrl_a_SOURCES += models/ltc.c
libfhrl_a_SOURCES += models/cfc.c
libfhrl_a_SOURCES += models/idp_saliency.c
libfhrl_a_SOURCES += models/dense_hopfield.c
libfhrl_a_SOURCES += models/deep_linear.c
libfhrl_a_SOURCES += models/kuramoto_ring.c
libfhrl_a_SOURCES += models/lotka_volterra.c
libfhrl_a_SOURCES += models/van_der_pol.c
libfhrl_a_SOURCES += models/rossler.c
libfhrl_a_SOURCES += models/henon_heiles.c
libfhrl_a_SOURCES += models/hopf.c
libfhrl_a_SOURCES += models/random_rnn.c
libfhrl_a_SOURCES += models/hebbian_rnn.c
libfhrl_a_SOURCES += models/idp_hopfield.c
libfhrl_a_SOURCES += models/models.def \
	models/linear.c \
	models/lorenz.c \
	models/fhrl.c \
	models/fhrl_layer.c

# What a model of one's own needs: the file that it begins with, and every header that ode/model.h includes, also through
# others. tests/cli/installed.sh fails where one of them is missing.
nobase_dist_pkgdata_DATA += models/template/my_model.c
fhrl_odedir = $(pkgincludedir)/ode
fhrl_ode_HEADERS = src/ode/model.h src/ode/lanes.h src/ode/wide.h src/ode/wide_width.h
fhrl_basedir = $(pkgincludedir)/base
fhrl_base_HEADERS = src/base/field.h src/base/cpu.h
