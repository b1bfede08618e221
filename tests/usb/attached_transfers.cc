// The pipes of an attached device, and what runs through them.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "tests/usb/attached_device.h"
#include "tests/usb/bytes.h"

namespace rig::usb {
namespace {

// What a bulk endpoint at high speed gets through in a microframe at most (USB 2.0, table 5-10).
constexpr std::size_t kPacketsPerMicroframe = 13;
// Answers within this are what a host controller would give; later ones can wait for the next ms.
constexpr Duration kFresh{500'000};

}  // namespace

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
  if (!in && transfer.cut) return End(transfer, -EPROTO);
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

}  // namespace rig::usb
