#!/usr/bin/env bash
# Installs what is missing of the Debian packages that building (and testing) needs. Asks nothing.
#
#   tests/setup.sh build   what scenarios/nightly.sh needs
#   tests/setup.sh test    that, and what tests/run.sh needs
#
# Costs a fraction of a second when nothing is missing. Needs root or sudo only when something is.
set -euo pipefail

build_packages=(
  # The host's tools and libraries. lld links several times faster than GNU ld.
  g++ cmake ninja-build make pkg-config ccache lld
  protobuf-compiler libprotobuf-dev libyaml-cpp-dev libhdf5-dev libssl-dev libcli11-dev libfmt-dev
  libexpected-dev nlohmann-json3-dev libeigen3-dev libboost-dev
  # Recorded signals: WFDB's FLAC formats, HL7 aECG.
  libflac-dev libpugixml-dev
  # Pictures as PNG.
  librsvg2-bin
  # The virtual board. libsimavr reads ELF through libelf and zlib.
  libsimavr-dev libelf-dev zlib1g-dev
  # Fixtures on USB.
  libusb-1.0-0-dev libftdi1-dev
  # Programmers that the rig runs as child processes.
  avrdude openocd
  # The devices' firmware.
  gcc-avr avr-libc binutils-avr
  # One CMake configuration serves the nightly and the tests.
  libgtest-dev libgmock-dev libbenchmark-dev libumockdev-dev
)
test_packages=(
  # libFuzzer and its coverage come with compiler-rt, which clang only recommends.
  clang clang-format clang-tidy libclang-rt-14-dev
  # Recorded GDF and SCP-ECG are read through save2gdf.
  biosig-tools
  # USB devices that are emulated under the real libraries, and independent programs that try them.
  umockdev ftdi-eeprom flashrom dfu-util sigrok-cli stm32flash uhubctl usbrelay
  libhidapi-libusb0
  shellcheck python3 python3-junitparser python3-scipy jq git
)

fail() {
  echo "setup: $*" >&2
  exit 1
}

case "${1-}" in
  build) packages=("${build_packages[@]}") ;;
  test) packages=("${build_packages[@]}" "${test_packages[@]}") ;;
  *)
    echo "usage: tests/setup.sh build|test" >&2
    exit 64
    ;;
esac

command -v apt-get >/dev/null || fail "needs Debian 12: there is no apt-get here"

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
  sed -n 's/^installed //p') || true
missing=()
for package in "${packages[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail "missing ${missing[*]}; install them as root, or install sudo"
  sudo -n true 2>/dev/null || fail "missing ${missing[*]}; sudo asks for a password: install them as root"
  as_root=(sudo -n)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup: installing ${missing[*]}"
# An update that fails (an unrelated source may be down) is no reason to stop; an install that fails is.
apt update >"$log" 2>&1 || true
if ! apt install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
  grep -E '^(E|Err|W):?' "$log" | tail -5 >&2 || tail -5 "$log" >&2
  fail "apt-get could not install ${missing[*]}; is there a network, and is this Debian 12?"
fi
