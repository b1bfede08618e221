#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rig/base/run_time.h"
#include "tests/usb/emulated_device.h"

namespace rig::usb {

inline constexpr Duration kMicroframe{125'000};

// How long a host lets a new connection settle before it looks (USB 2.0, 7.1.7.3: TATTDB).
inline constexpr Duration kDebounce{100'000'000};

// What goes wrong at one transfer.
struct Fault {
  enum class Kind {
    kStall,   // the device stalls it
    kShort,   // `bytes` go through: IN, a short packet and the rest is lost; OUT, a bus error
              // (control: 0 bytes)
    kAnswer,  // IN: `data` comes instead of what the device sends
    kSlow,    // the device answers NAK for `wait`
    kUnplug,  // the device goes
    kReplug,  // it goes, and is back after `wait` under another address, as `descriptors` say
  };
  Kind kind;
  // The n-th transfer from now that begins, of `endpoint` (0: control) or, without one, of any.
  unsigned nth = 1;
  std::optional<std::uint8_t> endpoint = {};
  std::size_t bytes = 0;
  std::string data = {};
  Duration wait{0};
  std::optional<Descriptors> descriptors = {};
};

// One transfer, from when a program submits it (as an URB) to when it reaps it.
struct Transfer {
  std::uint64_t owner;    // which open device file
  std::uint64_t id;       // the URB's address in its program
  std::uint8_t endpoint;  // bit 7: IN. 0 is control of both directions
  std::size_t length;     // of the data asked or given
  std::string data;       // control: with the 8 bytes of SETUP in front
  std::uint64_t buffer;   // where data that came in goes to in its program
  bool in = false;        // device to host
  RunTime submitted{};
  bool short_is_error = false;
  bool ends_with_empty_packet = false;
  // Since the device saw it first.
  bool begun = false;
  std::size_t done = 0;  // bytes that went through
  RunTime not_before{};
  std::optional<std::size_t> cut{};     // kShort
  std::optional<std::string> answer{};  // kAnswer
  bool stalls = false;                  // kStall
  int status = 0;                       // 0 or a negative errno, as the kernel's
};

struct PlugOptions {
  // Bus and hub ports: below a hub at "1-1", its port 2 is "1-1.2".
  std::string port = "1-1";
  // 12 or 480 Mbit/s, as the host is told. The bandwidth is a high speed bus's either way.
  unsigned speed = 480;
  // What holds each interface at first, "ftdi_sio"; empty: nothing.
  std::string kernel_driver = {};
};

// A device in its socket: its pipes with what is pending in them, its configuration, the standard
// requests that do not reach the device, and the faults that wait for it. Does not know the time
// but what it is told, nor files. Not thread-safe.
class AttachedDevice {
 public:
  // Resets the device, as a hub does.
  // `told`: what the device says when asked; `taken`: what the kernel made of it.
  AttachedDevice(EmulatedDevice& device, Descriptors told, Descriptors taken, PlugOptions options);

  // Errno of a refusal, or 0.
  int Submit(Transfer transfer);
  // Ends a pending one with -ENOENT; false when there is none.
  bool Discard(std::uint64_t owner, std::uint64_t id);
  void DiscardAll(std::uint64_t owner);
  // The next one that is over, in the order in which they ended, or the one of that id.
  static constexpr std::uint64_t kNoUrb = 0;  // what id a transfer has that no URB stands for
  std::optional<Transfer> ReapUrb(std::uint64_t owner);
  std::optional<Transfer> Reap(std::uint64_t owner, std::uint64_t id);
  bool HasDone() const { return !done_.empty(); }
  bool HasDone(std::uint64_t owner) const;
  bool HasPending() const { return pending_ > 0; }
  // Whether something was submitted a moment ago, so that the next microframe should not be late.
  bool HasFresh(RunTime now) const;

  // One microframe, which ends at `t`: each pipe's transfers are offered to the device, in order.
  void RunMicroframe(RunTime t);
  void AdvanceTo(RunTime t);

  // The standard requests that the kernel makes for a program. Errno of a refusal, or 0.
  int SetConfiguration(std::uint8_t value);
  int SelectAlternate(std::uint8_t interface, std::uint8_t alternate);
  int ClearHalt(std::uint8_t endpoint);
  // What was pending ends with -ENOENT. False: it is another device now and has to be replugged.
  bool Reset();
  // Everything pending ends with -ESHUTDOWN; nothing reaches the device any more.
  void Detach();
  bool attached() const { return attached_; }
  // Whether it is to be taken out: for a fault, or because it detaches itself.
  struct Departure {
    bool comes_back;
    Duration after{0};
    std::optional<Descriptors> as = {};
  };
  std::optional<Departure> TakeDeparture();

  void Schedule(Fault fault) { faults_.push_back(std::move(fault)); }
  // Transfers that began so far: how many points there are at which a fault can hit.
  unsigned transfers() const { return transfers_; }

  // Which interface an endpoint of the selected alternates belongs to.
  std::optional<std::uint8_t> InterfaceOf(std::uint8_t endpoint) const;
  bool HasInterface(std::uint8_t interface) const;
  // Who holds an interface: 0, nobody; kKernel, a driver of the kernel.
  static constexpr std::uint64_t kKernel = ~std::uint64_t{0};
  std::uint64_t& holder(std::uint8_t interface) { return holders_[interface]; }
  void ReleaseAll(std::uint64_t owner);

  const PlugOptions& options() const { return options_; }
  const Descriptors& taken() const { return taken_; }
  std::uint8_t configuration() const { return configuration_; }
  EmulatedDevice& device() { return device_; }

 private:
  struct Endpoint {
    std::uint8_t interface;
    std::uint8_t alternate;
    std::uint8_t address;
    std::size_t packet;
  };
  struct Pipe {
    std::deque<Transfer> queue;
    bool halted = false;
  };
  void ParseConfiguration();
  const Endpoint* Find(std::uint8_t address) const;
  void RunPipe(std::uint8_t address, Pipe& pipe);
  // What became of a transfer that was offered: over, or waiting for the next microframe.
  enum class Offered { kOver, kWaits };
  Offered Offer(Transfer& transfer, std::size_t& budget);
  Offered OfferControl(Transfer& transfer);
  Offered OfferIn(Transfer& transfer, std::size_t& budget);
  Offered OfferOut(Transfer& transfer, std::size_t& budget);
  static Offered End(Transfer& transfer, int status);
  void Begin(Transfer& transfer);
  std::optional<std::string> Control(const Setup& setup, std::string_view data);
  std::optional<std::string> Standard(const Setup& setup, std::string_view data);
  std::optional<std::string> GetDescriptor(const Setup& setup);
  void Retire(Transfer transfer);
  template <typename Wanted>
  std::optional<Transfer> ReapIf(Wanted wanted);

  EmulatedDevice& device_;
  const Descriptors told_;
  const Descriptors taken_;
  const PlugOptions options_;
  std::vector<Endpoint> endpoints_;
  std::map<std::uint8_t, std::uint8_t> alternates_;  // selected, by interface
  std::map<std::uint8_t, std::uint64_t> holders_;
  std::uint8_t configuration_ = 0;
  std::map<std::uint8_t, Pipe> pipes_;
  std::deque<Transfer> done_;
  std::size_t pending_ = 0;
  std::vector<Fault> faults_;
  std::optional<Departure> departure_;
  unsigned transfers_ = 0;
  bool attached_ = true;
  RunTime now_{};
};

}  // namespace rig::usb
