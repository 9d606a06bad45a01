// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_style: how report.html looks, on paper as well, and the few lines that sort its tables
#pragma once

extern const char fhrl_reproduce_style_sheet[];
extern const char fhrl_reproduce_style_script[]; // without it the page says the same, in the order written
