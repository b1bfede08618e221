#include "tests/usb/usb_bus.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "tests/usb/descriptors.h"
#include "tests/usb/enumeration.h"

namespace rig::usb {
namespace {

constexpr Duration kFrame = 8 * kMicroframe;
// How often devices are told the time when no program looks at them.
constexpr std::chrono::milliseconds kIdle{20};

class RootHub : public EmulatedDevice {
 public:
  Descriptors descriptors() const override {
    DeviceText device{0x1d6b, 0x0002, 0x0601, 9, 1, 2};
    InterfaceText interface {};
    interface.endpoints = 1;
    interface.interface_class = 9;
    return {DeviceDescriptor(device),
            ConfigurationDescriptor(
                {InterfaceDescriptor(interface), EndpointDescriptor(0x81, kInterrupt, 4, 12)}),
            {"rig", "Emulated root hub"}};
  }
  std::optional<std::string> Control(const Setup&, std::string_view) override {
    return std::nullopt;
  }
  InResult In(std::uint8_t, std::size_t) override { return {InResult::kNak, {}}; }
};

}  // namespace

UsbBus::UsbBus(Pace pace)
    : pace_(pace),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      root_hub_(std::make_unique<RootHub>()) {
  Attach(*root_hub_, root_hub_->descriptors(), {"usb1", 480, "hub"});
  thread_ = std::thread([this] { Run(); });
}

UsbBus::~UsbBus() {
  stops_ = true;
  Wake();
  thread_.join();
  ::close(wake_);
}

void UsbBus::Wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

void UsbBus::Plug(EmulatedDevice& device, PlugOptions options) {
  const std::scoped_lock lock(mutex_);
  Attach(device, device.descriptors(), std::move(options));
  Wake();
}

void UsbBus::Unplug(EmulatedDevice& device) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(arrivals_, [&](const Arrival& arrival) { return arrival.device == &device; });
  if (Slot* slot = Find(device)) Detach(*slot);
  Settle();
  Wake();
}

void UsbBus::Replug(EmulatedDevice& device) {
  const std::scoped_lock lock(mutex_);
  if (Slot* slot = Find(device)) {
    const PlugOptions options = slot->device->options();
    Detach(*slot);
    Attach(device, device.descriptors(), options);
  }
  for (Arrival& arrival : arrivals_) {
    if (arrival.device == &device) arrival.at = now_;
  }
  Settle();
  Wake();
}

void UsbBus::Schedule(EmulatedDevice& device, Fault fault) {
  const std::scoped_lock lock(mutex_);
  if (Slot* slot = Find(device)) slot->device->Schedule(std::move(fault));
}

unsigned UsbBus::transfers(EmulatedDevice& device) {
  const std::scoped_lock lock(mutex_);
  const Slot* slot = Find(device);
  return slot == nullptr ? 0 : slot->device->transfers();
}

unsigned UsbBus::address(EmulatedDevice& device) {
  const std::scoped_lock lock(mutex_);
  return AddressLocked(device);
}

RunTime UsbBus::now() {
  const std::scoped_lock lock(mutex_);
  return now_;
}

bool UsbBus::Await(const std::function<bool()>& condition, std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  return turned_.wait_for(lock, most, condition);
}

UsbBus::Slot* UsbBus::Find(const EmulatedDevice& device) {
  for (const auto& slot : slots_) {
    if (&slot->device->device() == &device && slot->device->attached()) return slot.get();
  }
  return nullptr;
}

// The hub it hangs on: "1-1" for "1-1.4", the root hub for "1-1".
std::string UsbBus::ParentOf(const std::string& port) const {
  const std::size_t dot = port.rfind('.');
  const std::string hub = dot == std::string::npos ? "usb1" : port.substr(0, dot);
  for (const auto& slot : slots_) {
    if (slot->device->attached() && slot->device->options().port == hub) return slot->place.sysfs;
  }
  return {};
}

unsigned UsbBus::FreeAddress() const {
  unsigned address = last_address_;
  const auto taken = [&] {
    return std::any_of(slots_.begin(), slots_.end(),
                       [&](const auto& slot) { return slot->address == address; });
  };
  do {
    address = address % 127 + 1;
  } while (taken());
  return address;
}

void UsbBus::Attach(EmulatedDevice& device, Descriptors descriptors, PlugOptions options) {
  std::optional<Descriptors> taken = Enumerate(descriptors);
  if (!taken) return;
  last_address_ = FreeAddress();
  auto attached = std::make_shared<AttachedDevice>(device, std::move(descriptors),
                                                   std::move(*taken), std::move(options));
  const std::string& port = attached->options().port;
  const UsbTestbed::Place place =
      testbed_.Add(port == "usb1" ? "" : ParentOf(port), port, last_address_, attached->taken(),
                   attached->options());
  const std::string root = testbed_.root().string();
  const unsigned configuration = attached->configuration();
  slots_.push_back(
      std::unique_ptr<Slot>(new Slot{std::move(attached),
                                     last_address_,
                                     place,
                                     configuration,
                                     DeviceNode(root + place.file, root + "/ioctl" + place.file),
                                     {}}));
  testbed_.Announce(place, "add");
}

