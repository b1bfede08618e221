#!/usr/bin/env bash
# Sets up, builds and runs every test. Asks nothing; needs no terminal.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What one clone has compiled serves the next one, wherever it lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true

usage() {
  cat <<'USAGE'
usage: tests/run.sh [--only STAGE[,STAGE…]] [--fuzz-seconds N] [--list] [--help]

Stages, in the order in which they run:
  release  release build (warnings are errors) with all firmwares, all tests
  scripts  bash -n and shellcheck
  format   clang-format
  lint     `rig lint` over every YAML file under scenarios/   (needs the release build)
  asan     all tests under AddressSanitizer and UndefinedBehaviorSanitizer
  tsan     the tests that start threads, under ThreadSanitizer
  fuzz     every libFuzzer target for N seconds (10), from its seeds in tests/fuzz/corpus/ and the
           beginnings of the recordings in ../shared/data, where there are any
  tidy     clang-tidy over every .cc but those of tests; unchanged files that were clean are left out

Builds lie in build/<preset>, logs in build/logs. Exit code: 0 when every stage passed, 1 otherwise,
64 usage.
USAGE
}

all_stages=(release scripts format lint asan tsan fuzz tidy)
stages=("${all_stages[@]}")
fuzz_seconds=10
while (($#)); do
  case "$1" in
    --only)
      IFS=, read -ra stages <<<"${2-}"
      shift
      ;;
    --fuzz-seconds)
      fuzz_seconds=${2-}
      shift
      ;;
    --list)
      printf '%s\n' "${all_stages[@]}"
      exit 0
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 64
      ;;
  esac
  (($#)) && shift
done
for stage in "${stages[@]}"; do
  [[ " ${all_stages[*]} " == *" $stage "* ]] || { echo "tests/run.sh: no stage '$stage'" >&2; exit 64; }
done
((${#stages[@]})) || { usage >&2; exit 64; }
[[ $fuzz_seconds =~ ^[1-9][0-9]*$ ]] || { echo "tests/run.sh: --fuzz-seconds: a whole number" >&2; exit 64; }

logs=$PWD/build/logs
jobs=$(nproc)
mkdir -p "$logs"
rm -f "$logs"/*.count

# Runs a command with its output in a log; shows the log's end when it fails.
logged() {
  local log=$logs/$1.log
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    { grep -nE 'error:|FAILED|warning:' "$log" || true; } | head -40
    tail -30 "$log"
    echo "failed: $* (all of its output: ${log#"$PWD"/})"
    return 1
  fi
}

# What a stage counted: passed, failed and skipped tests.
count() { echo "$2 $3 $4" >>"$logs/$1.count"; }

configure() { logged "$1-configure" cmake --preset "$1"; }

build() {
  echo "   building build/$1"
  logged "$1-build" ninja -C "build/$1" "${@:2}"
}

# ctest over build/$1 with further arguments, shown without the lines of tests that passed.
run_ctest() {
  local preset=$1 status=0 total failed skipped log=$logs/$1-ctest.log
  shift
  echo "   running the tests of build/$preset"
  "${launcher[@]}" ctest --test-dir "build/$preset" -j "$jobs" --timeout 600 --no-tests=error \
    --output-on-failure "$@" </dev/null 2>&1 | tee "$log" |
    grep --line-buffered -Ev '^( +Start | *[0-9]+/[0-9]+ Test .* Passed |Internal ctest|$)' || status=1
  read -r failed total < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' \
    "$log") || return 1
  skipped=$(grep -cE '^ *[0-9]+/[0-9]+ Test .*\*\*\*Skipped' "$log") || true
  count "$preset" $((total - failed - skipped)) "$failed" "$skipped"
  return "$status"
}

sources() {
  find rig fixtures sim_signals reports scenarios tests -name build -prune -o \
    -type f \( "$@" \) -print | LC_ALL=C sort
}

stage_release() {
  configure release
  build release
  run_ctest release
}

stage_scripts() {
  local file
  while read -r file; do
    bash -n "$file"
    shellcheck "$file"
  done < <(sources -name '*.sh'; echo .ci/run)
  count scripts 1 0 0
}

stage_format() {
  sources -name '*.h' -o -name '*.cc' -o -name '*.c' |
    xargs clang-format --dry-run -Werror --style=file
  count format 1 0 0
}

stage_lint() {
  local files
  mapfile -t files < <(find scenarios -name build -prune -o -type f -name '*.yaml' -print | LC_ALL=C sort)
  ((${#files[@]})) || { echo "no YAML under scenarios/"; return 1; }
  logged lint build/release/bin/rig lint "${files[@]}"
  echo "   ${#files[@]} files"
  count lint 1 0 0
}

stage_asan() {
  # A worker that a test kills with SIGSEGV must die of it, so the sanitizers leave that signal alone.
  export ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1:handle_segv=0
  export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
  export UBSAN_OPTIONS=print_stacktrace=1
  configure asan
  build asan
  run_ctest asan
}

stage_tsan() {
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:handle_segv=0
  # GCC 12's TSan cannot map its shadow under the 32 bits of address randomisation newer kernels use.
  if setarch -R true 2>/dev/null; then launcher=(setarch -R); fi
  configure tsan
  # Test discovery runs the programs, too.
  echo "   building build/tsan"
  logged tsan-build "${launcher[@]}" ninja -C build/tsan threaded_tests
  run_ctest tsan -L threaded
}

# One libFuzzer target, from its seeds; says what it did.
fuzz() {
  local target=$1 name seeds real
  name=$(basename "${target%_fuzz}")
  seeds=tests/fuzz/corpus/$name
  real=build/asan/real_seeds/$name
  mkdir -p "build/asan/corpus/$name" build/asan/artifacts "$real"
  [[ -d $seeds ]] || { echo "   $name: no seeds in $seeds"; return 1; }
  # What this finds worth keeping goes to the first folder, in build/; the seeds stay as they are.
  logged "fuzz-$name" "$target" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=4096 \
    -artifact_prefix="build/asan/artifacts/$name-" "build/asan/corpus/$name" "$seeds" "$real" || return 1
  echo "   $name: $(tail -1 "$logs/fuzz-$name.log")"
}

# Counts a fuzzer that ran in the background.
await() {
  if wait "$1"; then
    count fuzz 1 0 0
  else
    count fuzz 0 1 0
    return 1
  fi
}

stage_fuzz() {
  local target failed=0 running=() pid
  configure asan
  build asan fuzzers
  python3 tests/fuzz/real_seeds.py ../shared/data build/asan/real_seeds
  for target in build/asan/tests/fuzz/*_fuzz; do
    fuzz "$target" &
    running+=($!)
    ((${#running[@]} < jobs)) && continue
    await "${running[0]}" || failed=1
    running=("${running[@]:1}")
  done
  for pid in "${running[@]}"; do
    await "$pid" || failed=1
  done
  return "$failed"
}

stage_tidy() {
  # The compile commands and the generated headers come from the release build.
  configure release
  build release
  python3 tests/tidy.py build/release build/tidy
  count tidy 1 0 0
}

launcher=()
tests/setup.sh test
failed_stages=()
total_passed=0 total_failed=0 total_skipped=0
for stage in "${stages[@]}"; do
  echo "== $stage"
  start=$SECONDS
  # Not in a condition, where bash would switch -e off inside the stage.
  set +e
  (
    set -e
    "stage_$stage"
  )
  status=$?
  set -e
  stage_failed=0
  if [[ -f $logs/$stage.count ]]; then
    while read -r passed failed skipped; do
      ((total_passed += passed, stage_failed += failed, total_skipped += skipped)) || true
    done <"$logs/$stage.count"
  fi
  if ((status != 0)); then
    failed_stages+=("$stage")
    ((stage_failed > 0)) || stage_failed=1
  fi
  ((total_failed += stage_failed)) || true
  echo "== $stage: $( ((status == 0)) && echo passed || echo FAILED) after $((SECONDS - start)) s"
done

total=$((total_passed + total_failed))
((total > 0)) || { echo "tests/run.sh: no test ran" >&2; exit 1; }
echo
echo "stages: ${stages[*]}; failed: ${failed_stages[*]:-none}; $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$((total_passed * 100 / total))% tests passed, $total_failed tests failed out of $total"
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
((${#failed_stages[@]} == 0))
