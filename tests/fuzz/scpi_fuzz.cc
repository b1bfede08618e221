// Two sides of one line. The driver against an instrument that answers anything: it neither
// crashes nor hangs, and what it returns as set is within its limits. And anything against the
// server's parser: what it puts out stays within the model's range.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fixtures/power/scpi_supply.h"
#include "fixtures/power/stream_link.h"
#include "fixtures/virtual/scpi_server.h"

namespace {

// Each line written is answered by the next piece of the input, up to a zero byte; the first are
// an honest answer to *IDN?, so that the driver gets any further.
class FuzzedStream : public rig::ByteStream {
 public:
  explicit FuzzedStream(std::string answers) : answers_(std::move(answers)) {}
  const std::string& name() const override { return name_; }
  rig::Status Write(std::string_view, rig::Deadline) override {
    if (answers_.empty()) return rig::MakeError(rig::Code::kUnavailable, "gone");
    const std::size_t end = std::min(answers_.find('\0'), answers_.size());
    unread_ += answers_.substr(0, end);
    answers_.erase(0, std::min(end + 1, answers_.size()));
    return {};
  }
  rig::Result<std::string> Read(std::size_t most, rig::Deadline) override {
    if (unread_.empty()) return rig::MakeError(rig::Code::kDeadlineExceeded, "nothing");
    std::string bytes = unread_.substr(0, most);
    unread_.erase(0, bytes.size());
    return bytes;
  }

 private:
  std::string name_ = "fuzz";
  std::string answers_;
  std::string unread_;
};

void CheckSet(const rig::Result<double>& set, double asked) {
  if (set && !(std::fabs(*set - asked) <= 0.011)) std::abort();
}

void Drive(const rig::ScpiModel& row, std::string answers) {
  answers = std::string(row.maker) + "," + std::string(row.model) + ",1,1\n" + '\0' + answers;
  const rig::RunTime now{};
  const rig::ScpiSupplySettings settings{.fixture = "psu",
                                         .channel = row.channels.front().number,
                                         .maximum_v = 5,
                                         .current_limit_a = 1};
  auto supply = rig::ScpiSupply::Open(
      std::make_unique<rig::StreamLink>(std::make_unique<FuzzedStream>(std::move(answers))),
      settings, now);
  if (!supply) return;
  CheckSet((*supply)->SetVoltage(3), 3);
  const auto volts = (*supply)->Measure();
  if (volts && !std::isfinite(*volts)) std::abort();
  CheckSet((*supply)->SetVoltage(1), 1);
  (void)(*supply)->Identify();
  (void)(*supply)->Cut();
}

void Serve(const rig::ScpiModel& row, std::string_view messages) {
  const rig::RunTime now{};
  const rig::ScpiChannel& channel = row.channels.front();
  rig::VirtualSupply terminals({.maximum_v = channel.maximum_v,
                                .resolution_v = channel.step_v,
                                .ramp_step = rig::Duration(1'000'000)},
                               now);
  rig::ScpiServer server(row, {{.number = channel.number,
                                .terminals = &terminals,
                                .maximum_a = channel.maximum_a,
                                .step_a = channel.step_a,
                                .load_ohms = 10}});
  terminals.Connect([&](double volts) {
    const bool in_range = volts >= 0 && volts <= channel.maximum_v;
    if (!in_range) std::abort();
  });
  (void)server.Take(messages);
}

}  // namespace

// The first byte chooses the model, and whether the driver or the server is meant.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto models = rig::KnownScpiModels();
  const rig::ScpiModel& row = models[(data[0] >> 1) % models.size()];
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1) == 0) {
    Drive(row, std::string(rest));
  } else {
    Serve(row, rest);
  }
  return 0;
}
