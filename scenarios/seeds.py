#!/usr/bin/env python3
"""Runs every scenario of all devices with other seeds than their own, and counts.

usage: scenarios/seeds.py FIRST LAST [SCENARIO...]

For each seed FIRST..LAST all scenario files (or those named) are run by `rig run --seed`, one process for all of
a seed. Evidence of runs that pass is deleted, of others it is kept in evidence/seeds/<seed>.*. At the end: one line for
each run that did not pass, how many traces of each scenario differ from one another (a scenario without anything
random has one, whatever the seed: its runs are replays, not trials), and the totals. A golden trace is compared like
any other check: its tolerances must bear what the seed changes. Exit code: 0 if every run passed, 1 if one did not,
3 if the rig failed, 64 for wrong arguments.
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RIG = ROOT / "build/release/bin/rig"
EVIDENCE = ROOT / "evidence/seeds"
DEVICES = ("patient_monitor", "infusion_pump", "neurostimulator")


def main(arguments):
    numbers = arguments[:2]
    if len(numbers) < 2 or not all(n.isdecimal() for n in numbers) or int(numbers[0]) > int(numbers[1]):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 64
    scenarios = arguments[2:] or sorted(
        str(path) for device in DEVICES for path in (ROOT / "scenarios" / device / "scenarios").glob("*.yaml"))
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    verdicts = collections.Counter()
    traces = collections.defaultdict(set)
    for seed in range(int(numbers[0]), int(numbers[1]) + 1):
        folder = tempfile.mkdtemp(prefix=f"{seed}.", dir=EVIDENCE)
        ran = subprocess.run([RIG, "run", "--seed", str(seed), "--json", "--evidence", folder, *scenarios],
                             stdout=subprocess.PIPE, check=False)
        records = json.loads(ran.stdout) if ran.stdout else []
        if len(records) != len(scenarios):
            print(f"seed {seed}: {len(records)} of {len(scenarios)} scenarios ran", file=sys.stderr)
            return 3
        for record in records:
            name = f"{record['device']}/{record['scenario']}"
            verdicts[record["verdict"]] += 1
            traces[name].add(record["trace"]["sha256"])
            if record["verdict"] == "PASS":
                continue
            failed = [f"{c['id']}: {c['reason']}" for c in record["checks"] if c["verdict"] != "PASS"]
            print(f"seed {seed}: {name}: {record['verdict']}: {record.get('error') or '; '.join(failed)}", flush=True)
        if all(record["verdict"] == "PASS" for record in records):
            shutil.rmtree(folder)
    for name, distinct in sorted(traces.items()):
        print(f"{name}: {len(distinct)} distinct trace(s)")
    print(f"{sum(verdicts.values())} runs: " + ", ".join(f"{n} {v}" for v, n in sorted(verdicts.items())))
    return 0 if set(verdicts) == {"PASS"} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
