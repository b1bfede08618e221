#include <gtest/gtest.h>
#include <libusb.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "tests/usb/ft232h.h"
#include "tests/usb/test/usb_host.h"
#include "tests/usb/usb_bus.h"

namespace rig::usb {
namespace {

using std::chrono::steady_clock;

double ProcessorSeconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// A chip that listens to every edge.
class Listener : public PinPeripheral {
 public:
  Pins watched() const override { return kSk | kDo; }
  void PinsChanged(Cycle, Pins levels, Pins changed) override {
    if ((levels & changed & kSk) != 0) ++clocks;
  }
  PinDrive Drive(Cycle) override { return {}; }
  std::uint64_t clocks = 0;
};

// Transfers that are submitted again as soon as they are over, with the same data.
class Stream {
 public:
  Stream(libusb_device_handle* handle, std::uint8_t endpoint, std::string data, bool goes_on)
      : data_(std::move(data)), goes_on_(goes_on), transfer_(libusb_alloc_transfer(0)) {
    libusb_fill_bulk_transfer(transfer_, handle, endpoint,
                              reinterpret_cast<unsigned char*>(data_.data()),
                              static_cast<int>(data_.size()), Ended, this, 0);
    Submit();
  }
  ~Stream() { libusb_free_transfer(transfer_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  void Cancel() {
    goes_on_ = false;
    if (pending_) libusb_cancel_transfer(transfer_);
  }
  bool pending() const { return pending_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void Submit() { pending_ = libusb_submit_transfer(transfer_) == 0; }
  static void LIBUSB_CALL Ended(libusb_transfer* transfer) {
    auto* stream = static_cast<Stream*>(transfer->user_data);
    stream->bytes_ += static_cast<std::uint64_t>(transfer->actual_length);
    stream->pending_ = false;
    if (stream->goes_on_ && transfer->status == LIBUSB_TRANSFER_COMPLETED) stream->Submit();
  }
  std::string data_;
  bool goes_on_;
  libusb_transfer* transfer_;
  bool pending_ = false;
  std::uint64_t bytes_ = 0;
};

class LoadTest : public testing::Test {
 protected:
  LoadTest() {
    chip_.engine().Attach(listener_);
    bus_.Plug(chip_);
  }
  void Open() {
    ASSERT_EQ(host_.Open(0x0403, 0x6014), 0);
    ASSERT_EQ(libusb_control_transfer(host_.handle(), 0x40, 0x0b, 0x0200, 1, nullptr, 0, 1000), 0);
  }
  // The processor's share of a second, with everything in this process.
  double Share() {
    const auto end = steady_clock::now() + std::chrono::seconds(1);
    const double before = ProcessorSeconds();
    while (steady_clock::now() < end) HandleEvents();
    return ProcessorSeconds() - before;
  }
  void HandleEvents() {
    timeval most{0, 20'000};
    libusb_handle_events_timeout(host_.context(), &most);
  }
  Listener listener_;
  Ft232h chip_{"RIG0001"};
  UsbBus bus_;
  UsbHost host_;
};

// The bound leaves room for a slow or busy machine.
constexpr double kMostIdle = RIG_SANITIZED ? 0.5 : 0.1;
constexpr double kMostStreaming = RIG_SANITIZED ? 0.9 : 0.3;

TEST_F(LoadTest, AnOpenDeviceCostsLittle) {
  Open();
  Stream in(host_.handle(), 0x81, std::string(4096, '\0'), true);
  const double share = Share();
  RecordProperty("processor_share", std::to_string(share));
  EXPECT_LT(share, kMostIdle);
  EXPECT_GT(in.bytes(), 100U) << "empty packets every 16 ms";
  in.Cancel();
  while (in.pending()) HandleEvents();
}

TEST_F(LoadTest, AStreamOf100KilobytesASecondCostsLittleAndNeverStarves) {
  Open();
  // 60 MHz / (2 * 37) = 811 kHz, about 100 kB/s.
  std::string set_up("\x8a\x86\x24\x00\x80\x00\x0b", 7);
  ASSERT_EQ(host_.Bulk(0x02, set_up).code, 0);
  std::string block("\x11\xfc\x0f", 3);
  block.resize(4096, '\x55');
  std::array<std::unique_ptr<Stream>, 8> streams;
  for (auto& stream : streams) {
    stream = std::make_unique<Stream>(host_.handle(), 0x02, block, true);
  }
  ASSERT_TRUE(bus_.Await([&] { return chip_.engine().commands() > 3; }, std::chrono::seconds(5)));
  const Cycle idle = bus_.Locked([&] { return chip_.engine().idle(); });
  const auto state = [&] {
    return bus_.Locked([&] { return std::pair(chip_.engine().now(), listener_.clocks); });
  };
  const auto [begin, clocks] = state();
  const double share = Share();
  RecordProperty("processor_share", std::to_string(share));
  EXPECT_LT(share, kMostStreaming);
  const auto [end, clocks_then] = state();
  // What is queued lasts 320 ms. Under ThreadSanitizer on a machine with 11 programs on two cores
  // the bus was later than that, and the engine idled: of real time, only the plain build is asked.
  if (!RIG_SANITIZED) {
    EXPECT_EQ(bus_.Locked([&] { return chip_.engine().idle(); }), idle);
    // A clock takes 74 cycles, and it never waits.
    EXPECT_NEAR(static_cast<double>(clocks_then - clocks), static_cast<double>(end - begin) / 74,
                2);
  }
  for (auto& stream : streams) stream->Cancel();
  for (auto& stream : streams) {
    while (stream->pending()) HandleEvents();
  }
}

}  // namespace
}  // namespace rig::usb
