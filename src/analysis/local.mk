# SPDX-License-Identifier: GPL-3.0-or-later
# analysis: what is measured of the network, of the flow and of what lies between them
libfhrl_a_SOURCES += \
	src/analysis/metrics.c src/analysis/metrics.h \
	src/analysis/spectrum.c src/analysis/spectrum.h \
	src/analysis/drift.c src/analysis/drift.h \
	src/analysis/surrogate.c src/analysis/surrogate.h \
	src/analysis/weight.c src/analysis/weight.h \
	src/analysis/slots.c src/analysis/slots.h
