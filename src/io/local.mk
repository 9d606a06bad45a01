# SPDX-License-Identifier: GPL-3.0-or-later
# io: JSON, tables, safetensors, NetCDF, figures, run manifests; the only room that includes jansson and NetCDF
libfhrl_a_SOURCES += \
	src/io/json.c src/io/json.h \
	src/io/table.c src/io/table.h
