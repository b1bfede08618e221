#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "rig/base/trace_sink.h"
#include "rig/capability/capability.h"

namespace rig {

// Remembers what was recorded, by channel.
class RecordedTrace final : public TraceSink {
 public:
  struct Value {
    std::int64_t ns;
    double value;
    friend bool operator==(const Value&, const Value&) = default;
  };
  struct Channel {
    std::string unit;
    ChannelKind kind{};
    std::vector<double> samples;
    std::vector<Value> steps;
    std::vector<std::pair<std::int64_t, std::string>> texts;
  };

  Result<ChannelId> Declare(std::string_view name, std::string_view unit, ChannelKind kind,
                            Duration, RunTime) override {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return i;
    }
    names_.emplace_back(name);
    channels[names_.back()].unit = unit;
    channels[names_.back()].kind = kind;
    return names_.size() - 1;
  }
  Status AppendSamples(ChannelId id, std::span<const double> values) override {
    auto& samples = channels[names_[id]].samples;
    samples.insert(samples.end(), values.begin(), values.end());
    return {};
  }
  Status AppendStep(ChannelId id, RunTime t, double value) override {
    channels[names_[id]].steps.push_back({Nanoseconds(t), value});
    return {};
  }
  Status AppendText(ChannelId id, RunTime t, std::string_view text) override {
    channels[names_[id]].texts.emplace_back(Nanoseconds(t), text);
    return {};
  }
  Status AdvanceTo(RunTime t) override {
    end = t;
    return {};
  }

  std::map<std::string, Channel> channels;
  RunTime end{};

 private:
  std::vector<std::string> names_;
};

// A capture that hands out what the test puts in.
class ScriptedCapture final : public EdgeCapture {
 public:
  Status Drain(std::vector<Edge>& edges) override {
    edges.insert(edges.end(), pending.begin(), pending.end());
    pending.clear();
    return {};
  }
  std::vector<Edge> pending;
};

// An injector that remembers what it was given and puts it out as it is.
class ScriptedInjector final : public SampleInjector {
 public:
  explicit ScriptedInjector(Duration period) : period_(period) {}
  InjectorLimits limits() const override {
    return {.low_v = -1e3, .high_v = 1e3, .resolution_v = 0.0, .period = period_};
  }
  Result<std::size_t> Write(std::uint32_t channel, RunTime, std::span<const double> volts,
                            std::span<double> actual) override {
    std::copy(volts.begin(), volts.end(), actual.begin());
    written[channel].insert(written[channel].end(), volts.begin(), volts.end());
    return 0;
  }
  std::map<std::uint32_t, std::vector<double>> written;

 private:
  Duration period_;
};

// Remembers the pulses it was given.
class ScriptedPulses final : public PulseInjector {
 public:
  Status AddPulse(std::uint32_t, const Pulse& pulse) override {
    added.push_back(pulse);
    return {};
  }
  std::vector<Pulse> added;
};

// A link whose device says what the test puts in, and that remembers what it was sent.
class ScriptedSerial final : public SerialLink {
 public:
  Status Send(std::string_view bytes) override {
    sent.emplace_back(bytes);
    return {};
  }
  Status Drain(std::vector<SerialByte>& bytes) override {
    bytes.insert(bytes.end(), pending.begin(), pending.end());
    pending.clear();
    return {};
  }
  void Say(RunTime t, std::string_view text) {
    for (const char c : text) pending.push_back({t, static_cast<std::uint8_t>(c)});
  }
  std::vector<std::string> sent;
  std::vector<SerialByte> pending;
};

}  // namespace rig
