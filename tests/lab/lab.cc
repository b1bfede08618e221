#include "tests/lab/lab.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "rig/base/strict_yaml.h"
#include "rig/bench/bench.h"

namespace rig {
namespace {

constexpr Duration kConsolePeriod = std::chrono::microseconds(500);
constexpr double kCounterPpm = 7;
constexpr std::size_t kFlash = 128 * 1024;

std::string Day(std::time_t t) { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(t)); }

}  // namespace

CardOnBus::CardOnBus(const std::string& serial, unsigned command_cycles, LabBoard& board,
                     Pty& console)
    : chip_(serial, {.engine = {.cycles_per_command = command_cycles}}),
      board_(board),
      card_(board, kCounterPpm),
      console_(console) {
  card_.AttachTo(chip_.engine());
}

void CardOnBus::AdvanceTo(RunTime t) {
  chip_.AdvanceTo(t);
  // The safety timer has a time of its own: the engine's stands still in the chip's other modes.
  card_.AdvanceTo(std::max(chip_.engine().now(), usb::CycleAt(t)));
  board_.AdvanceTo(t);
  if (t - served_ < kConsolePeriod) return;
  served_ = t;
  ServeConsole();
}

void CardOnBus::ServeConsole() {
  const std::string heard = console_.Receive(std::chrono::milliseconds(0));
  if (!heard.empty()) (void)board_.uart().Send(heard);
  said_.clear();
  (void)board_.uart().Drain(said_);
  std::string bytes;
  for (const SerialByte& byte : said_) bytes.push_back(static_cast<char>(byte.byte));
  if (!bytes.empty()) console_.Send(bytes);
}

class Lab::Bootloader : public SerialDevice {
 public:
  Bootloader(usb::UsbBus& bus, LabBoard& board, LoaderFlash flash)
      : bus_(bus), board_(board), flash_(std::move(flash), board) {}
  std::string Take(std::string_view bytes) override {
    return bus_.Locked([&] {
      if (!board_.powered()) return std::string();
      board_.AdvanceTo(bus_.NowLocked());
      board_.EnterBootloader();
      return stk500_.Take(bytes);
    });
  }
  // Beside the flash, whose pages it collects: EEPROM, and what happens when the bootloader leaves.
  class Flash : public LoaderFlash {
   public:
    Flash(LoaderFlash flash, LabBoard& board) : LoaderFlash(std::move(flash)), board_(board) {}
    Status Leave() override {
      RIG_TRY(LoaderFlash::Leave());
      board_.LeaveBootloader();
      return {};
    }
    std::size_t eeprom_size() const override { return board_.board().eeprom_size(); }
    Status WriteEeprom(std::size_t address, std::string_view bytes) override {
      return board_.board().WriteEeprom(address, bytes);
    }
    Result<std::string> ReadEeprom(std::size_t address, std::size_t size) override {
      return board_.board().ReadEeprom(address, size);
    }

   private:
    LabBoard& board_;
  };

 private:
  usb::UsbBus& bus_;
  LabBoard& board_;
  Flash flash_;
  Stk500 stk500_{flash_};
};

Lab::~Lab() {
  programmer_.reset();
  supply_.reset();
  if (bus_ != nullptr && card_ != nullptr) bus_->Unplug(*card_);
  if (console_held_ >= 0) ::close(console_held_);
}

Result<std::unique_ptr<Lab>> Lab::Open(const std::filesystem::path& table,
                                       const std::filesystem::path& emulated) {
  std::unique_ptr<Lab> lab(new Lab());
  RIG_TRY_ASSIGN(const LoadedBench loaded, LoadBench(table));
  RIG_TRY_ASSIGN(const LoadedBench virtual_bench, LoadBench(emulated));
  lab->table_ = loaded.message;
  v1::Board& board = *lab->table_.mutable_board();
  if (!lab->table_.goldens_of().empty()) {
    lab->table_.set_goldens_of(
        std::filesystem::absolute(table.parent_path() / lab->table_.goldens_of())
            .lexically_normal());
  }
  board.set_firmware(
      std::filesystem::absolute(table.parent_path() / board.firmware()).lexically_normal());
  RIG_TRY_ASSIGN(lab->board_, LabBoard::Make(lab->table_, virtual_bench.message.board().avr(), 1));
  // The terminal stays in use between two programs, or its other end would report an error.
  lab->console_held_ = ::open(lab->console_.port().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  lab->bus_ = std::make_unique<usb::UsbBus>();
  for (const v1::Fixture& fixture : lab->table_.fixtures()) {
    if (!fixture.has_card()) continue;
    lab->card_ = std::make_unique<CardOnBus>(
        fixture.card().serial(), fixture.card().command_cycles(), *lab->board_, lab->console_);
  }
  if (lab->card_ == nullptr) return MakeError(Code::kInvalidArgument, "the lab wants a card");
  lab->bus_->Plug(*lab->card_);
  lab->supply_ = std::make_unique<TcpFace>([lab = lab.get()](std::string_view bytes) {
    return lab->bus_->Locked([&] {
      lab->board_->AdvanceTo(lab->bus_->NowLocked());
      const std::string answer = lab->board_->supply().Take(bytes);
      return lab->supply_silent_ ? std::string() : answer;
    });
  });
  RIG_TRY_ASSIGN(auto flash, LoaderFlash::Of(lab->board_->board(), kFlash));
  lab->bootloader_ = std::make_unique<Bootloader>(*lab->bus_, *lab->board_, std::move(flash));
  lab->programmer_ = std::make_unique<DeviceAtPty>(*lab->bootloader_);
  return lab;
}

Result<std::filesystem::path> Lab::WriteBench(const std::filesystem::path& folder) const {
  v1::Bench bench = table_;
  // By names outside /dev: what is opened there by its own is umockdev's, terminals included.
  const auto link = [&](const char* name, const std::string& port) {
    const std::filesystem::path path = std::filesystem::absolute(folder) / name;
    std::filesystem::remove(path);
    std::filesystem::create_symlink(port, path);
    return path.string();
  };
  const std::string console = link("console", console_.port());
  const std::string programmer = link("programmer", programmer_->port());
  const std::time_t now = std::time(nullptr);
  for (v1::Fixture& fixture : *bench.mutable_fixtures()) {
    if (fixture.has_scpi_supply()) {
      fixture.mutable_scpi_supply()->set_address(fmt::format("tcp:127.0.0.1:{}", supply_->port()));
    }
    if (fixture.has_serial_port()) fixture.mutable_serial_port()->set_port(console);
    if (fixture.has_avrdude_loader()) {
      fixture.mutable_avrdude_loader()->set_port(programmer);
    }
    if (!fixture.has_calibration()) continue;
    fixture.mutable_calibration()->set_date(Day(now - 86400));
    fixture.mutable_calibration()->set_due(Day(now + 365 * 86400));
  }
  const std::filesystem::path path = folder / "bench.yaml";
  std::ofstream(path) << WriteYaml(bench);
  return path;
}

}  // namespace rig
