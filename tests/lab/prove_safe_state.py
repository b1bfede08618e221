#!/usr/bin/env python3
"""Kills runs on laboratories in software at random moments; looks at the emulated terminals.

  tests/lab/prove_safe_state.py build/release/tests/lab/lab_kill build/release/bin/rig --kills 200

Exits with 1 when an output was not in its safe state in the end, or later than --bound allows;
with 3 when fewer kills were made than asked for, or no kill met a supply or a card that was on.
"""
import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEVICE = ROOT / "scenarios/patient_monitor"


def start(options, folder, kills, seed):
    device = folder / "device"
    (device / "scenarios").mkdir(parents=True)
    for name in ("requirements.yaml", "risks.yaml"):
        shutil.copy(DEVICE / name, device)
    shutil.copy(ROOT / "tests/lab/short.yaml", device / "scenarios")
    command = [options.lab_kill, DEVICE / "bench/table.yaml", DEVICE / "bench/virtual.yaml", folder,
               options.rig, str(kills), str(seed), options.victim]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def parse(line):
    words = line.split()
    return dict(zip(words[1::2], words[2::2]))


def show(name, kills, key, live):
    times = [float(kill[key]) for kill in kills if kill[live] == "1"]
    if not times:
        print(f"{name}: was not on at any kill")
        return 0.0
    print(f"{name}: on at {len(times)} kills, off after {statistics.mean(times):.0f} ms on average, "
          f"{max(times):.0f} ms at worst")
    return max(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lab_kill", type=pathlib.Path)
    parser.add_argument("rig", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=4, help="laboratories at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victim", choices=["worker", "controller", "unguarded"], default="worker")
    parser.add_argument("--bound", type=float, default=10000, help="ms until outputs are safe")
    options = parser.parse_args()
    options.lab_kill = options.lab_kill.resolve()
    options.rig = options.rig.resolve()
    with tempfile.TemporaryDirectory() as top:
        labs = []
        for job in range(options.jobs):
            share = options.kills // options.jobs + (job < options.kills % options.jobs)
            if share:
                labs.append(start(options, pathlib.Path(top) / str(job), share, options.seed + job))
        lines = [line for lab in labs for line in lab.communicate()[0].splitlines()]
    kills = [parse(line) for line in lines if " guard " in line]
    for line in lines:
        print(line)
    unsafe = sum(kill["safe"] != "1" for kill in kills)
    print(f"{len(kills)} kills of the {options.victim}, {unsafe} of them left an output on")
    worst = max(show("supply", kills, "supply_ms", "supply_on"),
                show("card", kills, "card_ms", "card_live"))
    if unsafe or not worst <= options.bound:
        return 1
    met = any(k["supply_on"] == "1" for k in kills) and any(k["card_live"] == "1" for k in kills)
    return 0 if met and len(kills) == options.kills else 3


if __name__ == "__main__":
    sys.exit(main())
