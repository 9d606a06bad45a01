#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""peer_torch.py: the same network and the same training step in PyTorch, timed on request.

Usage: peer_torch.py PREFIX fused|plain: weights PREFIX.safetensors and one batch PREFIX.bytes, as bench_train
exported them. Then one command per line on standard input, one line of answer each:
  about            version
  check            loss and gradient norm of that batch, without noise
  step THREADS N   N training steps: wall and processor milliseconds of one

plain: the loop over tokens as the equations read. fused: what a PyTorch programmer does next: one product for
q, k, v; U and V one tensor; the noise of all tokens drawn at once.
"""
import json
import math
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def read_safetensors(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        array = np.frombuffer(data[begin:end], dtype="<f4").reshape(t["shape"])
        tensors[name] = torch.from_numpy(array.copy()).requires_grad_(True)
    return metadata, tensors


class Network:
    def __init__(self, prefix, fused):
        meta, self.w = read_safetensors(prefix + ".safetensors")
        number = lambda key: float(meta["model." + key])
        self.d, self.heads, self.layers = int(number("d")), int(number("heads")), int(number("layers"))
        self.T, self.r = int(number("T")), int(number("r"))
        self.alpha, self.beta, self.gamma = number("alpha"), number("beta"), number("gamma")
        self.sigma = number("sigma")
        self.memory = meta.get("model.y_destination", "stream") != "none"
        self.scan = self.scan_fused if fused else self.scan_plain
        self.fused = fused
        data = np.fromfile(prefix + ".bytes", dtype=np.uint8).reshape(-1, self.T + 1)
        self.data = torch.from_numpy(data.astype(np.int64))
        self.optimizer = torch.optim.AdamW(self.w.values(), lr=3e-4, weight_decay=0.01)

    def homeostasis(self, w):
        return w / (1 + self.beta * (w.norm(dim=-1, keepdim=True) - 1))

    def scan_fused(self, p, h1, sigma):
        B, T, d = h1.shape
        W = torch.cat([p["fq.weight"], p["fk.weight"], p["fv.weight"]]).t()
        Wr = self.gamma * p["wr.weight"].t()
        noise = (sigma * torch.randn(T, B, 2, self.r, d)).unbind(0) if sigma > 0 else None
        state = torch.zeros(B, 2, self.r, d)
        y, out = None, []
        for t, x in enumerate(h1.unbind(1)):  # unbind: indexing by t would fill a whole gradient at each t
            if y is not None:
                x = torch.addmm(x, y.detach(), Wr)
            z, v = (x @ W).view(B, 3, d).split((2, 1), 1)
            z = z[:, :, None]
            z = z + noise[t] if noise is not None else z.expand(B, 2, self.r, d)
            state = torch.lerp(state, F.normalize(z, dim=-1), self.alpha)
            U, V = state.unbind(1)
            y = self.homeostasis((U * (V * v).sum(-1, keepdim=True)).sum(1))
            out.append(y)
        return torch.stack(out, 1)

    def scan_plain(self, p, h1, sigma):
        B, T, d = h1.shape
        U, V = torch.zeros(B, self.r, d), torch.zeros(B, self.r, d)
        y, out = torch.zeros(B, d), []
        for t in range(T):
            x = h1[:, t] + self.gamma * F.linear(y.detach(), p["wr.weight"])
            q, k, v = (F.linear(x, p[n + ".weight"]) for n in ("fq", "fk", "fv"))
            q, k = q[:, None].expand(B, self.r, d), k[:, None].expand(B, self.r, d)
            if sigma > 0:
                q, k = q + sigma * torch.randn(B, self.r, d), k + sigma * torch.randn(B, self.r, d)
            U = (1 - self.alpha) * U + self.alpha * F.normalize(q, dim=-1)
            V = (1 - self.alpha) * V + self.alpha * F.normalize(k, dim=-1)
            match = (V * v[:, None]).sum(-1, keepdim=True)
            y = self.homeostasis((U * match).sum(1))
            out.append(y)
        return torch.stack(out, 1)

    def attention(self, p, h):
        B, T, d = h.shape
        hd = d // self.heads
        names = ("wq", "wk", "wv")
        if self.fused:
            W, b = torch.cat([p[n + ".weight"] for n in names]), torch.cat([p[n + ".bias"] for n in names])
            parts = F.linear(h, W, b).chunk(3, -1)
        else:
            parts = [F.linear(h, p[n + ".weight"], p[n + ".bias"]) for n in names]
        q, k, v = (a.view(B, T, self.heads, hd).transpose(1, 2) for a in parts)
        score = (q @ k.transpose(-1, -2)) * (1 / math.sqrt(hd)) + self.mask
        mix = (score.softmax(-1) @ v).transpose(1, 2).reshape(B, T, d)
        return F.linear(mix, p["wo.weight"], p["wo.bias"])

    def loss(self, sigma):
        w, d = self.w, (self.d,)
        x, target = self.data[:, :-1], self.data[:, 1:]
        self.mask = torch.full((self.T, self.T), -math.inf).triu(1)
        h = w["tok.weight"][x] + w["pos.weight"]
        for i in range(self.layers):
            head = f"blocks.{i}."
            p = {n[len(head):]: v for n, v in w.items() if n.startswith(head)}
            h = h + self.attention(p, F.layer_norm(h, d, p["ln1.weight"], p["ln1.bias"]))
            if self.memory:
                h = h + self.scan(p, h, sigma)
            a = F.gelu(F.linear(F.layer_norm(h, d, p["ln2.weight"], p["ln2.bias"]), p["fc1.weight"], p["fc1.bias"]))
            h = h + F.linear(a, p["fc2.weight"], p["fc2.bias"])
        logits = F.linear(F.layer_norm(h, d, w["lnf.weight"], w["lnf.bias"]), w.get("head.weight", w["tok.weight"]))
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())

    def gradient(self, sigma):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(sigma)
        loss.backward()
        return loss.item()

    def step(self):
        self.gradient(self.sigma)
        self.optimizer.step()

    def check(self):
        loss = self.gradient(0.0)
        square = sum(float((v.grad.double() ** 2).sum()) for v in self.w.values() if v.grad is not None)
        return f"{loss:.9g} {math.sqrt(square):.9g}"

    def time(self, threads, n):
        torch.set_num_threads(threads)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(n):
            self.step()
        return "%.3f %.3f" % (1e3 * (time.perf_counter() - wall) / n, 1e3 * (time.process_time() - cpu) / n)


def main():
    network = Network(sys.argv[1], sys.argv[2] == "fused")
    for line in sys.stdin:
        word = line.split()
        if word == ["about"]:
            print("PyTorch", torch.__version__, "numpy", np.__version__)
        elif word == ["check"]:
            print(network.check())
        elif word[0] == "step":
            print(network.time(int(word[1]), int(word[2])))
        sys.stdout.flush()


main()
