#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tests/usb/emulated_device.h"

namespace rig::usb {

struct DfuDeviceSetup {
  bool dfuse = false;
  bool in_dfu_mode = false;  // at first
  bool will_detach = true;   // else it waits for a reset of the bus
  bool manifestation_tolerant = true;
  bool can_upload = true;
  std::uint16_t transfer_size = 256;
  std::size_t flash_size = 32 * 1024;
  std::size_t page_size = 1024;  // DfuSe
  Duration busy{2'000'000};      // of a block
  std::string layout = {};       // DfuSe; empty: what fits the sizes
  std::string serial = "DFU1";
  std::string dfu_serial = {};  // in DFU mode; empty: the same
  // Faults.
  std::optional<int> fail_block = std::nullopt;  // the n-th download, from 0, is not written
  std::optional<std::size_t> protected_from = std::nullopt;  // offset: writes there are errors
  std::optional<std::size_t> worn_byte = std::nullopt;       // keeps its value
  bool never_ready = false;                                  // busy for ever
  bool lost_on_detach = false;                               // does not come back
};

// A device with DFU 1.1 or ST's DfuSe: its own program with the DFU interface of run time, and DFU
// mode. Strict: a request in a state that does not know it stalls and is an error, as in the
// specification's state diagram (DFU 1.1, A.1), and so is a GETSTATUS before its poll time is over.
class DfuDevice : public EmulatedDevice {
 public:
  static constexpr std::uint16_t kVendor = 0x1209;
  static constexpr std::uint16_t kRuntimeProduct = 0x0d01;
  static constexpr std::uint16_t kDfuProduct = 0x0d02;
  static constexpr std::uint32_t kAddress = 0x08000000;

  explicit DfuDevice(const DfuDeviceSetup& setup);

  Descriptors descriptors() const override;
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override;
  void BusReset() override;
  void AdvanceTo(RunTime t) override { now_ = t; }
  bool TakeReattach() override { return std::exchange(reattach_, false); }

  std::string& flash() { return flash_; }
  bool in_dfu_mode() const { return dfu_mode_; }
  int early_polls() const { return early_polls_; }
  // GETSTATUS answers of this status and state from now on: a broken device.
  void AnswerStatus(std::string answer) { status_answer_ = std::move(answer); }

 private:
  using Reply = std::optional<std::string>;
  Reply Detach();
  Reply Download(const Setup& setup, std::string_view data);
  Reply Upload(const Setup& setup);
  Reply GetStatus();
  Reply ClearStatus();
  Reply Abort();
  Reply StatusReply(Duration poll) const;
  Reply Fail(std::uint8_t status);
  void WriteBlock();
  void RunDfuSe();
  bool Write(std::size_t offset, std::string_view bytes);
  void EnterMode(bool dfu_mode);
  std::string Configuration() const;

  DfuDeviceSetup setup_;
  std::string flash_;
  bool dfu_mode_;
  bool detaching_ = false;
  bool reattach_ = false;
  std::uint8_t state_;
  std::uint8_t status_ = 0;
  std::uint16_t block_ = 0;
  std::string data_;
  std::size_t written_ = 0;  // DFU 1.1: of this download
  std::uint32_t pointer_ = kAddress;
  int downloads_ = 0;
  int early_polls_ = 0;
  RunTime now_{};
  RunTime ready_{};
  std::optional<std::string> status_answer_;
};

}  // namespace rig::usb
