#include <gtest/gtest.h>

#include "tests/usb/under_umockdev.h"

// ThreadSanitizer does not see how threads of these libraries wait for each other.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libglib-2.0.so.0\n"
         "called_from_lib:libgobject-2.0.so.0\n"
         "called_from_lib:libgio-2.0.so.0\n"
         "called_from_lib:libudev.so.1\n"
         "called_from_lib:libumockdev.so.0\n";
}

// The tests of emulated USB devices run under libumockdev-preload.so.0.
int main(int argc, char** argv) {
  rig::usb::RunUnderUmockdev(argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