void UsbBus::Detach(Slot& slot) {
  slot.device->Detach();
  // A program that found the socket and nobody behind it would be ended by the preloaded library.
  std::error_code ignored;
  std::filesystem::remove(testbed_.root() / ("ioctl" + slot.place.file), ignored);
  while (Open(slot)) {
  }
  slot.node.Close();
  testbed_.Announce(slot.place, "remove");
  testbed_.Remove(slot.place);
}

bool UsbBus::Open(Slot& slot) {
  const int socket = slot.node.Accept();
  if (socket < 0) return false;
  slot.files.push_back(std::make_unique<UsbfsFile>(++files_opened_, socket, slot.device));
  return true;
}

void UsbBus::Step(unsigned microframes) {
  const std::scoped_lock lock(mutex_);
  for (unsigned i = 0; i < microframes; ++i) Microframe();
  Settle();
  Wake();
}

void UsbBus::AdvanceTo(RunTime t) {
  while (now_ + kMicroframe <= t) Microframe();
}

void UsbBus::Microframe() {
  now_ += kMicroframe;
  const bool ends_frame = Nanoseconds(now_) % kFrame.count() == 0;
  for (const auto& slot : slots_) {
    if (slot->device->HasPending()) {
      slot->device->RunMicroframe(now_);
    } else if (ends_frame) {
      slot->device->AdvanceTo(now_);
    }
  }
  Depart();
}

// Takes out and puts back what goes or comes by itself.
void UsbBus::Depart() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[i];
    std::optional<AttachedDevice::Departure> departure = slot.device->TakeDeparture();
    if (!departure || !slot.device->attached()) continue;
    EmulatedDevice& device = slot.device->device();
    Detach(slot);
    if (!departure->comes_back) continue;
    arrivals_.push_back(
        {&device, slot.device->options(), std::move(departure->as), now_ + departure->after});
  }
  for (std::size_t i = 0; i < arrivals_.size();) {
    if (arrivals_[i].at > now_) {
      ++i;
      continue;
    }
    Arrival arrival = std::move(arrivals_[i]);
    arrivals_.erase(arrivals_.begin() + static_cast<std::ptrdiff_t>(i));
    Attach(*arrival.device,
           arrival.descriptors ? std::move(*arrival.descriptors) : arrival.device->descriptors(),
           std::move(arrival.options));
  }
}

// Tells programs what became of their calls.
void UsbBus::Settle() {
  Depart();
  for (const auto& slot : slots_) {
    bool done = false;
    for (const auto& file : slot->files) {
      file->Resume(now_);
      done |= file->HasDone();
    }
    slot->node.Raise(done);
    const unsigned configuration = slot->device->configuration();
    if (configuration != slot->configuration && slot->device->attached()) {
      testbed_.SetConfiguration(slot->place, configuration);
      slot->configuration = configuration;
    }
  }
  std::erase_if(slots_,
                [](const auto& slot) { return !slot->device->attached() && slot->files.empty(); });
}

RunTime UsbBus::WallTime() const {
  return AtNanoseconds(std::chrono::nanoseconds(std::chrono::steady_clock::now() - began_).count());
}

std::chrono::nanoseconds UsbBus::UntilNextTurn() const {
  bool open = false, fresh = false;
  for (const auto& slot : slots_) {
    open |= !slot->files.empty();
    fresh |= slot->device->HasFresh(now_);
  }
  if (pace_ == Pace::kStepped) return open ? kFrame : kIdle;
  if (!open) return kIdle;
  const RunTime next = now_ + (fresh ? kMicroframe : kFrame);
  return std::max(next - WallTime(), Duration(0));
}

void UsbBus::Run() {
  while (!stops_) Turn();
}

void UsbBus::Turn() {
  std::vector<pollfd> polled{{wake_, POLLIN, 0}};
  std::chrono::nanoseconds wait;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& slot : slots_) {
      if (slot->node.listener() >= 0) polled.push_back({slot->node.listener(), POLLIN, 0});
      for (const auto& file : slot->files) polled.push_back({file->socket(), POLLIN, 0});
    }
    wait = UntilNextTurn();
  }
  const timespec most{wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
  ::ppoll(polled.data(), polled.size(), &most, nullptr);
  std::uint64_t woken = 0;
  if (polled[0].revents != 0) (void)!::read(wake_, &woken, sizeof woken);

  const std::scoped_lock lock(mutex_);
  if (pace_ == Pace::kWall) AdvanceTo(WallTime());
  const auto readable = [&](int fd) {
    return std::any_of(polled.begin(), polled.end(),
                       [&](const pollfd& p) { return p.fd == fd && p.revents != 0; });
  };
  for (const auto& slot : slots_) {
    std::erase_if(slot->files,
                  [&](const auto& file) { return readable(file->socket()) && !file->Serve(now_); });
    if (slot->node.listener() >= 0 && readable(slot->node.listener())) Open(*slot);
  }
  Settle();
  turned_.notify_all();
}

}  // namespace rig::usb
