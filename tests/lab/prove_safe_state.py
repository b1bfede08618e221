#!/usr/bin/env python3
"""Kills runs on laboratories in software at random moments; looks at the emulated terminals.

  tests/lab/prove_safe_state.py build/release/tests/lab/lab_kill build/release/bin/rig --kills 200

Only kills count that met a living worker. Exits with 1 when an output was not in its safe state in
the end, later than its bound, or said to be safe and was not; with 3 when fewer kills counted than
asked for, when fewer than half of them met an output that was on, or none a supply, or none a card.
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
VICTIMS = ["worker", "controller", "unguarded", "abort", "hang", "stop", "card", "silent"]
HANG_LIMIT_MS = 15000  # lab_kill's


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
    """The latest time at which it was still on, in ms."""
    times = [float(kill[key]) for kill in kills if kill[live] == "1"]
    if not times:
        print(f"{name}: was not on at any kill")
        return 0.0
    print(f"{name}: on at {len(times)} kills, off after {statistics.mean(times):.0f} ms on average, "
          f"{statistics.median(times):.0f} ms in the middle, {max(times):.0f} ms at worst")
    return max(times)


def judge(kills, options):
    """The exit code."""
    # A card's stream ends by itself when nobody feeds it.
    hang = HANG_LIMIT_MS if options.victim in ("hang", "stop") else 0
    bounds = {"supply": options.bound + hang, "card": options.bound_card}
    # One that answers nothing may stay on; it must not be said to be off.
    # That it is silent is noticed when it is asked the next time.
    if options.victim == "silent":
        bounds = {"card": options.bound}
    off = {"supply": "supply_off", "card": "card_safe"}
    live = {"supply": "supply_on", "card": "card_live"}
    bad = False
    for name in ("supply", "card"):
        left = sum(kill[off[name]] != "1" for kill in kills)
        worst = show(name, kills, name + "_ms", live[name])
        print(f"{name}: left on by {left} kills")
        if name in bounds:
            bad = bad or left > 0 or not worst <= bounds[name]
    lies = sum(kill["told"] == "1" and "0" in (kill["supply_off"], kill["card_safe"])
               for kill in kills)
    print(f"said to be safe, and was not: {lies}")
    if bad or lies:
        return 1
    met = [any(kill[key] == "1" for kill in kills) for key in live.values()]
    on = sum("1" in (kill["supply_on"], kill["card_live"]) for kill in kills)
    enough = len(kills) >= options.kills and 2 * on >= len(kills)
    return 0 if all(met) and enough else 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lab_kill", type=pathlib.Path)
    parser.add_argument("rig", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=4, help="laboratories at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victim", choices=VICTIMS, default="worker")
    parser.add_argument("--bound", type=float, default=10000, help="ms until supplies are off")
    parser.add_argument("--bound-card", type=float, default=1000, help="ms until cards are safe")
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
    for line in lines:
        print(line)
    made = [parse(line) for line in lines if " guard " in line]
    kills = [kill for kill in made if kill["alive"] == "1"]
    unsafe = sum("0" in (kill["supply_off"], kill["card_safe"]) for kill in kills)
    print(f"{len(kills)} kills ({options.victim}), {unsafe} of them left an output on; "
          f"{len(made) - len(kills)} more came too late")
    return judge(kills, options)


if __name__ == "__main__":
    sys.exit(main())
