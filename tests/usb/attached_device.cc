#include "tests/usb/attached_device.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tests/usb/descriptors.h"

namespace rig::usb {
namespace {

// What a bulk endpoint at high speed gets through in a microframe at most (USB 2.0, table 5-10).
constexpr std::size_t kPacketsPerMicroframe = 13;
// Answers within this are what a host controller would give; later ones can wait for the next ms.
constexpr Duration kFresh{500'000};

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
}

std::uint16_t WordAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(ByteAt(bytes, at) | ByteAt(bytes, at + 1) << 8);
}

}  // namespace

AttachedDevice::AttachedDevice(EmulatedDevice& device, Descriptors descriptors, PlugOptions options)
    : device_(device), descriptors_(std::move(descriptors)), options_(std::move(options)) {
  device_.BusReset();
  configuration_ = ByteAt(descriptors_.configuration, 5);
  ParseConfiguration();
  if (options_.kernel_driver.empty()) return;
  for (const auto& [interface, alternate] : alternates_) holders_[interface] = kKernel;
}

// Whatever the descriptors say: those of a wrong device are read as far as they go.
void AttachedDevice::ParseConfiguration() {
  endpoints_.clear();
  alternates_.clear();
  const std::string_view all = descriptors_.configuration;
  std::uint8_t interface = 0, alternate = 0;
  for (std::size_t at = 0; at + 2 <= all.size();) {
    const std::size_t length = ByteAt(all, at);
    if (length < 2 || at + length > all.size()) break;
    const std::uint8_t type = ByteAt(all, at + 1);
    if (type == 4 && length >= 9) {
      interface = ByteAt(all, at + 2);
      alternate = ByteAt(all, at + 3);
      alternates_.emplace(interface, std::uint8_t{0});
    } else if (type == 5 && length >= 7) {
      const std::size_t packet = WordAt(all, at + 4) & 0x7ff;
      if (packet > 0) endpoints_.push_back({interface, alternate, ByteAt(all, at + 2), packet});
    }
    at += length;
  }
}

const AttachedDevice::Endpoint* AttachedDevice::Find(std::uint8_t address) const {
  for (const Endpoint& endpoint : endpoints_) {
    const auto selected = alternates_.find(endpoint.interface);
    if (endpoint.address == address && selected != alternates_.end() &&
        selected->second == endpoint.alternate) {
      return &endpoint;
    }
  }
  return nullptr;
}

std::optional<std::uint8_t> AttachedDevice::InterfaceOf(std::uint8_t endpoint) const {
  const Endpoint* found = configuration_ == 0 ? nullptr : Find(endpoint);
  if (found == nullptr) return std::nullopt;
  return found->interface;
}

bool AttachedDevice::HasInterface(std::uint8_t interface) const {
  return configuration_ != 0 && alternates_.contains(interface);
}

void AttachedDevice::ReleaseAll(std::uint64_t owner) {
  for (auto& [interface, holder] : holders_) {
    if (holder == owner) holder = 0;
  }
}

int AttachedDevice::Submit(Transfer transfer) {
  if (!attached_) return ENODEV;
  if (transfer.endpoint != 0 && !InterfaceOf(transfer.endpoint)) return ENOENT;
  pipes_[transfer.endpoint].queue.push_back(std::move(transfer));
  ++pending_;
  return 0;
}

void AttachedDevice::Retire(Transfer transfer) {
  --pending_;
  done_.push_back(std::move(transfer));
}

bool AttachedDevice::Discard(std::uint64_t owner, std::uint64_t id) {
  for (auto& [address, pipe] : pipes_) {
    const auto found = std::find_if(pipe.queue.begin(), pipe.queue.end(), [&](const Transfer& t) {
      return t.owner == owner && t.id == id;
    });
    if (found == pipe.queue.end()) continue;
    found->status = -ENOENT;
    Retire(std::move(*found));
    pipe.queue.erase(found);
    return true;
  }
  return false;
}

void AttachedDevice::DiscardAll(std::uint64_t owner) {
  for (auto& [address, pipe] : pipes_) {
    pending_ -= std::erase_if(pipe.queue, [&](const Transfer& t) { return t.owner == owner; });
  }
  std::erase_if(done_, [&](const Transfer& t) { return t.owner == owner; });
}

