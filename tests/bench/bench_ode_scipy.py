#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_ode_scipy: CPU seconds of scipy's DOP853 and LSODA on what `bench_ode` wrote; exit 77 without scipy

  bench_ode_scipy.py best D PROBLEM           the faster one to t = 100 at rtol 1e-8, and each
  bench_ode_scipy.py precision MODEL T ENDS [D PROBLEM]   a table of either over rtol 1e-4 .. 1e-11, as `bench_ode precision`
"""
import statistics
import sys
import time

try:
    import numpy as np
    from scipy.integrate import solve_ivp
except ImportError:
    sys.exit(77)


def fhrl(d, path):
    data = np.loadtxt(path)
    W, b, y0 = data[: d * d].reshape(d, d), data[d * d : d * d + d], data[d * d + d : d * d + 2 * d]
    kappa, eps, lam, eta = 1.0, 1e-6, 0.5, 0.1

    def rhs(t, x):
        y, A = x[:d], x[d:].reshape(d, d)
        rho = np.sqrt(y @ y)
        dx = np.empty_like(x)
        dx[:d] = -y + np.tanh(W @ y + A @ y + b) - kappa * (rho - 1.0) / (rho + eps) * y
        dx[d:] = (eta * np.outer(y, y) - lam * A).ravel()
        return dx

    return rhs, np.concatenate([y0, np.zeros(d * d)])


def textbook(name):  # plain floats: arrays of three are slower
    def lorenz(t, x):
        a, b, c = x
        return 10.0 * (b - a), 28.0 * a - b - a * c, a * b - 8.0 / 3.0 * c

    def van_der_pol(t, x):
        return x[1], 100.0 * (1.0 - x[0] * x[0]) * x[1] - x[0]

    def henon_heiles(t, x):
        a, b, c, d = x
        return c, d, -a - 2.0 * a * b, -b - a * a + b * b

    return {"lorenz": lorenz, "van_der_pol": van_der_pol, "henon_heiles": henon_heiles}[name]


def seconds(rhs, x0, method, rtol, t):
    begin = time.process_time()
    r = solve_ivp(rhs, (0.0, t), x0, method=method, rtol=rtol, atol=1e-2 * rtol)
    return time.process_time() - begin if r.success else float("inf"), r.y[:, -1]


def methods(n):
    return ("DOP853",) if n > 4160 else ("DOP853", "LSODA")  # LSODA's work array has n^2 entries


if sys.argv[1] == "best":
    rhs, x0 = fhrl(int(sys.argv[2]), sys.argv[3])
    out = [seconds(rhs, x0, m, 1e-8, 100.0)[0] for m in methods(len(x0))]
    print(min(out), *out)
else:
    ends = np.loadtxt(sys.argv[4])
    rhs = fhrl(int(sys.argv[5]), sys.argv[6])[0] if sys.argv[2] == "fhrl" else textbook(sys.argv[2])
    for m in methods(len(ends)):
        print(f'"scipy {m}"')
        for digits in range(4, 12):
            runs = [seconds(rhs, ends[:, 0], m, 10.0**-digits, float(sys.argv[3]))]
            while len(runs) < 3 and runs[0][0] < 0.2:
                runs.append(seconds(rhs, ends[:, 0], m, 10.0**-digits, float(sys.argv[3])))
            print(f"{10.0**-digits:g}\t{statistics.median(r[0] for r in runs):.6g}\t{max(abs(runs[0][1] - ends[:, 1])):.6g}\t0")
        print("\n")
