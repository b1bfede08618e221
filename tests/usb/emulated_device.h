#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/run_time.h"

namespace rig::usb {

struct Setup {
  std::uint8_t request_type;
  std::uint8_t request;
  std::uint16_t value;
  std::uint16_t index;
  std::uint16_t length;
};

// What a device says of itself. Strings are UTF-8; an index of 0 means none.
struct Descriptors {
  std::string device;                // 18 bytes
  std::string configuration;         // with all that follows it, wTotalLength bytes
  std::vector<std::string> strings;  // string 1 first
};

// A USB device in software, seen from its bus. Not thread-safe: the bus calls it from one thread.
class EmulatedDevice {
 public:
  virtual ~EmulatedDevice() = default;
  virtual Descriptors descriptors() const = 0;
  // Class and vendor requests, and the standard ones the bus does not answer itself (it answers
  // GET_DESCRIPTOR of the three above, SET_CONFIGURATION, CLEAR_FEATURE of halts). Device to host:
  // the data, at most `length` are sent. Host to device: an empty string takes it. None: stall.
  virtual std::optional<std::string> Control(const Setup& setup, std::string_view data) = 0;
  // Bytes taken of a bulk or interrupt transfer; less than all: the rest is offered again later
  // (NAK). A packet without data comes as no bytes. None: stall.
  virtual std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) {
    (void)endpoint, (void)bytes;
    return std::nullopt;
  }
  // What the device sends now: at most `most` bytes, all of one transfer. What is no multiple of
  // the endpoint's packets, or empty, ends in a short packet and ends the transfer; whole packets
  // leave it open until it is full.
  struct InResult {
    enum { kData, kNak, kStall } kind;
    std::string data;
  };
  virtual InResult In(std::uint8_t endpoint, std::size_t most) {
    (void)endpoint, (void)most;
    return {InResult::kStall, {}};
  }
  virtual void SelectAlternate(std::uint8_t interface, std::uint8_t alternate) {
    (void)interface, (void)alternate;
  }
  // The host cleared an endpoint's halt (CLEAR_FEATURE), whether it was halted or not.
  virtual void ClearHalt(std::uint8_t endpoint) { (void)endpoint; }
  // A reset of the bus, also after it was plugged in.
  virtual void BusReset() {}
  // The device's own time goes on until `t`, counted from when the bus began. Called before
  // transfers and when nothing else happens, every millisecond or so.
  virtual void AdvanceTo(RunTime t) { (void)t; }
  // Whether it detaches itself now, to come back a moment later, under another address, as
  // what descriptors() says then. True once per time it does. Asked after requests and AdvanceTo.
  virtual bool TakeReattach() { return false; }
};

}  // namespace rig::usb
