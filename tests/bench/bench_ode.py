#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_ode.py: one trajectory by our integrators, by stock CVODE, scipy and xppaut: tables of ratios, and work-precision figures

  bench_ode.py table BENCH ROUNDS           Markdown, from interleaved rounds
  bench_ode.py figures BENCH GNUPLOT DIR    DIR/work_precision_*.svg

BENCH is the program bench_ode. Peers that are not installed are left out, and that is said on standard error.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH, WORK = sys.argv[2], tempfile.mkdtemp()
DIMENSIONS, SEEDS, BOUND, XPPAUT_D = (2, 8, 32, 64, 192), 60, 0.03, 8
# must, aim of the ratios at these d
STOCK = {8: (6, 10), 32: (6, 10), 64: (6, 10), 192: (6, 10)}
ADAMS = {2: (30, 43), 8: (30, 42), 32: (4.5, 6), 64: (1.8, 2.5)}
BEST = {2: (100, 500), 8: (100, 200), 32: (15, 30), 64: (6, 12), 192: (3, 6)}
FLOOR = {64: (3, 2), 192: (3, 2)}
FIGURES = [("fhrl_d2", "fhrl,d=2,seed={}", 100), ("fhrl_d8", "fhrl,d=8,seed={}", 100), ("fhrl_d32", "fhrl,d=32,seed={}", 100),
           ("fhrl_d64", "fhrl,d=64,seed={}", 100), ("lorenz", "lorenz", 10), ("van_der_pol", "van_der_pol,mu=100", 200),
           ("henon_heiles", "henon_heiles", 100)]


def call(*words):
    return subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, text=True, check=True).stdout


def bench(*words):
    return call(BENCH, *words)


