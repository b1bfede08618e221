#include "rig/controller/fixture_survey.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>

#include "fixtures/catalogue.h"
#include "fixtures/plugged_in.h"
#include "rig/controller/bench_health.h"

namespace rig {
namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* DriverOf(const v1::Fixture& fixture) {
  return fixture.GetReflection()->GetOneofFieldDescriptor(
      fixture, fixture.GetDescriptor()->FindOneofByName("driver"));
}

// Every text in a message, however deep: ports, serial numbers, names of other fixtures.
void CollectTexts(const google::protobuf::Message& message, std::set<std::string>& texts) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) continue;  // no port or serial number is one of several
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      texts.insert(reflection.GetString(message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CollectTexts(reflection.GetMessage(message, field), texts);
    }
  }
}

std::set<std::string> SettingsOf(const v1::Fixture& fixture) {
  std::set<std::string> texts;
  const FieldDescriptor* driver = DriverOf(fixture);
  if (driver != nullptr) {
    CollectTexts(fixture.GetReflection()->GetMessage(fixture, driver), texts);
  }
  texts.erase("");
  return texts;
}

bool Names(const v1::Fixture& fixture, const PluggedDevice& device) {
  if (TraitsOf(fixture).is_virtual) return false;
  std::set<std::string> texts = SettingsOf(fixture);
  texts.insert(fixture.expect().serial());
  return texts.contains(device.port) || (!device.serial.empty() && texts.contains(device.serial));
}

// The fixture with those its settings name, as a card's parts name the card.
v1::Bench Alone(const v1::Bench& bench, const v1::Fixture& fixture) {
  const std::set<std::string> texts = SettingsOf(fixture);
  v1::Bench alone = bench;
  alone.clear_fixtures();
  alone.clear_wiring();
  alone.clear_coded_outputs();
  alone.clear_safe_state();
  for (const v1::Fixture& other : bench.fixtures()) {
    const bool needed = other.name() == fixture.name() || texts.contains(other.name());
    if (needed) *alone.add_fixtures() = other;
  }
  return alone;
}

}  // namespace

Result<std::vector<SurveyedDevice>> SurveyFixtures(const std::vector<LoadedBench>& benches) {
  RIG_TRY_ASSIGN(const std::vector<PluggedDevice> devices, ListPluggedIn("/"));
  std::vector<SurveyedDevice> surveyed;
  for (const PluggedDevice& device : devices) {
    SurveyedDevice& one = surveyed.emplace_back(SurveyedDevice{device.kind,
                                                               device.port,
                                                               device.id,
                                                               device.name,
                                                               device.serial,
                                                               device.holder,
                                                               device.fits,
                                                               device.problem,
                                                               {}});
    for (const LoadedBench& bench : benches) {
      for (const v1::Fixture& fixture : bench.message.fixtures()) {
        if (!Names(fixture, device)) continue;
        one.named_by.push_back(bench.message.bench() + "/" + fixture.name());
      }
    }
  }
  return surveyed;
}

std::vector<ProbedFixture> ProbeFixtures(const LoadedBench& bench) {
  std::vector<ProbedFixture> probed;
  for (const v1::Fixture& fixture : bench.message.fixtures()) {
    ProbedFixture& one = probed.emplace_back();
    one.fixture = fixture.name();
    const FieldDescriptor* driver = DriverOf(fixture);
    one.driver = driver == nullptr ? "" : driver->name();
    one.answers = "no";
    auto identity = AskFixture(Alone(bench.message, fixture), bench.where, fixture);
    if (identity) {
      one.answers = "yes";
      one.identity = std::move(*identity);
    } else if (IsNotAsked(fixture, identity)) {
      one.answers = kNotAsked;
    } else {
      one.problem = identity.error().message;
      if (identity.error().code == Code::kPermissionDenied) {
        one.problem += " (fixtures/udev/60-rig.rules gives access)";
      }
    }
  }
  return probed;
}

}  // namespace rig
