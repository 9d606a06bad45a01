# SPDX-License-Identifier: GPL-3.0-or-later
# io: JSON, tables, safetensors, NetCDF, figures, run manifests; the only room that includes jansson and NetCDF
libfhrl_a_SOURCES += \
	src/io/json.c src/io/json.h \
	src/io/manifest.c src/io/manifest.h \
	src/io/figure.c src/io/figure.h \
	src/io/html.c src/io/html.h \
	src/io/dataset.c src/io/dataset.h \
	src/io/table.c src/io/table.h \
	src/io/safetensors.c src/io/safetensors.h \
	src/io/safetensors_header.c src/io/safetensors_header.h src/io/safetensors_save.c
