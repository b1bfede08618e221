#pragma once

#include <string_view>
#include <vector>

namespace rig::layering {

// What a folder may include. The one place where the direction of our includes is written down.
struct Layer {
  // A file belongs to the layer with the longest folder that holds it. Its own folder it may always
  // include.
  std::string_view folder;
  // Folders ("rig/base/", without those below it that have a row of their own) or single headers.
  std::vector<std::string_view> ours;
  // Folders ("openssl/") or beginnings of names ("H5") of third-party headers it wraps.
  // Standard and POSIX headers need no mention, but those of threads: the tests of a folder that
  // uses them are THREADED (tests/CMakeLists.txt), which ThreadSanitizer runs.
  std::vector<std::string_view> vendor;
};

inline const std::vector<Layer>& Layers() {
  static const std::vector<Layer> layers = {
      // What is said.
      {"proto/", {}, {"google/protobuf/"}},
      // The base of everything. options.pb.h: the schema's notes on units, which strict loading
      // reads.
      {"rig/base/",
       {"rig/v1/options.pb.h"},
       {"fmt/", "tl/", "yaml-cpp/", "openssl/", "google/protobuf/", "atomic"}},
      // What a bench can do, and what is put into it.
      {"rig/capability/", {"rig/base/"}, {}},
      {"sim_signals/", {"rig/base/", "rig/v1/scenario.pb.h", "sim_signals/recorded/"}, {"fmt/"}},
      // Files of recorded signals, as they are: nothing of playing them.
      {"sim_signals/recorded/", {"rig/base/"}, {"fmt/", "FLAC/", "pugixml"}},
      {"sim_signals/body/", {"rig/base/", "rig/v1/body.pb.h", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/ecg/",
       {"rig/base/", "rig/v1/artefacts.pb.h", "rig/v1/body.pb.h", "rig/v1/signals.pb.h",
        "sim_signals/", "sim_signals/body/"},
       {"fmt/"}},
      {"sim_signals/artefact/", {"rig/base/", "rig/v1/artefacts.pb.h", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/respiration/",
       {"rig/base/", "rig/v1/signals.pb.h", "sim_signals/", "sim_signals/body/"},
       {}},
      {"sim_signals/circulation/",
       {"rig/base/", "rig/v1/plants.pb.h", "rig/v1/signals.pb.h", "sim_signals/",
        "sim_signals/body/", "sim_signals/respiration/"},
       {"fmt/"}},
      {"sim_signals/brain/", {"rig/base/", "rig/v1/", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/lung/", {"rig/base/", "rig/v1/", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/metabolism/", {"rig/base/", "rig/v1/", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/temperature/", {"rig/base/", "rig/v1/", "sim_signals/"}, {"fmt/"}},
      {"sim_signals/catalogue/",
       {"rig/base/", "rig/v1/", "sim_signals/", "sim_signals/artefact/", "sim_signals/body/",
        "sim_signals/ecg/", "sim_signals/circulation/", "sim_signals/respiration/",
        "sim_signals/brain/", "sim_signals/lung/", "sim_signals/metabolism/",
        "sim_signals/recorded/", "sim_signals/temperature/"},
       {"fmt/", "google/protobuf/"}},
      // Drivers. Firmware images and the device's console protocol are no hardware, so that the
      // engine may know them.
      {"fixtures/image/", {"rig/base/"}, {"fmt/"}},
      {"fixtures/console/", {"rig/base/", "rig/capability/"}, {"fmt/"}},
      // The only place of vendors' headers for USB, and of sockets and terminals.
      {"fixtures/transport/",
       {"rig/base/"},
       {"fmt/", "libusb.h", "ftdi.h", "asm/termbits.h", "linux/serial.h", "netdb.h", "netinet/"}},
      {"fixtures/link/",
       {"rig/base/", "rig/capability/", "fixtures/transport/"},
       {"fmt/", "mutex", "thread"}},
      {"fixtures/power/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/transport/"},
       {"fmt/"}},
      {"fixtures/firmware/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/image/",
        "fixtures/transport/"},
       {"fmt/"}},
      {"fixtures/card/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/transport/", "sim_signals/"},
       {"fmt/"}},
      // The virtual bench runs the real supply driver against a server of its own.
      {"fixtures/table/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/transport/",
        "fixtures/link/", "fixtures/power/", "fixtures/firmware/", "fixtures/card/"},
       {"fmt/", "thread"}},
      {"fixtures/virtual/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/image/", "fixtures/power/",
        "fixtures/transport/", "sim_signals/"},
       {"fmt/", "google/protobuf/descriptor.h", "simavr/", "sim_", "avr_"}},
      {"fixtures/",
       {"rig/base/", "rig/capability/", "rig/v1/bench.pb.h", "fixtures/image/", "fixtures/console/",
        "fixtures/transport/", "fixtures/link/", "fixtures/power/", "fixtures/firmware/",
        "fixtures/card/", "fixtures/table/", "fixtures/virtual/"},
       {"fmt/"}},
      // What was measured of a fixture against a reference: lines, and their files.
      {"rig/calibration/", {"rig/base/", "rig/v1/calibration.pb.h"}, {"fmt/"}},
      // Files to checked plans.
      {"rig/bench/",
       {"rig/base/", "rig/capability/", "rig/calibration/", "rig/v1/"},
       {"fmt/", "google/protobuf/descriptor.h"}},
      {"rig/scenario/", {"rig/base/", "rig/v1/"}, {"fmt/", "google/protobuf/"}},
      // The one loop. Knows no driver, no trace file and no check.
      {"rig/engine/",
       {"rig/base/", "rig/capability/", "rig/bench/", "rig/scenario/", "rig/v1/", "sim_signals/",
        "sim_signals/body/", "sim_signals/catalogue/", "fixtures/console/", "fixtures/image/"},
       {"fmt/"}},
      // What happened, and what it means.
      {"rig/record/", {"rig/base/", "rig/v1/"}, {"fmt/", "google/protobuf/", "hdf5", "H5"}},
      // Two benches' records beside each other.
      {"rig/agreement/", {"rig/base/", "rig/record/", "rig/v1/"}, {"fmt/"}},
      {"rig/check/uncertainty/", {"rig/base/", "rig/record/", "rig/v1/"}, {"fmt/"}},
      {"rig/check/formula/",
       {"rig/base/", "rig/record/", "rig/check/uncertainty/", "rig/v1/"},
       {"fmt/"}},
      {"rig/check/tube/", {}, {}},
      {"rig/check/golden/",
       {"rig/base/", "rig/record/", "rig/check/tube/", "rig/check/statistics/",
        "rig/check/uncertainty/", "rig/v1/"},
       {"fmt/"}},
      {"rig/check/statistics/", {"rig/base/", "rig/v1/"}, {"fmt/", "boost/"}},
      {"rig/check/alarm/measure/",
       {"rig/base/", "rig/record/", "rig/check/formula/", "rig/v1/"},
       {"fmt/", "unsupported/Eigen/"}},
      {"rig/check/alarm/",
       {"rig/base/", "rig/record/", "rig/check/formula/", "rig/check/alarm/measure/",
        "rig/check/uncertainty/", "rig/v1/"},
       {"fmt/"}},
      {"rig/check/score/", {"rig/base/", "rig/check/statistics/"}, {"fmt/", "boost/"}},
      {"rig/check/therapy/",
       {"rig/base/", "rig/record/", "rig/check/formula/", "rig/check/uncertainty/", "rig/v1/"},
       {"fmt/"}},
      {"reports/",
       {"rig/base/", "rig/record/", "rig/check/formula/", "rig/check/therapy/", "rig/v1/"},
       {"fmt/", "google/protobuf/util/"}},
      // Runs, and the faces towards people.
      {"rig/controller/",
       {"rig/base/",
        "rig/agreement/",
        "rig/capability/",
        "rig/calibration/",
        "rig/bench/",
        "rig/scenario/",
        "rig/engine/",
        "rig/record/",
        "rig/check/formula/",
        "rig/check/golden/",
        "rig/check/alarm/",
        "rig/check/statistics/",
        "rig/check/therapy/",
        "rig/check/uncertainty/",
        "rig/v1/",
        "sim_signals/",
        "sim_signals/recorded/",
        "fixtures/",
        "fixtures/console/",
        "fixtures/image/"},
       {"fmt/", "google/protobuf/", "thread", "mutex", "condition_variable"}},
      // Numerics of searching a unit cube: knows nothing of runs.
      {"rig/search/", {"rig/base/", "sim_signals/"}, {"fmt/", "Eigen/"}},
      {"rig/campaign/",
       {"rig/base/", "rig/scenario/", "rig/record/", "rig/check/statistics/", "rig/search/",
        "rig/controller/", "rig/v1/", "sim_signals/"},
       {"fmt/", "google/protobuf/"}},
      {"rig/cli/",
       {"rig/base/", "rig/agreement/", "rig/calibration/", "rig/bench/", "rig/scenario/",
        "rig/engine/", "rig/record/", "rig/check/golden/", "rig/check/statistics/",
        "rig/controller/", "rig/campaign/", "rig/v1/", "reports/"},
       {"fmt/", "google/protobuf/util/", "CLI/", "nlohmann/", "thread"}},
      {"rig/cli/score/",
       {"rig/base/", "rig/record/", "rig/check/score/", "rig/check/formula/", "rig/cli/", "rig/v1/",
        "reports/", "sim_signals/recorded/"},
       {"fmt/", "CLI/", "nlohmann/"}},
      {"rig/cli/signal/",
       {"rig/base/", "rig/record/", "rig/scenario/", "rig/cli/", "rig/v1/", "reports/",
        "sim_signals/", "sim_signals/body/", "sim_signals/catalogue/", "sim_signals/recorded/"},
       {"fmt/", "CLI/", "nlohmann/"}},
      // Devices under test: their firmware knows nothing of the rig.
      {"scenarios/", {}, {"avr/", "util/"}},
      // Tests see everything; a vendor's header only where the folder under test wraps it.
      {"tests/",
       {"rig/", "fixtures/", "sim_signals/", "reports/", "tests/"},
       {"gtest/", "gmock/", "fmt/", "google/protobuf/", "nlohmann/", "thread"}},
      // Instruments with a TCP port.
      {"tests/fixtures/power/",
       {"rig/", "fixtures/", "tests/"},
       {"gtest/", "gmock/", "fmt/", "netinet/", "thread", "mutex", "condition_variable"}},
      {"tests/fixtures/avr/", {}, {"avr/", "util/"}},
      {"tests/integration/firmware/", {}, {"avr/", "util/"}},
      {"tests/bench/",
       {"rig/", "fixtures/", "sim_signals/", "tests/"},
       {"benchmark/", "fmt/", "simavr/", "sim_", "avr_"}},
      // Emulated bootloaders and targets, behind terminals and sockets.
      {"tests/firmware/",
       {"rig/base/", "rig/capability/", "fixtures/transport/", "tests/"},
       {"gtest/", "thread", "mutex", "atomic"}},
      // Some fuzzed devices are under the vendors' own libraries.
      {"tests/fuzz/",
       {"rig/", "fixtures/", "sim_signals/", "reports/", "tests/"},
       {"ftdi.h", "fmt/", "google/protobuf/"}},
      // Emulated USB devices, under the real libraries.
      {"tests/usb/",
       {"rig/", "fixtures/", "sim_signals/", "tests/"},
       {"gtest/", "gmock/", "fmt/", "umockdev", "libusb.h", "ftdi.h", "linux/usb", "dlfcn.h",
        "thread", "mutex", "atomic", "condition_variable"}},
      // Real drivers on emulated hardware, on hosts that are busy.
      {"tests/lab/",
       {"rig/", "fixtures/", "tests/"},
       {"gtest/", "gmock/", "fmt/", "thread", "atomic"}},
      // Counts what the C library is asked for.
      {"tests/sim_signals/streaming/",
       {"rig/base/", "sim_signals/", "rig/v1/", "tests/"},
       {"gtest/", "malloc.h"}},
      {"tests/rig/record/",
       {"rig/base/", "rig/record/", "rig/v1/", "tests/"},
       {"gtest/", "gmock/", "fmt/", "google/protobuf/", "hdf5", "H5"}},
  };
  return layers;
}

}  // namespace rig::layering