template <typename Wanted>
std::optional<Transfer> AttachedDevice::ReapIf(Wanted wanted) {
  const auto found = std::find_if(done_.begin(), done_.end(), wanted);
  if (found == done_.end()) return std::nullopt;
  Transfer transfer = std::move(*found);
  done_.erase(found);
  return transfer;
}

std::optional<Transfer> AttachedDevice::ReapUrb(std::uint64_t owner) {
  return ReapIf([&](const Transfer& t) { return t.owner == owner && t.id != kNoUrb; });
}

std::optional<Transfer> AttachedDevice::Reap(std::uint64_t owner, std::uint64_t id) {
  return ReapIf([&](const Transfer& t) { return t.owner == owner && t.id == id; });
}

bool AttachedDevice::HasDone(std::uint64_t owner) const {
  return std::any_of(done_.begin(), done_.end(),
                     [&](const Transfer& t) { return t.owner == owner; });
}

bool AttachedDevice::HasFresh(RunTime now) const {
  for (const auto& [address, pipe] : pipes_) {
    if (!pipe.queue.empty() && now - pipe.queue.back().submitted <= kFresh) return true;
  }
  return false;
}

void AttachedDevice::AdvanceTo(RunTime t) {
  if (!attached_) return;
  now_ = t;
  device_.AdvanceTo(t);
  if (device_.TakeReattach()) departure_ = Departure{true, kDebounce};
}

void AttachedDevice::RunMicroframe(RunTime t) {
  AdvanceTo(t);
  for (auto& [address, pipe] : pipes_) {
    if (!departure_ && !pipe.queue.empty()) RunPipe(address, pipe);
  }
}

void AttachedDevice::RunPipe(std::uint8_t address, Pipe& pipe) {
  const Endpoint* endpoint = Find(address);
  std::size_t budget = endpoint == nullptr ? 1 : endpoint->packet * kPacketsPerMicroframe;
  while (!pipe.queue.empty() && budget > 0) {
    Transfer& transfer = pipe.queue.front();
    if (!transfer.begun) Begin(transfer);
    if (departure_) return;
    if (pipe.halted) {
      End(transfer, -EPIPE);
    } else if (transfer.not_before > now_ || Offer(transfer, budget) == Offered::kWaits) {
      return;
    }
    if (transfer.status == -EPIPE && address != 0) pipe.halted = true;
    Retire(std::move(transfer));
    pipe.queue.pop_front();
    if (device_.TakeReattach()) departure_ = Departure{true, kDebounce};
    if (departure_) return;
    if (address == 0) --budget;
  }
}

void AttachedDevice::Begin(Transfer& transfer) {
  transfer.begun = true;
  ++transfers_;
  std::erase_if(faults_, [&](Fault& fault) {
    if (fault.endpoint && *fault.endpoint != transfer.endpoint) return false;
    if (fault.nth > 1) {
      --fault.nth;
      return false;
    }
    switch (fault.kind) {
      case Fault::Kind::kStall:
        transfer.stalls = true;
        break;
      case Fault::Kind::kShort:
        transfer.cut = fault.bytes;
        break;
      case Fault::Kind::kAnswer:
        transfer.answer = std::move(fault.data);
        break;
      case Fault::Kind::kSlow:
        transfer.not_before = now_ + fault.wait;
        break;
      case Fault::Kind::kUnplug:
        departure_ = Departure{false};
        break;
      case Fault::Kind::kReplug:
        departure_ = Departure{true, fault.wait, std::move(fault.descriptors)};
        break;
    }
    return true;
  });
}

AttachedDevice::Offered AttachedDevice::End(Transfer& transfer, int status) {
  transfer.status = status;
  return Offered::kOver;
}

AttachedDevice::Offered AttachedDevice::Offer(Transfer& transfer, std::size_t& budget) {
  if (transfer.stalls) return End(transfer, -EPIPE);
  if (transfer.endpoint == 0) return OfferControl(transfer);
  return (transfer.endpoint & 0x80) != 0 ? OfferIn(transfer, budget) : OfferOut(transfer, budget);
}

