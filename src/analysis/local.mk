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
libfhrl_a_SOURCES += src/analysis/iss_view.c src/analysis/iss_view.h src/analysis/iss_constants.c src/analysis/iss_constants.h
libfhrl_a_SOURCES += src/analysis/iss_rules.c src/analysis/iss_rules.h src/analysis/iss_sample.c src/analysis/iss_sample.h
libfhrl_a_SOURCES += src/analysis/iss_ledger.c src/analysis/iss_ledger.h src/analysis/iss_orbit.c src/analysis/iss_orbit.h
libfhrl_a_SOURCES += src/analysis/iss.c src/analysis/iss.h src/analysis/iss_report.c src/analysis/iss_report.h
libfhrl_a_SOURCES += src/analysis/equilibrium.c src/analysis/equilibrium.h src/analysis/contour.c src/analysis/contour.h
libfhrl_a_SOURCES += src/analysis/probe_session.c src/analysis/probe_session.h
libfhrl_a_SOURCES += src/analysis/probe_files.c src/analysis/probe_files.h
libfhrl_a_SOURCES += src/analysis/portrait.c src/analysis/portrait.h src/analysis/portrait_orbit.c src/analysis/portrait_orbit.h
libfhrl_a_SOURCES += src/analysis/portrait_save.c src/analysis/portrait_save.h
