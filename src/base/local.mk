# SPDX-License-Identifier: GPL-3.0-or-later
# base: status, fields, configuration, random numbers, files, progress; includes nothing of the other rooms
libfhrl_a_SOURCES += src/base/status.def src/base/status.c src/base/status.h
libfhrl_a_SOURCES += src/base/field.c src/base/field.h
libfhrl_a_SOURCES += src/base/random.c src/base/random.h
libfhrl_a_SOURCES += src/base/settings.c src/base/settings.h
libfhrl_a_SOURCES += src/base/config.c src/base/config.h
libfhrl_a_SOURCES += src/base/file.c src/base/file.h
libfhrl_a_SOURCES += src/base/terminal.c src/base/terminal.h
libfhrl_a_SOURCES += src/base/cpu.c src/base/cpu.h
libfhrl_a_SOURCES += src/base/dense.c src/base/dense.h
libfhrl_a_SOURCES += \
	src/base/status.def src/base/status.c src/base/status.h \
	src/base/field.c src/base/field.h \
	src/base/random.c src/base/random.h \
	src/base/clock.c src/base/clock.h \
	src/base/progress.c src/base/progress.h \
	src/base/signals.c src/base/signals.h \
	src/base/file.c src/base/file.h
libfhrl_a_SOURCES += src/base/process.c src/base/process.h
libfhrl_a_SOURCES += src/base/digest.c src/base/digest.h src/base/text.c src/base/text.h
libfhrl_a_SOURCES += src/base/lock.c src/base/lock.h src/base/rank.c src/base/rank.h
libfhrl_a_SOURCES += src/base/worker.c src/base/worker.h
libfhrl_a_SOURCES += src/base/part.c src/base/part.h
