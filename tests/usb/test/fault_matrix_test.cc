// Each fault at each transfer of a whole conversation: what talks to the device says that it
// failed, in time, or did not notice and got what was right; and it works again when the device is
// back.
#include <fmt/format.h>
#include <ftdi.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "fixtures/transport/usb.h"
#include "tests/usb/ft232h.h"
#include "tests/usb/test/echo_device.h"
#include "tests/usb/usb_bus.h"

namespace rig::usb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{500};

// A conversation: what went wrong; empty, nothing did.
using Conversation = std::function<std::string()>;

std::string WithUsbDevice() {
  const auto talk = []() -> Status {
    RIG_TRY_ASSIGN(std::unique_ptr<UsbDevice> device, UsbDevice::Open({0x1209, 1, "", ""}, 0));
    RIG_TRY(device->Text(3, After(kPatience)));
    const std::string sent(1500, 'x');
    RIG_TRY(device->ControlOut({0x40, 1, 0, 0}, sent, After(kPatience)));
    RIG_TRY_ASSIGN(const std::string kept,
                   device->ControlIn({0xc0, 1, 0, 0}, 1500, After(kPatience)));
    RIG_TRY(device->BulkOut(EchoDevice::kOut, sent, After(kPatience)));
    RIG_TRY_ASSIGN(const std::string back,
                   device->BulkIn(EchoDevice::kIn, sent.size(), After(kPatience)));
    if (kept == sent && back == sent) return {};
    return MakeError(Code::kDataLoss, device->name() + ": something else came back");
  };
  const Status result = talk();
  if (result) return {};
  EXPECT_NE(result.error().message.find("1209:0001"), std::string::npos) << result.error().message;
  return result.error().message;
}

std::string WithLibftdi() {
  const std::unique_ptr<ftdi_context, void (*)(ftdi_context*)> ftdi(ftdi_new(), ftdi_free);
  ftdi->usb_read_timeout = ftdi->usb_write_timeout = kPatience.count();
  const auto failed = [&] { return std::string("libftdi: ") + ftdi_get_error_string(ftdi.get()); };
  const bool open = ftdi_usb_open_desc(ftdi.get(), 0x0403, 0x6014, nullptr, "RIG0001") == 0 &&
                    ftdi_set_latency_timer(ftdi.get(), 1) == 0 &&
                    ftdi_set_bitmode(ftdi.get(), 0, BITMODE_MPSSE) == 0;
  if (!open) return failed();
  std::string commands("\x84\x8a\x86\x00\x00\x31\xff\x02", 8);
  const std::string sent(0x300, '\x5a');
  commands += sent + '\x87';
  if (ftdi_write_data(ftdi.get(), reinterpret_cast<unsigned char*>(commands.data()),
                      static_cast<int>(commands.size())) != static_cast<int>(commands.size())) {
    return failed();
  }
  std::string back;
  for (int tries = 0; tries < 20 && back.size() < sent.size(); ++tries) {
    std::string part(sent.size() - back.size(), '\0');
    const int got = ftdi_read_data(ftdi.get(), reinterpret_cast<unsigned char*>(part.data()),
                                   static_cast<int>(part.size()));
    if (got < 0) return failed();
    back += part.substr(0, static_cast<std::size_t>(got));
  }
  return back == sent ? "" : "libftdi: something else came back";
}

struct Host {
  const char* name;
  Conversation talk;
  std::function<std::unique_ptr<EmulatedDevice>()> device;
};

void PrintTo(const Host& host, std::ostream* stream) { *stream << host.name; }

struct Mishap {
  const char* name;
  Fault fault;
  bool must_fail;  // whatever transfer it hits
};

void PrintTo(const Mishap& mishap, std::ostream* stream) { *stream << mishap.name; }

const std::vector<Host>& Hosts() {
  static const std::vector<Host> hosts = {
      {"UsbDevice", WithUsbDevice, [] { return std::make_unique<EchoDevice>(); }},
      {"Libftdi", WithLibftdi, [] { return std::make_unique<Ft232h>("RIG0001"); }},
  };
  return hosts;
}

const std::vector<Mishap>& Mishaps() {
  using Kind = Fault::Kind;
  static const std::vector<Mishap> mishaps = {
      {"Stall", {.kind = Kind::kStall}, false},
      {"Short", {.kind = Kind::kShort, .bytes = 1}, false},
      {"Empty", {.kind = Kind::kShort, .bytes = 0}, false},
      {"Slow", {.kind = Kind::kSlow, .wait = Duration(20'000'000)}, false},
      {"Silent", {.kind = Kind::kSlow, .wait = Duration(60'000'000'000)}, false},
      {"Unplug", {.kind = Kind::kUnplug}, true},
      {"Replug", {.kind = Kind::kReplug, .wait = Duration(5'000'000)}, true},
  };
  return mishaps;
}

class FaultMatrixTest : public testing::TestWithParam<std::tuple<Host, Mishap>> {
 protected:
  FaultMatrixTest() : device_(std::get<0>(GetParam()).device()) {}
  // Plugged in anew.
  void Renew() {
    bus_->Unplug(*device_);
    bus_->Plug(*device_);
  }
  std::unique_ptr<EmulatedDevice> device_;
  std::unique_ptr<UsbBus> bus_ = std::make_unique<UsbBus>();
};

TEST_P(FaultMatrixTest, IsSurvivedAtEachTransfer) {
  const auto& [host, mishap] = GetParam();
  Renew();
  ASSERT_EQ(host.talk(), "");
  const unsigned transfers = bus_->transfers(*device_);
  ASSERT_GT(transfers, 5U);
  unsigned failures = 0;
  for (unsigned nth = 1; nth <= transfers; ++nth) {
    SCOPED_TRACE(fmt::format("transfer {} of {}", nth, transfers));
    Renew();
    Fault fault = mishap.fault;
    fault.nth = nth;
    bus_->Schedule(*device_, fault);
    const auto begin = steady_clock::now();
    const std::string problem = host.talk();
    EXPECT_LT(steady_clock::now() - begin, seconds(20));
    EXPECT_FALSE(mishap.must_fail && problem.empty());
    failures += problem.empty() ? 0 : 1;
    Renew();
    EXPECT_EQ(host.talk(), "");
  }
  if (mishap.fault.kind == Fault::Kind::kSlow && mishap.fault.wait < kPatience) {
    EXPECT_EQ(failures, 0U);
  } else {
    EXPECT_GE(failures, transfers / 3);  // texts that nobody needs may be missing
  }
}

INSTANTIATE_TEST_SUITE_P(Hosts, FaultMatrixTest,
                         testing::Combine(testing::ValuesIn(Hosts()), testing::ValuesIn(Mishaps())),
                         [](const auto& row) {
                           return fmt::format("{}{}", std::get<0>(row.param).name,
                                              std::get<1>(row.param).name);
                         });

}  // namespace
}  // namespace rig::usb
