"""clang-tidy over every .cc of ours but the tests', leaving out what has not changed since it was last clean.

usage: tidy.py BUILD STAMPS

BUILD is a Ninja build with compile_commands.json; STAMPS a folder with one empty file per clean result,
named by the digest of all that the result depends on: clang-tidy, its configuration, the compile command
and the text of the file and of every header of ours that it includes, generated ones among them.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys


# The compile commands are g++'s: clang need not know all its warnings.
GCC_ONLY = "--extra-arg=-Wno-unknown-warning-option"


def headers_by_object(build, root):
    """Object file -> the project's files it was compiled from, as Ninja recorded them."""
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True)
    found, current = {}, None
    for line in listing.stdout.splitlines():
        if line and not line[0].isspace():
            current = found.setdefault(line.split(":", 1)[0], [])
        elif line.strip():
            path = os.path.normpath(os.path.join(build, line.strip()))
            if path.startswith(root + os.sep):
                current.append(path)
    return found


def main():
    build, stamps = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    root = str(pathlib.Path(__file__).resolve().parent.parent)
    stamps.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    configurations = sorted(pathlib.Path(root).glob("**/.clang-tidy"))
    configuration = b"".join(file.read_bytes() for file in configurations)
    headers = headers_by_object(build, root)
    digests = {}

    def digest(path):
        if path not in digests:
            digests[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).digest()
        return digests[path]

    def stamp(command):
        key = hashlib.sha256(version + configuration + command["command"].encode())
        words = shlex.split(command["command"])
        target = words[words.index("-o") + 1]
        # Without recorded headers nothing is known about what it depends on: never taken as clean.
        if target not in headers:
            return None
        for path in sorted(set(headers[target]) | {command["file"]}):
            key.update(path.encode() + b"\0" + digest(path))
        return stamps / key.hexdigest()

    def check(command):
        clean = stamp(command)
        if clean and clean.exists():
            return None, ""
        result = subprocess.run(["clang-tidy", "-p", build, "--quiet", GCC_ONLY, command["file"]], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode == 0 and clean:
            clean.touch()
        # stderr holds only counts of suppressed warnings, unless clang-tidy itself failed.
        return result.returncode, result.stdout or (result.stderr if result.returncode else "")

    commands = [c for c in json.loads(pathlib.Path(build, "compile_commands.json").read_text())
                if c["file"].startswith(root + os.sep) and not c["file"].startswith(build + os.sep)
                and not c["file"].startswith(os.path.join(root, "tests") + os.sep)]
    checked = failed = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for status, output in pool.map(check, commands):
            checked += status is not None
            failed += status not in (None, 0)
            if status not in (None, 0):
                print(output, end="", flush=True)
    print(f"   {len(commands)} files, {checked} of them checked, {failed} with findings")
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
