"""Seeds for the readers' fuzz targets from the recorded signals beside the source folder.

usage: real_seeds.py RECORDINGS OUT

Writes OUT/<target>/<file>: the beginning of each file of RECORDINGS, short enough for many runs; WFDB records
with all their files in one, as tests/fuzz/wfdb_fuzz.cc takes them. The recordings' licences are their own, so
that OUT lies in a build folder. Without RECORDINGS nothing is written.
"""

import pathlib
import sys

MOST = 60_000  # bytes of a seed; wfdb_fuzz counts a signal file's in two
MOST_OF = {".xml": 100_000}  # half a document is none
TARGETS = {".edf": "edf", ".bdf": "edf", ".xml": "aecg", ".csv": "csv"}


def wfdb_seed(header):
    """Header, the first signal file's beginning, annotations."""
    text = header.read_bytes()
    lines = [line.split() for line in text.decode("latin-1").splitlines() if line and not line.startswith("#")]
    files = [words[0] for words in lines[1:] if words]
    data = header.parent / files[0] if files else None
    samples = data.read_bytes()[:MOST] if data and data.is_file() else b""
    annotations = header.with_suffix(".atr")
    marks = annotations.read_bytes()[:MOST] if annotations.is_file() else b""
    return text + b"%%\n" + len(samples).to_bytes(2, "little") + samples + marks


def main():
    recordings, out = map(pathlib.Path, sys.argv[1:])
    count = 0
    for file in sorted(recordings.rglob("*")):
        target = "wfdb" if file.suffix == ".hea" else TARGETS.get(file.suffix.lower())
        if not target or not file.is_file():
            continue
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        seed = wfdb_seed(file) if target == "wfdb" else file.read_bytes()[: MOST_OF.get(file.suffix.lower(), MOST)]
        (folder / file.name).write_bytes(seed)
        count += 1
    print(f"   {count} seeds from {recordings}" if count else f"   no recordings in {recordings}: the written seeds only")


if __name__ == "__main__":
    main()
