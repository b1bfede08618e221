#!/usr/bin/env bash
# Installs what is missing, builds, and runs the nightly regression of all devices on the virtual bench.
#
#   scenarios/nightly.sh [options of `rig nightly`, such as --resume, --json, --recordings FOLDER]
#
# Paths among the options are meant from the repository's root, where this runs. The evidence goes to
# evidence/ unless --evidence says otherwise. Exit code: that of `rig nightly` (0 pass, 1 fail,
# 2 inconclusive, 3 rig error, 64 usage); 3 as well when the rig cannot be built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What one clone has compiled serves the next one, wherever it lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true

devices=(patient_monitor infusion_pump neurostimulator)
build=build/release
# Standard output belongs to `rig nightly`: with --json it is read by a machine.
say() { echo "nightly: $*" >&2; }

tests/setup.sh build >&2 || exit 3

mkdir -p "$build"
if [[ ! -f $build/build.ninja ]]; then
  say "configuring"
  cmake --preset release >"$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 3; }
fi
# Says nothing when nothing changed.
if ! ninja -C "$build" -n rig 2>/dev/null | tail -1 | grep -q 'no work to do'; then
  say "building the rig"
  NINJA_STATUS='[%f/%t %es] ' ninja -C "$build" rig >&2 || exit 3
fi
for device in "${devices[@]}"; do
  make -C "scenarios/$device/firmware" -s >&2 || exit 3
done

evidence=(--evidence evidence)
for argument in "$@"; do
  [[ $argument != --evidence && $argument != --evidence=* ]] || evidence=()
done
exec "$build/bin/rig" nightly "${devices[@]/#/scenarios/}" "${evidence[@]}" "$@"