AttachedDevice::Offered AttachedDevice::OfferControl(Transfer& transfer) {
  const std::string_view all = transfer.data;
  const Setup setup{ByteAt(all, 0), ByteAt(all, 1), WordAt(all, 2), WordAt(all, 4), WordAt(all, 6)};
  const bool in = (setup.request_type & 0x80) != 0;
  std::optional<std::string> reply =
      Control(setup, in ? std::string_view() : all.substr(std::min<std::size_t>(8, all.size())));
  if (!reply) return End(transfer, -EPIPE);
  transfer.done = transfer.length;
  if (!in) return End(transfer, 0);
  if (transfer.answer) reply = transfer.answer;
  reply->resize(std::min({reply->size(), transfer.length, transfer.cut.value_or(reply->size())}));
  transfer.data = std::move(*reply);
  transfer.done = transfer.data.size();
  return End(transfer, transfer.short_is_error && transfer.done < transfer.length ? -EREMOTEIO : 0);
}

AttachedDevice::Offered AttachedDevice::OfferIn(Transfer& transfer, std::size_t& budget) {
  const std::size_t packet = Find(transfer.endpoint)->packet;
  const std::size_t most = std::min(transfer.length - transfer.data.size(), budget);
  EmulatedDevice::InResult result = device_.In(transfer.endpoint, most);
  if (result.kind == EmulatedDevice::InResult::kNak) return Offered::kWaits;
  if (result.kind == EmulatedDevice::InResult::kStall) return End(transfer, -EPIPE);
  if (result.data.size() > most) return End(transfer, -EOVERFLOW);
  budget -= std::max(result.data.size(), std::min(budget, packet));
  if (transfer.answer) {
    transfer.data = transfer.answer->substr(0, transfer.length);
    transfer.done = transfer.data.size();
    return End(transfer, 0);
  }
  const bool is_short = result.data.size() % packet != 0 || result.data.empty();
  transfer.data += result.data;
  const bool is_cut = transfer.cut && transfer.data.size() >= *transfer.cut;
  if (is_cut) transfer.data.resize(*transfer.cut);
  transfer.done = transfer.data.size();
  if (!is_short && !is_cut && transfer.done < transfer.length) return Offered::kWaits;
  return End(transfer, transfer.short_is_error && transfer.done < transfer.length ? -EREMOTEIO : 0);
}

AttachedDevice::Offered AttachedDevice::OfferOut(Transfer& transfer, std::size_t& budget) {
  const std::size_t end = std::min(transfer.length, transfer.cut.value_or(transfer.length));
  const std::size_t chunk = std::min(end - transfer.done, budget);
  const std::optional<std::size_t> taken =
      device_.Out(transfer.endpoint, std::string_view(transfer.data).substr(transfer.done, chunk));
  if (!taken) return End(transfer, -EPIPE);
  transfer.done += std::min(*taken, chunk);
  budget -= std::max<std::size_t>(std::min(*taken, chunk), 1);
  if (transfer.done < end) return Offered::kWaits;
  if (transfer.cut) return End(transfer, -EPROTO);
  const std::size_t packet = Find(transfer.endpoint)->packet;
  if (transfer.ends_with_empty_packet && transfer.length > 0 && transfer.length % packet == 0 &&
      !device_.Out(transfer.endpoint, {})) {
    return End(transfer, -EPIPE);
  }
  return End(transfer, 0);
}

int AttachedDevice::SetConfiguration(std::uint8_t value) {
  if (!attached_) return ENODEV;
  if (value != 0 && value != ByteAt(descriptors_.configuration, 5)) return EINVAL;
  configuration_ = value;
  for (auto& [interface, alternate] : alternates_) alternate = 0;
  for (auto& [address, pipe] : pipes_) pipe.halted = false;
  return 0;
}

