# SPDX-License-Identifier: GPL-3.0-or-later
# plots: one gnuplot script per figure; installed, because the program runs them
nobase_dist_pkgdata_DATA += \
	plots/style.gp \
	plots/loss.gp \
	plots/idp.gp \
	plots/training.gp \
	plots/probe.gp \
	plots/wr.gp \
	plots/gamma.gp \
	plots/sweep.gp \
	plots/branch.gp \
	plots/portrait.gp \
	plots/iss.gp \
	plots/work_precision.gp \
	plots/exponents.gp \
	plots/iss_map.gp \
	plots/iss_gain.gp \
	plots/iss_reach.gp \
	plots/compare_ladder.gp \
	plots/compare_c.gp \
	plots/compare_twin.gp \
	plots/compare_metrics.gp \
	plots/compare_atlas.gp \
	plots/fig2.gp \
	plots/fig3.gp \
	plots/fig4.gp \
	plots/fig5.gp \
	plots/fig6.gp \
	plots/figS1.gp \
	plots/figS2.gp
