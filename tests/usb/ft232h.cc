#include "tests/usb/ft232h.h"

#include <algorithm>

#include "tests/usb/descriptors.h"

namespace rig::usb {
namespace {

constexpr std::uint8_t kIn = 0x81;
constexpr std::uint8_t kOut = 0x02;
constexpr std::size_t kStatusBytes = 2;
constexpr std::uint16_t kVendor = 0x0403;

enum Request : std::uint8_t {
  kReset = 0x00,
  kModemControl = 0x01,
  kSetFlow = 0x02,
  kSetBaud = 0x03,
  kSetData = 0x04,
  kPollModemStatus = 0x05,
  kSetEventCharacter = 0x06,
  kSetErrorCharacter = 0x07,
  kSetLatency = 0x09,
  kGetLatency = 0x0a,
  kSetBitMode = 0x0b,
  kReadPins = 0x0c,
  kReadEeprom = 0x90,
  kWriteEeprom = 0x91,
  kEraseEeprom = 0x92,
};

std::string Bytes(unsigned first, unsigned second) {
  return {static_cast<char>(first), static_cast<char>(second)};
}

}  // namespace

Ft232h::Ft232h(const std::string& serial, Options options)
    : options_(std::move(options)), eeprom_(options_.eeprom_words), engine_(options_.engine) {
  if (serial.empty()) return;
  eeprom_.Store({kVendor, options_.model.product, options_.model.release, "rig",
                 options_.model.name, serial});
}

Descriptors Ft232h::descriptors() const {
  FtdiEepromMemory::Identity who{kVendor, options_.model.product, options_.model.release,
                                 "FTDI",  options_.model.name,    ""};
  // The release is the chip's own, by which drivers know it.
  if (std::optional<FtdiEepromMemory::Identity> told = eeprom_.Parse()) {
    who = std::move(*told);
    who.release = options_.model.release;
  }
  std::vector<std::string> strings;
  const auto index = [&](const std::string& text) -> std::uint8_t {
    if (text.empty()) return 0;
    strings.push_back(text);
    return static_cast<std::uint8_t>(strings.size());
  };
  DeviceText device{who.vendor, who.product, who.release};
  device.manufacturer = index(who.manufacturer);
  device.product_name = index(who.product_name);
  device.serial = index(who.serial);
  InterfaceText interface {};
  interface.endpoints = 2;
  interface.subclass = interface.protocol = 0xff;
  interface.name = device.product_name;
  return {DeviceDescriptor(device),
          ConfigurationDescriptor({InterfaceDescriptor(interface),
                                   EndpointDescriptor(kIn, kBulk, options_.model.packet),
                                   EndpointDescriptor(kOut, kBulk, options_.model.packet)}),
          strings};
}

void Ft232h::BusReset() {
  Reset(0);
  mode_ = Mode::kSerial;
  bit_bang_ = {};
}

void Ft232h::AdvanceTo(RunTime t) {
  now_ = t;
  if (mode_ != Mode::kMpsse) return;
  engine_.AdvanceTo(t);
  flush_ |= engine_.TakeSendImmediate();
}

std::optional<std::string> Ft232h::Control(const Setup& setup, std::string_view) {
  if (setup.request_type == 0x40) return Write(setup);
  if (setup.request_type == 0xc0) return Read(setup);
  return std::nullopt;
}

std::optional<std::string> Ft232h::Write(const Setup& setup) {
  const auto low = static_cast<std::uint8_t>(setup.value);
  const auto high = static_cast<std::uint8_t>(setup.value >> 8);
  bool accepted = true;
  switch (setup.request) {
    case kReset:
      accepted = Reset(setup.value);
      break;
    case kModemControl:
      ModemControl(setup.value);
      break;
    case kSetFlow:
      flow_ = setup.index & 0xff00;
      break;
    case kSetBaud:
      divisor_ = setup.value;
      break;
    case kSetData:
    case kSetEventCharacter:
    case kSetErrorCharacter:
      break;
    case kSetLatency:
      accepted = low > 0;
      if (accepted) latency_ms_ = low;
      break;
    case kSetBitMode:
      accepted = SetMode(high, low);
      break;
    case kWriteEeprom:
      eeprom_.Write(setup.index, setup.value);
      break;
    case kEraseEeprom:
      eeprom_.Erase();
      break;
    default:
      accepted = false;
  }
  return accepted ? std::optional<std::string>(std::string()) : std::nullopt;
}

std::optional<std::string> Ft232h::Read(const Setup& setup) {
  switch (setup.request) {
    case kPollModemStatus:
      return ModemStatus();
    case kGetLatency:
      return std::string(1, static_cast<char>(latency_ms_));
    case kReadPins: {
      Pins levels = engine_.levels();
      if (mode_ == Mode::kBitBang) {
        levels = static_cast<Pins>((bit_bang_.levels & bit_bang_.driven) | ~bit_bang_.driven);
      }
      return std::string(1, static_cast<char>(levels));
    }
    case kReadEeprom: {
      const std::uint16_t word = eeprom_.Read(setup.index);
      return Bytes(word & 0xffU, word >> 8U);
    }
    default:
      return std::nullopt;
  }
}

// 1 empties what the host sent, 2 what waits for it, as libftdi 1.5 found out (tcoflush, tciflush).
bool Ft232h::Reset(std::uint16_t what) {
  if (what > 2) return false;
  if (what != 2) engine_.PurgeCommands();
  if (what != 1) engine_.PurgeResults();
  if (what != 1) flush_ = false;
  if (what == 0) latency_ms_ = 16;
  return true;
}

bool Ft232h::SetMode(std::uint8_t mode, std::uint8_t mask) {
  switch (static_cast<Mode>(mode)) {
    case Mode::kSerial:
      engine_.Reset();
      bit_bang_ = {};
      break;
    case Mode::kBitBang:
      bit_bang_.driven = mask;
      break;
    case Mode::kMpsse:
      if (!options_.model.has_mpsse) return false;
      engine_.AdvanceTo(now_);
      engine_.Reset();
      break;
    default:
      return false;  // fast serial, FIFO and the like are not emulated
  }
  mode_ = static_cast<Mode>(mode);
  return true;
}

void Ft232h::ModemControl(std::uint16_t value) {
  if ((value & 0x0100) != 0) dtr_ = (value & 1) != 0;
  if ((value & 0x0200) != 0) rts_ = (value & 2) != 0;
}

// Its packets' size, CTS and DSR as an open input has them; the transmitter is empty.
std::string Ft232h::ModemStatus() const {
  return Bytes(options_.model.packet == 512 ? 0x32 : 0x31,
               engine_.pending_commands() == 0 ? 0x60 : 0x00);
}

std::optional<std::size_t> Ft232h::Out(std::uint8_t, std::string_view bytes) {
  switch (mode_) {
    case Mode::kMpsse:
      return engine_.Feed(bytes);
    case Mode::kBitBang:
      if (!bytes.empty()) bit_bang_.levels = static_cast<std::uint8_t>(bytes.back());
      return bytes.size();
    default:
      return bytes.size();
  }
}

// Whole packets as soon as there is enough for them; a shorter one when the host asked for it by a
// command, or when the latency timer says so, then also an empty one.
EmulatedDevice::InResult Ft232h::In(std::uint8_t, std::size_t most) {
  const std::size_t packet = options_.model.packet;
  const std::size_t payload = packet - kStatusBytes;
  std::string data;
  while (data.size() + packet <= most && engine_.results() >= payload) {
    data += ModemStatus() + engine_.Take(payload);
  }
  const bool has_room = data.size() + packet <= most || data.empty();
  if (has_room && engine_.results() < payload && (flush_ || LatencyIsOver())) {
    data += ModemStatus() + engine_.Take(payload);
    flush_ = false;
  }
  if (data.empty()) return {InResult::kNak, {}};
  latency_until_ = now_ + Duration(std::int64_t{latency_ms_} * 1'000'000);
  return {InResult::kData, std::move(data)};
}

}  // namespace rig::usb
