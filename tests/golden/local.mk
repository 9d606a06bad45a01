# SPDX-License-Identifier: GPL-3.0-or-later
dist_check_DATA += tests/golden/README.md \
	tests/golden/A/config.txt \
	tests/golden/A/expect.txt \
	tests/golden/A/grad_detach.txt \
	tests/golden/A/grad_full.txt \
	tests/golden/A/inputs.txt \
	tests/golden/A/weights.txt \
	tests/golden/B/config.txt \
	tests/golden/B/expect.txt \
	tests/golden/B/grad_detach.txt \
	tests/golden/B/grad_full.txt \
	tests/golden/B/inputs.txt \
	tests/golden/B/weights.txt \
	tests/golden/C/config.txt \
	tests/golden/C/expect.txt \
	tests/golden/C/grad_detach.txt \
	tests/golden/C/grad_full.txt \
	tests/golden/C/inputs.txt \
	tests/golden/C/weights.txt \
	tests/golden/D/config.txt \
	tests/golden/D/expect.txt \
	tests/golden/E/expect.txt \
	tests/golden/F/config.txt \
	tests/golden/F/expect.txt \
	tests/golden/F/grad_detach.txt \
	tests/golden/F/grad_full.txt \
	tests/golden/F/inputs.txt \
	tests/golden/F/weights.txt
