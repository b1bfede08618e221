#include "tests/usb/under_umockdev.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace rig::usb {

void RunUnderUmockdev(char** argv) {
  constexpr const char* kLibrary = "libumockdev-preload.so.0";
  if (::dlopen(kLibrary, RTLD_LAZY | RTLD_NOLOAD) != nullptr) return;
  constexpr const char* kAsked = "RIG_UNDER_UMOCKDEV";
  if (std::getenv(kAsked) == nullptr) {
    const char* before = std::getenv("LD_PRELOAD");
    std::string preload = kLibrary;
    if (before != nullptr && *before != '\0') preload += std::string(":") + before;
    ::setenv("LD_PRELOAD", preload.c_str(), 1);
    ::setenv(kAsked, "1", 1);
    ::execv("/proc/self/exe", argv);
  }
  std::fputs("libumockdev-preload.so.0 cannot be loaded; is umockdev installed?\n", stderr);
  std::_Exit(1);
}

}  // namespace rig::usb
