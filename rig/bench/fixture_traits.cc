#include "rig/bench/fixture_traits.h"

#include <cmath>

namespace rig {
namespace {

constexpr std::uint32_t kCardChannels = 8;
constexpr std::uint32_t kCardLines = 16;
constexpr double kCardAdcRange = 5;  // volts

double Steps(double bits) { return std::exp2(bits) - 1; }

FixtureTraits OfVirtual(const v1::Fixture& fixture) {
  FixtureTraits traits{.is_virtual = true};
  switch (fixture.driver_case()) {
    case v1::Fixture::kVirtualSupply:
      traits.kind = WireKind::kSupply;
      traits.channels = 1;
      traits.high_v = fixture.virtual_supply().maximum();
      traits.step_v = fixture.virtual_supply().resolution();
      traits.measures_current = fixture.virtual_supply().load() > 0;
      break;
    case v1::Fixture::kVirtualDac: {
      const v1::VirtualDac& dac = fixture.virtual_dac();
      traits.kind = WireKind::kStimulus;
      traits.channels = dac.channels();
      traits.low_v = dac.low();
      traits.high_v = dac.high();
      traits.step_v = (dac.high() - dac.low()) / Steps(dac.bits());
      traits.update_rate_hz = dac.update_rate();
      traits.pulses = dac.pulses();
      break;
    }
    case v1::Fixture::kVirtualCapture:
      traits.kind = WireKind::kCapture;
      traits.channels = fixture.virtual_capture().channels();
      break;
    case v1::Fixture::kVirtualLines:
      traits.kind = WireKind::kLine;
      traits.channels = fixture.virtual_lines().channels();
      break;
    case v1::Fixture::kVirtualAdc:
      traits.kind = WireKind::kMeasurement;
      traits.channels = fixture.virtual_adc().channels();
      traits.high_v = fixture.virtual_adc().high();
      traits.step_v = traits.high_v / Steps(fixture.virtual_adc().bits());
      traits.update_rate_hz = fixture.virtual_adc().rate();
      break;
    case v1::Fixture::kVirtualSerial:
      traits.kind = WireKind::kSerial;
      traits.channels = 1;
      break;
    default:  // the loader: no wires
      break;
  }
  return traits;
}

FixtureTraits OfCard(const v1::Fixture& fixture) {
  FixtureTraits traits;
  switch (fixture.driver_case()) {
    case v1::Fixture::kCardDac:
      traits.kind = WireKind::kStimulus;
      traits.channels = kCardChannels;
      traits.low_v = fixture.card_dac().low();
      traits.high_v = fixture.card_dac().high();
      traits.step_v = (traits.high_v - traits.low_v) / (Steps(16) + 1);
      traits.update_rate_hz = fixture.card_dac().update_rate();
      traits.pulses = true;
      break;
    case v1::Fixture::kCardInputs:
      traits.kind = WireKind::kCapture;
      traits.channels = kCardChannels;
      break;
    case v1::Fixture::kCardLines:
      traits.kind = WireKind::kLine;
      traits.channels = kCardLines;
      break;
    case v1::Fixture::kCardAdc:
      traits.kind = WireKind::kMeasurement;
      traits.channels = kCardChannels;
      traits.high_v = kCardAdcRange;
      traits.step_v = kCardAdcRange / (Steps(12) + 1);
      traits.update_rate_hz = fixture.card_adc().rate();
      break;
    default:  // the card itself: no wires
      break;
  }
  return traits;
}

FixtureTraits OfPower(const v1::Fixture& fixture) {
  FixtureTraits traits{.kind = WireKind::kSupply, .channels = 1};
  if (fixture.has_scpi_supply()) {
    traits.high_v = fixture.scpi_supply().maximum();
    traits.step_v = fixture.scpi_supply().resolution();
    traits.measures_current = true;
  }
  // Switches of a voltage have no step: they can be 0 V or that.
  if (fixture.has_ftdi_relay()) traits.high_v = fixture.ftdi_relay().voltage();
  if (fixture.has_usb_relay()) traits.high_v = fixture.usb_relay().voltage();
  if (fixture.has_hub_port()) traits.high_v = fixture.hub_port().voltage();
  return traits;
}

}  // namespace

bool NeedsCalibration(const FixtureTraits& traits) {
  switch (traits.kind) {
    case WireKind::kSupply:
    case WireKind::kStimulus:
    case WireKind::kCapture:
    case WireKind::kMeasurement:
      return !traits.is_virtual;
    case WireKind::kLine:
    case WireKind::kSerial:
    case WireKind::kNone:
      break;
  }
  return false;
}

FixtureTraits TraitsOf(const v1::Fixture& fixture) {
  switch (fixture.driver_case()) {
    case v1::Fixture::kVirtualSupply:
    case v1::Fixture::kVirtualDac:
    case v1::Fixture::kVirtualCapture:
    case v1::Fixture::kVirtualLines:
    case v1::Fixture::kVirtualSerial:
    case v1::Fixture::kVirtualLoader:
    case v1::Fixture::kVirtualAdc:
      return OfVirtual(fixture);
    case v1::Fixture::kCard:
    case v1::Fixture::kCardDac:
    case v1::Fixture::kCardInputs:
    case v1::Fixture::kCardLines:
    case v1::Fixture::kCardAdc:
      return OfCard(fixture);
    case v1::Fixture::kSerialPort:
      return {.kind = WireKind::kSerial, .channels = 1};
    case v1::Fixture::kDfuLoader:
    case v1::Fixture::kStm32Loader:
    case v1::Fixture::kAvrdudeLoader:
    case v1::Fixture::kOpenocdLoader:
      return {};  // no wires
    case v1::Fixture::kScpiSupply:
    case v1::Fixture::kFtdiRelay:
    case v1::Fixture::kUsbRelay:
    case v1::Fixture::kHubPort:
      return OfPower(fixture);
    case v1::Fixture::DRIVER_NOT_SET:
      break;
  }
  return {};
}

}  // namespace rig
