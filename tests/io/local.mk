# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/io/test_json
check_PROGRAMS += tests/io/test_table
check_PROGRAMS += tests/io/test_safetensors
check_PROGRAMS += tests/io/test_dataset
check_PROGRAMS += tests/io/test_figure
check_PROGRAMS += tests/io/test_manifest
check_PROGRAMS += tests/io/test_html
