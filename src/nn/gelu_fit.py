#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# gelu_fit: generates the polynomial of kernel_smooth.c (needs mpmath; not needed to build)
#   Phi(-s) = exp(-s^2/2) t P(t),  t = 1/(1 + p s/sqrt 2),  P(t) = erfcx(s/sqrt 2) / (2 t)
# Chebyshev interpolation over s in [0, 14], where exp(-s^2/2) leaves the range of float.
from mpmath import mp, mpf, chebyfit, erfc, exp, nstr, sqrt

mp.dps = 40
p = mpf("0.375")
degree = 9


def tail(t):
    z = (1 / t - 1) / p
    return exp(z * z) * erfc(z) / (2 * t)


low = 1 / (1 + p * mpf(14) / sqrt(2))
coefficients, error = chebyfit(tail, [low, 1], degree + 1, error=True)
print("p", nstr(p, 5), "largest error of P", nstr(error, 3))
for k, c in enumerate(reversed(coefficients)):
    print(k, nstr(c, 12))
