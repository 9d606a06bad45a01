#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_train.py: our training step against PyTorch's and against the processor's peak, for `make bench-train`.

Programs are started once and asked in turn, round by round, so that all see the same machine; a figure is the
median over rounds of the ratio within a round. One thread is timed by processor time, two by the wall clock.
"""
import argparse
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BATCH, T = 16, 128
SCALED = ["mlp=4", "tied=1", "r=4"]  # the network that peers are asked about
COUNT = {"d": 192, "heads": 3, "layers": 3, "vocabulary": 256, "mlp": 4}


class Program:
    """One command per line in, one line out. Between its turns it is stopped: a peer whose threads wait actively would
    else spin on a processor while another program is timed."""
    waits = []  # of all programs: wall over processor time of steps on one thread, 1 on a machine of one's own

    def __init__(self, argv, **environment):
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment})

    def ask(self, command):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline().strip()
        self.process.send_signal(signal.SIGSTOP)
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"{command}: {answer or 'no answer'}")
        return answer

    def step(self, threads, n):
        """Milliseconds of a step: processor time on one thread, wall time on several."""
        wall, cpu = map(float, self.ask(f"step {threads} {n}").split())
        if threads == 1:
            self.waits.append(wall / cpu)
        return cpu if threads == 1 else wall

    def close(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()


def flops(memory=True, T=T):
    """Multiply-adds of a step times 2: forward and backward products, attention causal, feedback detached."""
    d, layers = COUNT["d"], COUNT["layers"]
    plain = layers * (2 * d * d * (4 + 2 * COUNT["mlp"]) + 2 * d * (T + 1)) + 2 * d * COUNT["vocabulary"]
    scan = layers * (3 * 2 * d * d * 3 + 2 * 2 * d * d) if memory else 0  # W forward and back twice, W_r twice
    return BATCH * T * (3 * plain + scan)


def find_torch():
    for python in (sys.executable, "/usr/bin/python3"):
        if shutil.which(python) and subprocess.run([python, "-c", "import torch, numpy"], capture_output=True).returncode == 0:
            return python
    return None


class Bench:
    def __init__(self, build, rounds):
        self.build, self.rounds = build, rounds
        self.here = os.path.dirname(os.path.abspath(__file__))
        self.scratch = tempfile.mkdtemp(prefix="fhrl-bench.")
        self.corpus = os.path.join(self.scratch, "corpus")
        with open(self.corpus, "w") as f:  # longer than the longest window, and not a plain repetition
            f.write("".join(f"line {i * i % 997} says that line {i * 7 % 613} is {'true' if i % 3 else 'false'}.\n"
                            for i in range(200)))
        self.rows, self.notes, self.samples = [], [], {}

    def ours(self, *settings):
        return Program([os.path.join(self.build, "tests/bench/bench_train"), f"batch={BATCH}",
                        f"corpus={self.corpus}", *settings])

    def peer(self, python, prefix, form, blas=1, policy="PASSIVE"):
        """blas: threads of OpenBLAS, which PyTorch's own number of threads does not reach."""
        return Program([python, os.path.join(self.here, "peer_torch.py"), prefix, form],
                       OMP_WAIT_POLICY=policy, OPENBLAS_NUM_THREADS=str(blas))

    def peers(self, python, prefix, *forms):
        """Both settings of OpenBLAS for the best form, and active waiting, the default, as a third."""
        if python is None:
            return {}
        return {"fused": self.peer(python, prefix, "fused"), "fused, BLAS on 2": self.peer(python, prefix, "fused", 2),
                "fused, active": self.peer(python, prefix, "fused", 2, "ACTIVE"),
                **{form: self.peer(python, prefix, form) for form in forms}}

    def add(self, name, values, must, aim, least=True, unit="x"):
        middle = statistics.median(values)
        good = lambda limit: middle >= limit if least else middle <= limit
        verdict = "aim" if good(aim) else "must" if good(must) else "MISSED"
        sign = "≥" if least else "≤"
        self.rows.append(f"| {name} | {middle:.2f}{unit} | {min(values):.2f} – {max(values):.2f} | {sign} {must:g}{unit} "
                         f"| {sign} {aim:g}{unit} | {verdict} |")
        print(self.rows[-1], flush=True)

    def agree(self, ours, peers, prefix):
        loss, norm = map(float, ours.ask(f"export {prefix}").split())
        for name, peer in peers().items():
            theirs = list(map(float, peer.ask("check").split()))
            if abs(theirs[0] - loss) > 1e-5 or abs(theirs[1] / norm - 1) > 1e-4:
                raise RuntimeError(f"{name} computes another network: {theirs} instead of {loss}, {norm}")
            self.notes.append(f"{name}: loss {theirs[0]:.7f}, ours {loss:.7f}; gradient norm {theirs[1]:.6g}, ours {norm:.6g}")
            yield name, peer

    def measure(self, jobs):
        """All jobs once per round, after one round that is thrown away."""
        for _, job in jobs:
            job()
        sample = {name: [] for name, _ in jobs}
        for _ in range(self.rounds):
            for name, job in jobs:
                sample[name].append(job())
        return sample

    def main_network(self, python):
        ours = self.ours(*SCALED)
        prefix = os.path.join(self.scratch, "main")
        self.about = [f"ours: {ours.ask('about')}"]
        peer = dict(self.agree(ours, lambda: self.peers(python, prefix, "plain"), prefix))
        jobs = [("peak 1", lambda: float(ours.ask("peak 1"))), ("ours 1", lambda: ours.step(1, 3)),
                ("peak 2", lambda: float(ours.ask("peak 2"))), ("ours 2", lambda: ours.step(2, 4)),
                ("sgemm", lambda: float(ours.ask("sgemm 1152")))]
        if peer:
            self.about.append("peer: " + peer["plain"].ask("about"))
            jobs += [("fused 1", lambda: peer["fused"].step(1, 1)), ("plain 1", lambda: peer["plain"].step(1, 1)),
                     ("fused 2", lambda: peer["fused"].step(2, 1)),
                     ("fused 2, BLAS on 2", lambda: peer["fused, BLAS on 2"].step(2, 1)),
                     ("fused 2, active", lambda: peer["fused, active"].step(2, 1))]
        s = self.samples["main"] = self.measure(jobs)
        if peer:
            best = [min(v) for v in zip(*(s[n] for n in s if n.startswith("fused")))]
            self.add("step, 1 thread, against the fused PyTorch loop", ratio(s["fused 1"], s["ours 1"]), 4, 5.5)
            self.add("step, 1 thread, against the plain PyTorch loop", ratio(s["plain 1"], s["ours 1"]), 5.5, 7.5)
            self.add("step, 2 threads, against PyTorch's best setting", ratio(best, s["ours 2"]), 7, 9)
        self.add(f"own 2-thread speed-up, bits {ours.ask('bits')}", ratio(s["ours 1"], s["ours 2"]), 1.7, 1.9)
        floor = [flops() / (g * 1e6) for g in s["peak 1"]]
        self.add("step against the FLOP floor at the measured peak, 1 thread", ratio(s["ours 1"], floor), 2.3, 1.75, False)
        wait = statistics.median(Program.waits)
        if wait > 1.1:
            self.notes.append(f"BUSY MACHINE: one thread got a processor {100 / wait:.0f} % of the time. Rows of two threads "
                              "compare wall clocks and mean nothing here; repeat them when nothing else runs")
            print("notice:", self.notes[-1])
        for program in [ours, *peer.values()]:
            program.close()

    def without_memory(self, python):
        try:
            ours = self.ours(*SCALED, "y_destination=none")
            ours.ask("about")
        except RuntimeError as e:
            self.notes.append(f"network without FH-RL layers: not measured ({e})")
            return
        prefix = os.path.join(self.scratch, "none")
        peer = dict(self.agree(ours, lambda: self.peers(python, prefix), prefix))
        if peer:
            s = self.samples["without FH-RL"] = self.measure(
                [("ours 1", lambda: ours.step(1, 3)), ("torch 1", lambda: peer["fused"].step(1, 2)),
                 ("ours 2", lambda: ours.step(2, 4)), ("torch 2", lambda: min(p.step(2, 2) for p in peer.values()))])
            for threads in (1, 2):
                self.add(f"without FH-RL layers, against PyTorch, {threads} thread{'s' * (threads > 1)} each",
                         ratio(s[f"torch {threads}"], s[f"ours {threads}"]), 1.4, 2)
        for program in [ours, *peer.values()]:
            program.close()

    def memory(self):
        out = os.path.join(self.scratch, "run")
        for threads in (1, 2):
            child = subprocess.Popen([os.path.join(self.build, "fhrl"), "train", "--quiet", "--threads", str(threads), "-o",
                                      f"{out}{threads}", "--set", "train.steps=5"], stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            if status:
                raise RuntimeError("fhrl train failed")
            if threads == 2:
                self.add("memory of a training run at the defaults, 2 threads", [usage.ru_maxrss / 1024], 250, 150, False, " MB")
            else:
                self.notes.append(f"memory of a training run at the defaults, 1 thread: {usage.ru_maxrss / 1024:.0f} MB")

    def long(self):
        short, long = self.ours(*SCALED), self.ours(*SCALED, "T=512")
        s = self.samples["long"] = self.measure([("T = 128", lambda: short.step(1, 3)), ("T = 512", lambda: long.step(1, 1))])
        self.add("time per token at T = 512 against T = 128, 1 thread", [v / 4 for v in ratio(s["T = 512"], s["T = 128"])],
                 1.4, 1.2, False)
        short.close()
        long.close()

    def report(self, path):
        def table(what, sample):
            for name, values in sample.items():
                yield f"| {what}: {name} | {statistics.median(values):.1f} | {min(values):.1f} – {max(values):.1f} |"
        cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
        environment = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(("OMP_", "OPENBLAS_", "GOMP_"))]
        lines = ["# Speed of a training step", "",
                 "Written by `make bench-train`. Every figure is a ratio of programs that ran in turn on one machine, the "
                 f"median of {self.rounds} rounds; one thread by processor time, two by the wall clock. Batch {BATCH}, T = {T}, r = 4, "
                 "MLP x4, tied, noise on, AdamW included; the FLOP floor counts the matrix products alone "
                 f"({flops() / 1e9:.2f} GF a step), at the rate of multiply-adds measured in the same round.", "",
                 "| figure | median | range | must | aim | reached |", "| --- | --- | --- | --- | --- | --- |", *self.rows, "",
                 "## What was measured (ms a step; peak, sgemm: GF/s)", "", "| | median | range |", "| --- | --- | --- |",
                 *(row for what, sample in self.samples.items() for row in table(what, sample)), "",
                 "## Where", "", f"- {time.strftime('%Y-%m-%d')}, {cpu}, {os.cpu_count()} processors, "
                 f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.1f} (ours included)",
                 *(f"- {a}" for a in self.about), f"- environment: {', '.join(environment) or 'no OMP_* or OPENBLAS_*'}; peers with OMP_WAIT_POLICY=PASSIVE (but "
                 "\"active\") and OPENBLAS_NUM_THREADS=1 (but \"BLAS on 2\" and \"active\")",
                 *(f"- {n}" for n in self.notes), ""]
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w") as f:
            f.write("\n".join(lines))


def ratio(a, b):
    return [x / y for x, y in zip(a, b)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=".")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", default="doc/benchmarks.md")
    options = parser.parse_args()
    bench, python = Bench(options.build, options.rounds), find_torch()
    if python is None:
        bench.notes.append("PyTorch is not installed (python3-torch): rows against it are left out")
        print("notice:", bench.notes[-1])
    try:
        bench.main_network(python)
        bench.without_memory(python)
        bench.memory()
        bench.long()
        bench.report(options.out)
    finally:
        shutil.rmtree(bench.scratch)


main()