def scipy():
    """The python that has scipy, or None."""
    for python in ("/usr/bin/python3", sys.executable):
        if os.path.exists(python) and subprocess.run([python, "-c", "import scipy.integrate"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    print("bench-ode: no scipy: its columns are left out", file=sys.stderr)
    return None


def moving_seed(d):
    """The first seed of the matrices whose motion goes on: max |dx/dt| at t = 100 above BOUND; 0: none of the first SEEDS."""
    for seed in range(1, SEEDS + 1):
        if float(bench("motion", f"fhrl,d={d},seed={seed}")) > BOUND:
            return seed
    return 0


# ---- xppaut

def xpp_problem(d, path, t):
    """fhrl as xppaut reads it; names must be short, lines below some thousand characters."""
    n = [float(x) for x in open(os.path.join(WORK, "problem"))]
    W, b, y = n[: d * d], n[d * d : d * d + d], n[d * d + d : d * d + 2 * d]
    lines = ["r=sqrt(" + "+".join(f"y{i}*y{i}" for i in range(d)) + ")"]
    for i in range(d):
        z = "+".join(f"(({W[i * d + j]:.17g})+a{i}x{j})*y{j}" for j in range(d))
        lines += [f"z{i}={z}", f"y{i}'=-y{i}+tanh(z{i}+({b[i]:.17g}))-(r-1)/(r+1e-6)*y{i}"]
    lines += [f"a{i}x{j}'=0.1*y{i}*y{j}-0.5*a{i}x{j}" for i in range(d) for j in range(d)]
    lines += [f"y{i}(0)={y[i]:.17g}" for i in range(d)]
    # its output is the end alone; 83dp chooses steps of its own between two outputs
    lines += [f"@ total={t},dt={t},meth=83dp,tol=1e-8,atol=1e-10,bounds=1e6,maxstor=100,nout=1", "done"]
    open(path, "w").write("\n".join(lines) + "\n")


def xpp_seconds(path):
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["xppaut", path, "-silent"], cwd=WORK, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime


def xpp_time(d):
    """Seconds to t = 100 less those to t = 1e-6, which are its start; beside the state that it ends with."""
    for name, t in (("long.ode", 100), ("short.ode", 1e-6)):
        xpp_problem(d, os.path.join(WORK, name), t)
    start = min(xpp_seconds("short.ode") for _ in range(3))
    took = xpp_seconds("long.ode") - start
    last = open(os.path.join(WORK, "output.dat")).read().split("\n")[-2].split()
    return took, [float(x) for x in last[1:]]


# ---- tables

def verdict(ratio, limits, below=False):
    if limits is None:
        return ""
    must, aim = limits
    met = (lambda limit: ratio <= limit) if below else (lambda limit: ratio >= limit)
    return f" (aim {aim})" if met(aim) else f" (must {must})" if met(must) else f" (**MISSED** {must})"


def rounds_of(d, seed, rounds, python, xpp, names):
    problem = f"fhrl,d={d},seed={seed}"
    out = {name: [] for name in names + ["scipy", "xppaut"]}
    bench("dump", problem, os.path.join(WORK, "problem"))
    for _ in range(rounds):
        for name in names:
            out[name].append(float(bench("time", problem, name, "1e-8", "100").split()[0]))
        if python:
            line = call(python, os.path.join(HERE, "bench_ode_scipy.py"), "best", d, os.path.join(WORK, "problem"))
            out["scipy"].append(float(line.split()[0]))
        if xpp and d <= XPPAUT_D:
            out["xppaut"].append(xpp_time(d)[0])
    return out


def ratio(over, under):
    return statistics.median(a / b for a, b in zip(over, under))


def row(d, seed, rounds, python, xpp, names, moves):
    t = rounds_of(d, seed, rounds, python, xpp, names)
    ours = [n for n in names if not n.startswith("stock")]
    best = min(ours, key=lambda n: statistics.median(t[n]))
    stock, adams = ratio(t["stock adams"], t["adams"]), ratio(t["scipy"], t["adams"]) if python else None
    first = ratio(t["scipy"], t[best]) if python else None
    c = bench("compare", f"fhrl,d={d},seed={seed}").split()
    times = " ".join(f"{n} {1e3 * statistics.median(t[n]):.3g}" for n in names + ["scipy", "xppaut"] if t[n])
    goal = lambda table: table.get(d) if moves or d == 192 else None
    cells = [d, seed, f"{stock:.1f}x" + verdict(stock, STOCK.get(d)), f"{adams:.1f}x" + verdict(adams, goal(ADAMS)) if python else "-",
             f"{first:.1f}x, {best}" + verdict(first, goal(BEST)) if python else "-",
             f"{ratio(t['xppaut'], t[best]):.1f}x" if t["xppaut"] else "-", f"{c[0]}/{c[1]}, {c[2]}", f"{c[3]}/{c[4]}, {c[5]}", c[6], c[7],
             times]
    print("| " + " | ".join(str(x) for x in cells) + " |")


def table(rounds):
    python, xpp = scipy(), shutil.which("xppaut")
    names = bench("methods").split("\n")[:-1]
    if not xpp:
        print("bench-ode: no xppaut: its column is left out", file=sys.stderr)
    heads = ["d", "seed", "adams: stock CVODE over ours", "scipy's best over adams", "scipy's best over our best", "xppaut 83dp over our best",
             "steps ours/stock, difference at t = 10", "at t = 100", "error dop853", "error adams", "ms (medians)"]
    head = "| " + " | ".join(heads) + " |\n" + "| --- " * len(heads) + "|"
    moving = {d: moving_seed(d) for d in DIMENSIONS}
    print(f"Motions that go on: the first seed of the matrices with max \\|dx/dt\\| > {BOUND} at t = 100, of the seeds 1 .. {SEEDS}.\n\n{head}")
    for d in DIMENSIONS:
        if moving[d]:
            row(d, moving[d], rounds, python, xpp, names, True)
    print(f"\nMotions that come to rest (seed 1, the default): what a method does while nothing happens. Adams is held back by its stability there.\n\n{head}")
    for d in DIMENSIONS:
        if moving[d] != 1:
            row(d, 1, rounds, python, xpp, names, False)
    print("\nIn brackets what the ratio reaches of must and aim. None of the seeds moves on where the first table lacks a d. On motions that"
          "\ngo on differences grow with time, from roundings of different order in the norms, and with them the steps come to differ."
          "\n\n| d | one right-hand side [us] | over its floor | flop floor [us] | L2 floor [us] |\n| --- | --- | --- | --- | --- |")
    for d in DIMENSIONS:
        lines = [[float(x) for x in bench("rhs", f"fhrl,d={d}").split()] for _ in range(rounds)]
        rhs, flop, l2 = (statistics.median(v) for v in zip(*((a, 7 * d * d / b, 24 * d * d / c) for a, b, c in lines)))
        over = statistics.median(a / max(7 * d * d / b, 24 * d * d / c) for a, b, c in lines)
        print(f"| {d} | {1e6 * rhs:.3g} | {over:.2f}{verdict(over, FLOOR.get(d), True)} | {1e6 * flop:.3g} | {1e6 * l2:.3g} |")
    print(f"\nThe floor: 7 d^2 operations at the measured rate of multiply-adds ({lines[-1][1] / 1e9:.1f} Gflop/s at last), or 24 d^2 bytes at the"
          f"\nmeasured rate of reading the second level of cache ({lines[-1][2] / 1e9:.0f} GB/s), the larger one, each in the same process.")


# ---- figures

def figures(gnuplot, folder):
    python = scipy()
    seeds = {d: moving_seed(d) or 1 for d in (2, 8, 32, 64)}
    for name, problem, t in FIGURES:
        d = int(name.split("_d")[1]) if "_d" in name and name.startswith("fhrl") else 0
        problem = problem.format(seeds.get(d, ""))
        ends, data, matrices = (os.path.join(WORK, part) for part in ("ends", "data", "matrices"))
        text = bench("precision", problem, t, ends)
        if python:
            more = []
            if d:
                bench("dump", problem, matrices)
                more = [d, matrices]
            text += call(python, os.path.join(HERE, "bench_ode_scipy.py"), "precision", problem.split(",")[0], t, ends, *more)
        open(data, "w").write(text.rstrip() + "\n")  # blank lines at the end would be one more data set
        title = f"{problem}, t = {t}: rtol 1e-4 (left) to 1e-11, atol = rtol / 100"
        for kind in ("svg", "png") if os.environ.get("PNG") else ("svg",):
            out = os.path.join(folder, f"work_precision_{name}.{kind}")
            call(gnuplot, "-d", "-c", os.path.join(HERE, "..", "..", "plots", "work_precision.gp"), out, data, title)
        print(f"bench-ode: {folder}/work_precision_{name}.svg", file=sys.stderr)


try:
    if sys.argv[1] == "table":
        table(int(sys.argv[3]))
    else:
        figures(sys.argv[3], sys.argv[4])
finally:
    shutil.rmtree(WORK)
