#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/firmware/serial_device.h"
#include "tests/firmware/stm32_memory.h"
#include "tests/tap_state.h"

namespace rig {

// The JTAG debug port of a microcontroller: pin levels in, a pin level out. Behind it one access
// port to its memory. Sources: IEEE 1149.1 (the TAP's states), ARM IHI 0031 (ADIv5), B3 and C2.
class JtagTarget {
 public:
  // Borrows the memory.
  explicit JtagTarget(Stm32Memory& memory) : memory_(memory) {}
  // The lines as the host drives them; what happens, happens at the clock's rising edge.
  void Drive(bool tck, bool tms, bool tdi);
  bool tdo() const { return (shift_ & 1) != 0; }

 private:
  void Shift(bool tdi);
  void CaptureData();
  void Access();
  std::uint32_t ReadDebugPort(unsigned address) const;
  void WriteDebugPort(unsigned address, std::uint32_t value);
  std::uint32_t ReadAccessPort(unsigned address);
  void WriteAccessPort(unsigned address, std::uint32_t value);
  std::uint32_t Transfer(bool write, std::uint32_t value);

  Stm32Memory& memory_;
  bool tck_ = false;
  TapState state_ = TapState::kReset;
  unsigned instruction_ = 0xe;  // IDCODE
  std::uint64_t shift_ = 0;
  unsigned length_ = 1;       // of what is shifted
  std::uint32_t result_ = 0;  // of the last access, for the next one to fetch
  std::uint32_t control_ = 0, select_ = 0;
  std::uint32_t word_ = 0, target_address_ = 0;
};

// OpenOCD's remote_bitbang protocol onto such pins, as text in and out. Source: OpenOCD,
// doc/manual/jtag/drivers/remote_bitbang.txt.
class RemoteBitbang : public SerialDevice {
 public:
  explicit RemoteBitbang(JtagTarget& target) : target_(target) {}
  std::string Take(std::string_view bytes) override;

 private:
  JtagTarget& target_;
};

}  // namespace rig
