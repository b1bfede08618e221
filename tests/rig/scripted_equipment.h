#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rig/capability/capability.h"

namespace rig {

// A bench with every capability of the small bench: it says and measures what the test says, and
// remembers what it was told.
class ScriptedEquipment final : public Equipment,
                                public BenchClock,
                                public PowerSupply,
                                public SampleInjector,
                                public LineDriver,
                                public EdgeCapture,
                                public SerialLink,
                                public FirmwareLoader {
 public:
  Result<FixtureIdentity> Identify(std::string_view fixture) override {
    if (fixture == lost) return MakeError(Code::kUnavailable, "no answer: is the cable in?");
    if (fixture == not_asked) return MakeError(Code::kUnimplemented, "cannot be asked");
    const auto known = identities.find(std::string(fixture));
    return known == identities.end() ? FixtureIdentity{"maker", "model", "C-1", ""} : known->second;
  }
  Result<std::vector<FixtureMeasurement>> SelfTest(std::string_view fixture) override {
    return measurements[std::string(fixture)];
  }
  BenchClock& clock() override { return *this; }
  PowerSupply* FindSupply(std::string_view name) override { return Offer(name, "supply"); }
  SampleInjector* FindInjector(std::string_view name) override { return Offer(name, "injector"); }
  PulseInjector* FindPulses(std::string_view) override { return nullptr; }
  LineDriver* FindLines(std::string_view name) override { return Offer(name, "lines"); }
  EdgeCapture* FindCapture(std::string_view name) override { return Offer(name, "capture"); }
  AnalogCapture* FindAnalog(std::string_view) override { return nullptr; }
  SerialLink* FindSerial(std::string_view name) override { return Offer(name, "uart"); }
  FirmwareLoader* FindLoader() override { return Offer("loader", "loader"); }
  std::vector<BoardEvent> DrainBoardEvents() override { return {}; }

  Status AdvanceTo(RunTime t) override {
    now = t;
    return {};
  }
  RunTime Now() const override { return now; }
  Status CheckOnTime(RunTime) const override { return on_time; }
  Result<double> SetVoltage(double volts) override {
    if (lost == "supply") return MakeError(Code::kUnavailable, "supply lost");
    told.push_back("supply " + std::to_string(volts));
    put_out.push_back(volts);
    return set = volts;
  }
  Result<double> Ramp(double volts, Duration) override { return volts; }
  Status Cut() override { return {}; }
  Result<double> Measure() override { return measures ? measures() : set; }
  Result<double> MeasureCurrent() override { return 0.0; }
  InjectorLimits limits() const override { return {0, 5, 1e-4, std::chrono::milliseconds(2)}; }
  Result<std::size_t> Write(std::uint32_t channel, RunTime start, std::span<const double> volts,
                            std::span<double> actual) override {
    told.push_back("injector " + std::to_string(channel) + " at " +
                   std::to_string(Nanoseconds(start)) + " " + std::to_string(volts[0]));
    put_out.push_back(volts[0]);
    actual[0] = volts[0];
    return clipped;
  }
  Status Set(std::uint32_t channel, bool active, RunTime) override {
    told.push_back("line " + std::to_string(channel) + (active ? " on" : " off"));
    return {};
  }
  Status Drain(std::vector<Edge>&) override { return {}; }
  Status Send(std::string_view) override { return {}; }
  Status Drain(std::vector<SerialByte>&) override { return {}; }
  std::string target() const override { return "atmega1284p"; }
  Status Program(std::string_view) override { return {}; }
  Result<std::string> ReadBack(std::size_t) override { return std::string(); }

  std::map<std::string, FixtureIdentity> identities;
  std::map<std::string, std::vector<FixtureMeasurement>> measurements;
  std::string lost;       // the fixture that does not answer
  std::string not_asked;  // the fixture that cannot be
  std::string absent;     // the fixture that does not offer its capability
  std::size_t clipped = 0;
  std::vector<std::string> told;
  std::vector<double> put_out;  // by supply and injector
  double set = 0;
  std::function<double()> measures;  // the supply's read-back; empty: what is set
  Status on_time;
  RunTime now{};

 private:
  ScriptedEquipment* Offer(std::string_view name, std::string_view kind) {
    return name == kind && name != absent ? this : nullptr;
  }
};

}  // namespace rig
