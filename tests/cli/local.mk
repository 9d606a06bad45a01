# SPDX-License-Identifier: GPL-3.0-or-later
check_SCRIPTS += tests/style.sh
check_SCRIPTS += tests/cli/test_errors.sh
check_SCRIPTS += tests/cli/test_train.sh
check_SCRIPTS += tests/cli/test_sample.sh
check_SCRIPTS += tests/cli/test_probe.sh
check_SCRIPTS += tests/cli/test_compare.sh
check_SCRIPTS += tests/cli/test_docs.sh
check_SCRIPTS += tests/cli/test_tour.sh
EXTRA_DIST += tests/cli/lib.sh tests/count.sh tests/ci.sh