int AttachedDevice::SelectAlternate(std::uint8_t interface, std::uint8_t alternate) {
  if (!attached_) return ENODEV;
  const std::string_view all = descriptors_.configuration;
  bool exists = false;
  for (std::size_t at = 0; at + 9 <= all.size() && ByteAt(all, at) >= 2; at += ByteAt(all, at)) {
    exists |= ByteAt(all, at + 1) == 4 && ByteAt(all, at + 2) == interface &&
              ByteAt(all, at + 3) == alternate;
  }
  if (!exists) return EINVAL;
  alternates_[interface] = alternate;
  for (const Endpoint& endpoint : endpoints_) {
    if (endpoint.interface == interface) pipes_[endpoint.address].halted = false;
  }
  device_.SelectAlternate(interface, alternate);
  return 0;
}

int AttachedDevice::ClearHalt(std::uint8_t endpoint) {
  if (!attached_) return ENODEV;
  if (!InterfaceOf(endpoint)) return ENOENT;
  pipes_[endpoint].halted = false;
  device_.ClearHalt(endpoint);
  return 0;
}

bool AttachedDevice::Reset() {
  for (auto& [address, pipe] : pipes_) {
    for (Transfer& transfer : pipe.queue) {
      transfer.status = -ENOENT;
      Retire(std::move(transfer));
    }
    pipe = {};
  }
  for (auto& [interface, alternate] : alternates_) alternate = 0;
  device_.BusReset();
  const Descriptors now = device_.descriptors();
  if (now.device == descriptors_.device && now.configuration == descriptors_.configuration) {
    return true;
  }
  departure_ = Departure{true, kDebounce};
  return false;
}

void AttachedDevice::Detach() {
  for (auto& [address, pipe] : pipes_) {
    for (Transfer& transfer : pipe.queue) {
      transfer.status = -ESHUTDOWN;
      Retire(std::move(transfer));
    }
    pipe.queue.clear();
  }
  attached_ = false;
}

std::optional<AttachedDevice::Departure> AttachedDevice::TakeDeparture() {
  return std::exchange(departure_, std::nullopt);
}

std::optional<std::string> AttachedDevice::Control(const Setup& setup, std::string_view data) {
  if ((setup.request_type & 0x60) == 0) return Standard(setup, data);
  return device_.Control(setup, data);
}

// USB 2.0, 9.4. What is not here goes to the device.
std::optional<std::string> AttachedDevice::Standard(const Setup& setup, std::string_view data) {
  const auto index = static_cast<std::uint8_t>(setup.index);
  const auto value = static_cast<std::uint8_t>(setup.value);
  const auto outcome = [](int error) {
    return error == 0 ? std::optional<std::string>(std::string()) : std::nullopt;
  };
  switch (setup.request_type << 8 | setup.request) {
    case 0x8006:
      return GetDescriptor(setup);
    case 0x8000:
      return std::string(2, '\0');
    case 0x8100:
      return std::string(2, '\0');
    case 0x8200:
      return std::string{pipes_.contains(index) && pipes_[index].halted ? '\1' : '\0', '\0'};
    case 0x8008:
      return std::string(1, static_cast<char>(configuration_));
    case 0x810a:
      if (!alternates_.contains(index)) return std::nullopt;
      return std::string(1, static_cast<char>(alternates_[index]));
    case 0x0009:
      return outcome(SetConfiguration(value));
    case 0x010b:
      return outcome(SelectAlternate(index, value));
    case 0x0201:
      if (setup.value != 0) break;
      return outcome((index & 0x7f) == 0 ? 0 : ClearHalt(index));
    case 0x0203:
      if (setup.value != 0 || !InterfaceOf(index)) break;
      pipes_[index].halted = true;
      return std::string();
    default:
      break;
  }
  return device_.Control(setup, data);
}

std::optional<std::string> AttachedDevice::GetDescriptor(const Setup& setup) {
  const auto index = static_cast<std::uint8_t>(setup.value);
  switch (setup.value >> 8) {
    case 1:
      return descriptors_.device;
    case 2:
      if (index != 0) return std::nullopt;
      return descriptors_.configuration;
    case 3:
      if (index == 0) return std::string("\x04\x03\x09\x04", 4);  // English (United States)
      if (index > descriptors_.strings.size()) return std::nullopt;
      return StringDescriptor(descriptors_.strings[index - 1]);
    default:
      return device_.Control(setup, {});
  }
}

}  // namespace rig::usb
