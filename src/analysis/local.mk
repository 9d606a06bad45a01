# SPDX-License-Identifier: GPL-3.0-or-later
# analysis: metrics, the ladder, stability, portraits; takes networks and flows alike
libfhrl_a_SOURCES += src/analysis/init.c src/analysis/init.h
libfhrl_a_SOURCES += src/analysis/metrics.c src/analysis/metrics.h
libfhrl_a_SOURCES += src/analysis/spectrum.c src/analysis/spectrum.h
libfhrl_a_SOURCES += src/analysis/drift.c src/analysis/drift.h
libfhrl_a_SOURCES += src/analysis/surrogate.c src/analysis/surrogate.h
libfhrl_a_SOURCES += src/analysis/weight.c src/analysis/weight.h
libfhrl_a_SOURCES += src/analysis/slots.c src/analysis/slots.h
libfhrl_a_SOURCES += src/analysis/probe_drift.c src/analysis/probe_drift.h
libfhrl_a_SOURCES += src/analysis/probe.c src/analysis/probe_measure.c src/analysis/probe.h
libfhrl_a_SOURCES += src/analysis/layer.c src/analysis/layer.h
libfhrl_a_SOURCES += src/analysis/ladder.c src/analysis/ladder.h
libfhrl_a_SOURCES += src/analysis/ladder_stability.c src/analysis/ladder_stability.h
libfhrl_a_SOURCES += src/analysis/slaved.c src/analysis/slaved.h
libfhrl_a_SOURCES += src/analysis/held.c src/analysis/held.h
libfhrl_a_SOURCES += src/analysis/recording.c src/analysis/recording.h
libfhrl_a_SOURCES += src/analysis/compare.c src/analysis/compare.h
libfhrl_a_SOURCES += src/analysis/compare_measure.c src/analysis/compare_measure.h
libfhrl_a_SOURCES += src/analysis/probe_session.c src/analysis/probe_session.h
libfhrl_a_SOURCES += src/analysis/probe_files.c src/analysis/probe_files.h
libfhrl_a_SOURCES += src/analysis/compare_files.c src/analysis/compare_files.h
