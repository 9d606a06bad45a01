#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_ode_scipy: CPU seconds of scipy's DOP853 and LSODA on a problem written by `bench_ode dump`; exit 77 without scipy"""
import sys
import time

try:
    import numpy as np
    from scipy.integrate import solve_ivp
except ImportError:
    sys.exit(77)

d, path = int(sys.argv[1]), sys.argv[2]
data = np.loadtxt(path)
W, b, y0 = data[: d * d].reshape(d, d), data[d * d : d * d + d], data[d * d + d :]
kappa, eps, lam, eta = 1.0, 1e-6, 0.5, 0.1


def rhs(t, x):
    y, A = x[:d], x[d:].reshape(d, d)
    rho = np.sqrt(y @ y)
    dx = np.empty_like(x)
    dx[:d] = -y + np.tanh(W @ y + A @ y + b) - kappa * (rho - 1.0) / (rho + eps) * y
    dx[d:] = (eta * np.outer(y, y) - lam * A).ravel()
    return dx


x0 = np.concatenate([y0, np.zeros(d * d)])
out = []
for method in ("DOP853",) if d > 64 else ("DOP853", "LSODA"):  # LSODA's work array has n^2 entries
    begin = time.process_time()
    r = solve_ivp(rhs, (0.0, 100.0), x0, method=method, rtol=1e-8, atol=1e-10)
    out.append(time.process_time() - begin if r.success else float("inf"))
print(min(out), *out)
