# SPDX-License-Identifier: GPL-3.0-or-later
nobase_dist_pkgdata_DATA += experiments/corpus.txt
EXTRA_DIST += experiments/gamma.sh experiments/idp.sh experiments/demo.sh experiments/paper.ini
