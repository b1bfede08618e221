#include <gtest/gtest.h>

#include "tests/usb/under_umockdev.h"

// The tests of emulated USB devices run under libumockdev-preload.so.0.
int main(int argc, char** argv) {
  rig::usb::RunUnderUmockdev(argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
