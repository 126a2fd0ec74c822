#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The work of clkeras-bench's suite "train" (bench/workload.c) in PyTorch, eager, at its best: the data
are tensors on the device, float32 from the start, without a DataLoader; loss and accuracy are summed
on the device and read once an epoch, as in clkeras. Several settings are probed, the fastest is timed.
Prints JSON in clkeras-bench's schema.

    pytorch_train.py [--model NAME] [--runs N] [--device cpu|cuda] [--tf32] [--setting NAME]"""

import argparse
import gzip
import itertools
import json
import os
import statistics
import struct
import sys
import time

import torch
from torch import nn

FOLDER = "/usr/share/datasets/fashion-mnist/"
PROBE_SECONDS = 2.0


def read_idx(path):
    with gzip.open(path, "rb") as f:
        data = f.read()
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4:4 + 4 * rank])
    return torch.frombuffer(bytearray(data[4 + 4 * rank:]), dtype=torch.uint8).reshape(shape)


class Tutorial:
    name, batch_size, epochs_a_run, images = "tutorial", 32, 10, False

    @staticmethod
    def data():
        return torch.rand(3200, 100), torch.randint(10, (3200,))

    @staticmethod
    def model():
        return nn.Sequential(nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 10))

    @staticmethod
    def optimizer(model, foreach):
        return torch.optim.SGD(model.parameters(), lr=0.01, foreach=foreach)


class Fashion:
    name, batch_size, epochs_a_run, images = "fashion", 128, 1, False

    @staticmethod
    def data():
        if not os.path.exists(FOLDER):
            return torch.rand(60000, 784), torch.randint(10, (60000,))
        x = read_idx(FOLDER + "train-images-idx3-ubyte.gz")
        y = read_idx(FOLDER + "train-labels-idx1-ubyte.gz")
        return x.reshape(-1, 784).float() / 255, y.long()

    @staticmethod
    def model():
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
            nn.Linear(512, 10))

    @staticmethod
    def optimizer(model, foreach):
        return torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, foreach=foreach)


class Cnn:
    name, batch_size, epochs_a_run, images = "cnn", 128, 1, True

    @staticmethod
    def data():
        x, y = Fashion.data()
        return x[:6400].reshape(-1, 1, 28, 28), y[:6400]

    @staticmethod
    def model():
        return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3),
            nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(),
            nn.Linear(128, 10))

    optimizer = Tutorial.optimizer


class Lstm:
    name, batch_size, epochs_a_run, images = "lstm", 64, 1, False

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(64, 128, batch_first=True)
            self.out = nn.Linear(128, 10)

        def forward(self, x):
            return self.out(self.lstm(x)[0][:, -1])

    @staticmethod
    def data():
        return torch.rand(3200, 50, 64), torch.randint(10, (3200,))

    model = Model
    optimizer = Fashion.optimizer


class Block(nn.Module):
    """Of keras.applications' ResNet50: the stride is the first convolution's."""

    def __init__(self, before, filters, stride, projected):
        super().__init__()
        sizes = [(before, filters, 1, stride), (filters, filters, 3, 1), (filters, 4 * filters, 1, 1)]
        parts = []
        for a, b, size, step in sizes:
            parts += [nn.Conv2d(a, b, size, step, size // 2), nn.BatchNorm2d(b, 1.001e-5, 0.01), nn.ReLU()]
        self.path = nn.Sequential(*parts[:-1])
        self.shortcut = nn.Sequential(nn.Conv2d(before, 4 * filters, 1, stride),
            nn.BatchNorm2d(4 * filters, 1.001e-5, 0.01)) if projected else nn.Identity()

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.path(x))


class Resnet50:
    name, batch_size, epochs_a_run, images = "resnet50", 8, 1, True

    @staticmethod
    def data():
        return torch.rand(64, 3, 64, 64), torch.randint(10, (64,))

    @staticmethod
    def model():
        parts = [nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64, 1.001e-5, 0.01), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1)]
        before = 64
        for stage, n in enumerate([3, 4, 6, 3]):
            filters = 64 << stage
            for i in range(n):
                parts.append(Block(before, filters, 2 if stage and not i else 1, not i))
                before = 4 * filters
        return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))

    optimizer = Tutorial.optimizer


WORK = {w.name: w for w in (Tutorial, Fashion, Cnn, Lstm, Resnet50)}


class Training:
    """One setting: threads, foreach (one call of the optimizer for all parameters), how a batch is
    taken: "index" gathers each from the whole, "epoch" gathers all once an epoch and slices; and the
    order of an image's axes."""

    def __init__(self, work, device, threads, foreach, batches, order):
        self.work, self.threads, self.batches, self.device = work, threads, batches, device
        self.name = f"{threads} threads, foreach={foreach}, batches by {batches}"
        if order != torch.contiguous_format:
            self.name += ", channels_last"
        torch.manual_seed(0)
        self.x, self.y = (t.to(device) for t in work.data())
        self.model = work.model().to(device).to(memory_format=order)
        if order != torch.contiguous_format:
            self.x = self.x.to(memory_format=order)
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = work.optimizer(self.model, foreach)

    def wait(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def epoch(self, deadline=None):
        """Steps that were done; stops early at the deadline."""
        torch.set_num_threads(self.threads)
        size, n = self.work.batch_size, len(self.x)
        order = torch.randperm(n).to(self.device)
        x, y = (self.x[order], self.y[order]) if self.batches == "epoch" else (self.x, self.y)
        loss_sum = torch.zeros((), device=self.device)
        correct = torch.zeros((), device=self.device, dtype=torch.int64)
        steps = 0
        for start in range(0, n, size):
            if self.batches == "epoch":
                bx, by = x[start:start + size], y[start:start + size]
            else:
                rows = order[start:start + size]
                bx, by = x[rows], y[rows]
            self.optimizer.zero_grad(set_to_none=True)
            out = self.model(bx)
            loss = self.loss(out, by)
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                loss_sum += loss * len(by)
                correct += (out.argmax(1) == by).sum()
            steps += 1
            if deadline and steps % 8 == 0 and time.monotonic() > deadline:
                break
        loss_sum.item(), correct.item()
        return steps

    def probe(self):
        """Microseconds a step."""
        self.epoch(time.monotonic() + 0.25)
        self.wait()
        start = time.monotonic()
        steps = 0
        while time.monotonic() < start + PROBE_SECONDS:
            steps += self.epoch(start + PROBE_SECONDS)
        self.wait()
        return 1e6 * (time.monotonic() - start) / steps

    def run(self):
        """Microseconds a step over one timed run."""
        self.wait()
        start = time.monotonic()
        steps = sum(self.epoch() for _ in range(self.work.epochs_a_run))
        self.wait()
        return 1e6 * (time.monotonic() - start) / steps


def settings(work, device):
    threads = [1] if device == "cuda" else sorted({1, os.cpu_count() or 1})
    orders = [torch.contiguous_format] + [torch.channels_last] * work.images
    for s in itertools.product(threads, [False, True], ["index", "epoch"], orders):
        yield lambda s=s: Training(work, device, *s)


def choose(work, device, wanted):
    best, best_us = None, float("inf")
    for make in settings(work, device):
        training = make()
        if wanted and training.name != wanted:
            continue
        us = 0.0 if wanted else training.probe()
        if not wanted:
            print(f"pytorch, {work.name}: {training.name}: {us:.1f} us a step", file=sys.stderr)
        if us < best_us:
            best, best_us = training, us
    if not best:
        sys.exit(f"no such setting: {wanted}")
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=list(WORK), default="tutorial")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--tf32", action="store_true", help="let products round to 10 bits (cuda)")
    parser.add_argument("--setting", help="as an earlier run printed it; default: probe them all")
    options = parser.parse_args()
    work = WORK[options.model]
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    training = choose(work, options.device, options.setting)
    training.epoch()
    times = [training.run() for _ in range(options.runs)]
    device = torch.cuda.get_device_name() if options.device == "cuda" else "CPU"
    print(json.dumps({
        "schema": 1, "program": "pytorch", "version": torch.__version__,
        "device": {"type": "GPU" if options.device == "cuda" else "CPU", "name": device},
        "results": [{
            "suite": "train", "name": f"{work.name}: step of {work.batch_size}", "unit": "us",
            "median": statistics.median(times), "low": min(times), "high": max(times),
            "runs": len(times), "better": "lower", "ceiling": None, "share": None,
            "note": training.name}]}))


if __name__ == "__main__":
    main()
