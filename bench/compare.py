#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""clkeras and PyTorch side by side: one process of each in turn, A B A B, the median of each, and the
ratio with its range over the rounds. PyTorch runs in the setting that was fastest in its first round.

    compare.py BUILD/bench/clkeras-bench [--model NAME] [--rounds N] [--device SPEC]
               [--torch-device cpu|cuda] [--python PYTHON] [--json FILE]"""

import argparse
import json
import os
import statistics
import subprocess
import sys

MODELS = ["tutorial", "fashion", "cnn", "lstm", "resnet50"]
PYTORCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch_train.py")


def run(command):
    """The step's result, and the whole report."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}")
    report = json.loads(done.stdout)
    step = next(r for r in report["results"] if ": step of " in r["name"])
    return step, report


def compare(options, model):
    ours = [options.bench, "train", "--steps", "--json", "--model", model]
    if options.device:
        ours += ["--device", options.device]
    theirs = [options.python, PYTORCH, "--model", model, "--device", options.torch_device]
    a, b, reports = [], [], []
    setting = None
    for number in range(options.rounds):
        step, report = run(ours)
        a.append(step["median"])
        reports.append(report)
        step, report = run(theirs + (["--setting", setting] if setting else []))
        setting = step["note"]
        b.append(step["median"])
        reports.append(report)
        print(f"{step['name']}, round {number + 1}: clkeras {a[-1]:.1f} us, "
              f"pytorch {b[-1]:.1f} us, ratio {b[-1] / a[-1]:.2f}", file=sys.stderr)
    ratios = [y / x for x, y in zip(a, b)]
    summary = {
        "name": step["name"], "unit": "us", "rounds": options.rounds,
        "clkeras": {"median": statistics.median(a), "low": min(a), "high": max(a)},
        "pytorch": {"median": statistics.median(b), "low": min(b), "high": max(b),
                    "setting": setting},
        "ratio": {"median": statistics.median(ratios), "low": min(ratios), "high": max(ratios)},
        "clkeras_device": reports[0]["device"], "pytorch_version": reports[1]["version"]}
    print(f"{summary['name']}: clkeras {statistics.median(a):.1f} us ({min(a):.1f} .. {max(a):.1f}), "
          f"pytorch {statistics.median(b):.1f} us ({min(b):.1f} .. {max(b):.1f}; {setting}): "
          f"clkeras is {summary['ratio']['median']:.2f} times as fast "
          f"({min(ratios):.2f} .. {max(ratios):.2f})")
    return summary


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--model", choices=MODELS, help="default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", help="clkeras' device")
    parser.add_argument("--torch-device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--json", help="where the figures go")
    options = parser.parse_args()
    models = [options.model] if options.model else MODELS
    summaries = [compare(options, model) for model in models]
    if options.json:
        with open(options.json + ".new", "w", encoding="utf-8") as f:
            json.dump({"schema": 1, "program": "compare", "results": summaries}, f, indent=1)
            f.write("\n")
        os.replace(options.json + ".new", options.json)


if __name__ == "__main__":
    main()
