#include "rig/engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "rig/base/units.h"
#include "rig/engine/agenda.h"
#include "rig/engine/capture.h"
#include "rig/engine/measurement.h"
#include "rig/engine/plan.h"
#include "rig/engine/plant_runner.h"
#include "rig/engine/stimulus.h"

namespace rig {
namespace {

// How often captures are taken and progress is told when nothing else is due.
constexpr Duration kDrainPeriod = std::chrono::milliseconds(100);
// How often a supply is measured while it ramps, and while it does not: one that goes off by itself
// is the rig's failure, not the device's.
constexpr Duration kRampPeriod = std::chrono::milliseconds(10);
constexpr Duration kWatchPeriod = std::chrono::seconds(1);
// What a supply may measure beside its set point once it has settled. More is a current limit, a
// switch that fell off, a cable: the rig's failure, not the device's.
constexpr double kSupplyTolerance = 0.05;          // volts
constexpr double kRelativeSupplyTolerance = 0.01;  // of the set point
constexpr Duration kSupplySettling = std::chrono::milliseconds(500);
// Most supplies cannot sink: what the board has stored keeps them up for a while.
constexpr Duration kSafeStateSettling = std::chrono::seconds(10);
// The safe state comes this much after the last instant that is judged, so that no check sees it.
constexpr Duration kSafeStateDelay = std::chrono::milliseconds(1);
// A booting device may miss a question: it is repeated until the answer's deadline.
constexpr Duration kQuestionPeriod = std::chrono::milliseconds(250);

class Run {
 public:
  Run(const RunSetup& setup, BoundBench& bench, TraceSink& sink)
      : setup_(setup),
        scenario_(setup.scenario->message),
        bench_(bench),
        sink_(sink),
        body_(CourseOf(scenario_)),
        end_(AtNanoseconds(scenario_.duration())),
        lead_(bench.lead),
        latency_(bench.equipment->clock().latency()) {}

  Status Prepare();
  Status Loop();
  // Goes past the last instant that is judged, until what was captured by then has settled.
  Status LeaveLastInstant();
  // Compares what the supplies put out with the bench file's safe state, and notes it.
  Status ShowSafeState();
  // Takes what the fixtures still have; the run is over.
  Status Finish() { return Drain(); }
  Status Log(const std::string& text) { return sink_.AppendText(log_, now_, text); }
  RunTime now() const { return now_; }
  bool stopped() const { return stopped_; }
  std::optional<ReportedIdentity> reported() const {
    return console_ ? console_->identity() : std::nullopt;
  }

 private:
  struct SupplyLine {
    SupplyPort port;
    TraceSink::ChannelId commanded;
    TraceSink::ChannelId observed;
    std::optional<TraceSink::ChannelId> current = {};
    std::optional<double> volts = {};
    std::optional<double> amps = {};
    double set_v = 0;
    RunTime ramp_end{};
    unsigned turn = 0;  // of what is measured next; what was planned before it is void
  };

  Status ProgramFirmware();
  Status DeclareSupplies();
  Status DeclareLines();
  Status PrepareStimuli();
  Status PreparePlants();
  void EnterSteps();
  Status Do(const v1::Step& step);
  Status Do(const v1::Supply& supply);
  Status Do(const v1::PlantSetting& setting);
  void EnterLine(const v1::Line& line, RunTime at);
  Status SetLine(std::size_t index, bool active, RunTime at);
  // Everything up to then has been drained.
  RunTime observed_until() const { return std::max(now_ - latency_, RunTime()); }
  Status Measure(SupplyLine& supply);
  Status CheckSupplied(const SupplyLine& supply) const;
  Status AwaitSafe(SupplyLine& supply, double safe_v);
  RunTime Now() const { return std::max(now_, bench_.equipment->clock().Now()); }
  Status MeasureFromNowOn(std::size_t index);
  Status Drain();
  void ExpectIdentity(RunTime powered);
  Status AskIdentity(RunTime deadline);
  Status CompareIdentity() const;

  const RunSetup& setup_;
  const v1::Scenario& scenario_;
  BoundBench& bench_;
  TraceSink& sink_;
  const BodyCourse body_;
  const RunTime end_;
  const Duration lead_;
  const Duration latency_;
  RunTime now_{};
  Agenda agenda_;
  TraceSink::ChannelId log_ = 0;
  TraceSink::ChannelId board_log_ = 0;
  std::vector<SupplyLine> supplies_;
  std::vector<std::pair<LinePort, TraceSink::ChannelId>> lines_;
  std::vector<StimulusPlayer> players_;
  std::vector<std::unique_ptr<PlantRunner>> plants_;
  std::optional<CaptureRecorder> capture_;
  std::optional<MeasurementRecorder> measurements_;
  std::optional<ConsoleSession> console_;
  bool identity_expected_ = false;
  bool stopped_ = false;
};

Status Run::Prepare() {
  RIG_TRY_ASSIGN(log_, sink_.Declare("log.engine", "", ChannelKind::kText));
  RIG_TRY_ASSIGN(board_log_, sink_.Declare("log.board", "", ChannelKind::kText));
  RIG_TRY_ASSIGN(auto capture, CaptureRecorder::Create(bench_, sink_));
  capture_ = std::move(capture);
  RIG_TRY_ASSIGN(auto measurements, MeasurementRecorder::Create(bench_, sink_));
  measurements_ = std::move(measurements);
  const v1::Console& console = setup_.bench->message.console();
  RIG_TRY_ASSIGN(auto session, ConsoleSession::Create(bench_, console, sink_));
  console_ = std::move(session);
  RIG_TRY(DeclareSupplies());
  RIG_TRY(DeclareLines());
  RIG_TRY(PreparePlants());
  RIG_TRY(PrepareStimuli());
  RIG_TRY(ProgramFirmware());
  EnterSteps();
  return {};
}

Status Run::ProgramFirmware() {
  const FirmwareImage& image = *setup_.image;
  // Programming may take minutes, in which run time stands still: this is no hang.
  bench_.loader->TellProgress([this](const LoaderProgress&) {
    if (setup_.progress) (void)setup_.progress(now_);  // an error comes again in the loop
  });
  RIG_TRY(bench_.loader->Program(image.flash));
  RIG_TRY_ASSIGN(const std::string read_back, bench_.loader->ReadBack(image.flash.size()));
  if (read_back != image.flash) {
    return MakeError(Code::kDataLoss, "firmware loader: what was read back is not " + image.path);
  }
  return Log(fmt::format("programmed {} bytes, read back equal, SHA-256 {}", image.flash.size(),
                         image.sha256));
}

Status Run::DeclareSupplies() {
  for (const SupplyPort& port : bench_.supplies) {
    SupplyLine line{.port = port, .commanded = 0, .observed = 0};
    RIG_TRY_ASSIGN(line.commanded,
                   sink_.Declare("commanded." + port.signal, "V", ChannelKind::kStep));
    RIG_TRY_ASSIGN(line.observed,
                   sink_.Declare("observed." + port.signal, "V", ChannelKind::kStep));
    if (port.profile_every > Duration(0)) {
      RIG_TRY_ASSIGN(line.current, sink_.Declare("observed." + port.signal + ".current", "A",
                                                 ChannelKind::kStep));
    }
    RIG_TRY(sink_.AppendStep(line.commanded, now_, 0));
    supplies_.push_back(line);
    RIG_TRY(MeasureFromNowOn(supplies_.size() - 1));
  }
  return {};
}

Status Run::DeclareLines() {
  for (const LinePort& port : bench_.lines) {
    RIG_TRY_ASSIGN(const auto id,
                   sink_.Declare("commanded." + port.signal, "1", ChannelKind::kStep));
    lines_.emplace_back(port, id);
    RIG_TRY(SetLine(lines_.size() - 1, false, now_));
  }
  return {};
}

Status Run::PreparePlants() {
  for (const v1::Plant& plant : scenario_.plants()) {
    RIG_TRY_ASSIGN(auto runner,
                   PlantRunner::Create(plant, bench_, *capture_, {&body_, setup_.seed}, sink_));
    plants_.push_back(std::make_unique<PlantRunner>(std::move(runner)));
    RIG_TRY(plants_.back()->Start());
  }
  return {};
}

// One player per signal that the scenario plays on.
Status Run::PrepareStimuli() {
  for (const StimulusPort& port : bench_.stimuli) {
    const auto plays_here = [&](const v1::Step& step) {
      return step.has_play() && step.play().signal() == port.signal;
    };
    if (std::none_of(scenario_.steps().begin(), scenario_.steps().end(), plays_here)) continue;
    RIG_TRY_ASSIGN(auto output, StimulusOutput::Create(port, sink_));
    SourceContext context{.seed = setup_.seed,
                          .signal = port.signal,
                          .unit = port.unit,
                          .directory = setup_.scenario->path.parent_path(),
                          .body = &body_};
    StimulusPlayer player(std::move(output), std::move(context), sink_);
    std::vector<const v1::Step*> plays;
    for (const v1::Step& step : scenario_.steps()) {
      if (plays_here(step)) plays.push_back(&step);
    }
    std::stable_sort(plays.begin(), plays.end(),
                     [](const v1::Step* a, const v1::Step* b) { return a->at() < b->at(); });
    for (const v1::Step* step : plays) player.Add(AtNanoseconds(step->at()), step->play());
    players_.push_back(std::move(player));
  }
  return {};
}

void Run::EnterSteps() {
  // Plants first: a step of the same instant acts on the plant's state at that instant.
  for (const auto& plant : plants_) {
    const auto tick = std::make_shared<std::function<Status()>>();
    *tick = [this, plant = plant.get(), weak = std::weak_ptr(tick)]() -> Status {
      RIG_TRY(plant->Step(now_));
      if (const auto self = weak.lock())
        agenda_.At(now_ + plant->period(), [self] { return (*self)(); });
      return {};
    };
    agenda_.At(now_ + plant->period(), [tick] { return (*tick)(); });
  }
  for (const v1::Step& step : scenario_.steps()) {
    const RunTime at = AtNanoseconds(step.at());
    if (step.has_line()) {
      EnterLine(step.line(), at);
    } else {
      agenda_.At(at, [this, &step] { return Do(step); });
    }
  }
}

Status Run::Loop() {
  while (true) {
    const RunTime due = std::min({agenda_.next().value_or(end_), now_ + kDrainPeriod, end_});
    const RunTime rendered = std::max(due, std::min(due + lead_, end_));
    for (StimulusPlayer& player : players_) RIG_TRY(player.RenderUntil(rendered));
    const Status advanced = bench_.equipment->clock().AdvanceTo(due);
    if (advanced) now_ = due;
    RIG_TRY(Drain());
    RIG_TRY(advanced);
    RIG_TRY(CompareIdentity());
    RIG_TRY(sink_.AdvanceTo(observed_until()));
    if (setup_.progress) RIG_TRY(setup_.progress(now_));
    if (now_ >= end_) return {};
    // What a board of unknown identity fails proves nothing.
    if (setup_.stop && setup_.stop(capture_->Settled(observed_until())) && console_->identity()) {
      stopped_ = true;
      return Log("stopped early");
    }
    while (const Agenda::Action action = agenda_.Take(now_)) {
      RIG_TRY(action());
      RIG_TRY(bench_.equipment->clock().CheckOnTime(now_));
    }
  }
}

Status Run::LeaveLastInstant() {
  const RunTime last = now_;
  do {
    RIG_TRY(bench_.equipment->clock().AdvanceTo(now_ + kSafeStateDelay));
    now_ += kSafeStateDelay;
    RIG_TRY(capture_->Drain(observed_until()));
  } while (capture_->Settled(observed_until()) <= last);
  return {};
}

Status Run::Drain() {
  for (const auto& event : bench_.equipment->DrainBoardEvents()) {
    RIG_TRY(sink_.AppendText(board_log_, event.t, event.text));
  }
  RIG_TRY(capture_->Drain(observed_until()));
  RIG_TRY(measurements_->Drain());
  return console_->Drain(observed_until());
}

Status Run::Do(const v1::Step& step) {
  switch (step.action_case()) {
    case v1::Step::kSupply:
      return Do(step.supply());
    case v1::Step::kPlay:
      // The players render ahead; here it is only noted.
      return Log("play " + step.play().ShortDebugString());
    case v1::Step::kBody:
      return Log("body " + step.body().ShortDebugString());
    case v1::Step::kSend:
      return console_->Send(now_, "C," + step.send().text());
    case v1::Step::kPlant:
      return Do(step.plant());
    case v1::Step::kLine:  // entered ahead of its time, by EnterLine
    case v1::Step::ACTION_NOT_SET:
      break;
  }
  return MakeError(Code::kInternal, "a step without an action of its instant");
}

Status Run::Do(const v1::Supply& supply) {
  const auto line = std::find_if(supplies_.begin(), supplies_.end(), [&](const SupplyLine& s) {
    return s.port.signal == supply.signal();
  });
  if (line == supplies_.end()) {
    return MakeError(Code::kNotFound, "no supply " + supply.signal() + " on this bench");
  }
  const auto index = static_cast<std::size_t>(line - supplies_.begin());
  // What is commanded is so from when the supply is spoken to; that takes its time.
  const RunTime told = Now();
  if (supply.change_case() == v1::Supply::kCut) {
    const Status cut = line->port.supply->Cut();
    if (!cut) return WithContext(cut.error(), "supply " + supply.signal());
    line->set_v = 0;
    line->ramp_end = now_;
    RIG_TRY(sink_.AppendStep(line->commanded, told, 0));
    return MeasureFromNowOn(index);
  }
  const Duration ramp(supply.ramp());
  const Result<double> set = ramp.count() > 0 ? line->port.supply->Ramp(supply.voltage(), ramp)
                                              : line->port.supply->SetVoltage(supply.voltage());
  if (!set) return WithContext(set.error(), "supply " + supply.signal());
  line->set_v = supply.voltage();
  line->ramp_end = now_ + ramp;
  RIG_TRY(sink_.AppendStep(line->commanded, told, supply.voltage()));
  if (supply.voltage() > 0) ExpectIdentity(line->ramp_end);
  return MeasureFromNowOn(index);
}

Status Run::Measure(SupplyLine& supply) {
  const auto append = [&](TraceSink::ChannelId channel, std::optional<double>& last, double value) {
    if (last == value) return Status();
    last = value;
    return sink_.AppendStep(channel, Now(), value);
  };
  RIG_TRY_ASSIGN(const double volts, supply.port.supply->Measure());
  RIG_TRY(append(supply.observed, supply.volts, volts));
  RIG_TRY(CheckSupplied(supply));
  if (!supply.current) return {};
  RIG_TRY_ASSIGN(const double amps, supply.port.supply->MeasureCurrent());
  return append(*supply.current, supply.amps, amps);
}

Status Run::CheckSupplied(const SupplyLine& supply) const {
  const double tolerance = kSupplyTolerance + kRelativeSupplyTolerance * supply.set_v;
  const bool settled = now_ >= supply.ramp_end + kSupplySettling;
  const bool there = std::fabs(*supply.volts - supply.set_v) <= tolerance;
  if (supply.set_v == 0 || !settled || there) return {};
  return MakeError(Code::kFailedPrecondition,
                   fmt::format("supply {}: {:.3f} V measured; expected {:.3f} V, as set: is it in "
                               "its current limit?",
                               supply.port.signal, *supply.volts, supply.set_v));
}

// A supply that takes longer to answer than the period is asked as soon as it has.
Status Run::MeasureFromNowOn(std::size_t index) {
  SupplyLine& line = supplies_[index];
  RIG_TRY(Measure(line));
  const bool profiled = line.current.has_value();
  Duration period = profiled ? line.port.profile_every : kWatchPeriod;
  if (now_ <= line.ramp_end) period = std::min(period, kRampPeriod);
  const RunTime next = std::max(now_ + period, Now());
  agenda_.At(next, [this, index, turn = ++line.turn] {
    return supplies_[index].turn == turn ? MeasureFromNowOn(index) : Status();
  });
  return {};
}

// A line is asked for the bench's lead ahead of its time.
void Run::EnterLine(const v1::Line& line, RunTime at) {
  const auto enter = [this, signal = line.signal()](RunTime t, bool active) {
    agenda_.At(std::max(t - lead_, RunTime()), [this, signal, t, active]() -> Status {
      const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const auto& known) {
        return known.first.signal == signal;
      });
      if (found == lines_.end()) {
        return MakeError(Code::kNotFound, "no line " + signal + " on this bench");
      }
      return SetLine(static_cast<std::size_t>(found - lines_.begin()), active, t);
    });
  };
  const bool pulse = line.change_case() == v1::Line::kPulse;
  enter(at, pulse || line.active());
  if (pulse) enter(at + Duration(line.pulse()), false);
}

Status Run::SetLine(std::size_t index, bool active, RunTime at) {
  const auto& [port, channel] = lines_[index];
  const Status set = port.driver->Set(port.channel, active, at);
  if (!set) return WithContext(set.error(), "line " + port.signal);
  return sink_.AppendStep(channel, at, active ? 1 : 0);
}

Status Run::Do(const v1::PlantSetting& setting) {
  for (const auto& plant : plants_) {
    if (plant->name() != setting.name()) continue;
    RIG_TRY(Log("plant " + setting.ShortDebugString()));
    return plant->Apply(setting);
  }
  return MakeError(Code::kNotFound, "no plant " + setting.name() + " in this scenario");
}

void Run::ExpectIdentity(RunTime powered) {
  if (identity_expected_) return;
  identity_expected_ = true;
  const RunTime deadline = powered + Duration(setup_.bench->message.console().answer_timeout());
  agenda_.At(now_ + kQuestionPeriod, [this, deadline] { return AskIdentity(deadline); });
}

Status Run::AskIdentity(RunTime deadline) {
  if (console_->identity()) return {};
  if (now_ >= deadline) {
    return MakeError(
        Code::kUnavailable,
        fmt::format(
            "board does not answer: no identity on {} within {} of power-on; expected device {}",
            bench_.console_signal,
            Display(Seconds(Duration(setup_.bench->message.console().answer_timeout())), "s"),
            setup_.image->identity.device));
  }
  agenda_.At(std::min(now_ + kQuestionPeriod, deadline),
             [this, deadline] { return AskIdentity(deadline); });
  return console_->Send(now_, "Q,id=1");
}

// The board must run what was programmed, and be the one the bench file names.
Status Run::CompareIdentity() const {
  const auto& said = console_->identity();
  if (!said) return {};
  const FirmwareIdentity& image = setup_.image->identity;
  const auto differs = [](std::string_view what, const std::string& is,
                          const std::string& expected) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("board reports {} {}; expected {}", what, is, expected));
  };
  if (said->device != image.device) return differs("device", said->device, image.device);
  if (said->version != image.version) return differs("version", said->version, image.version);
  if (said->build != image.build) return differs("build", said->build, image.build);
  const std::string& serial = setup_.bench->message.board().serial();
  if (said->serial != serial) return differs("serial number", said->serial, serial);
  return {};
}

Status Run::ShowSafeState() {
  for (const v1::SafeState& safe : setup_.bench->message.safe_state()) {
    for (SupplyLine& supply : supplies_) {
      if (supply.port.signal == safe.signal()) RIG_TRY(AwaitSafe(supply, safe.voltage()));
    }
  }
  return {};
}

Status Run::AwaitSafe(SupplyLine& supply, double safe_v) {
  BenchClock& clock = bench_.equipment->clock();
  const RunTime latest = Now() + kSafeStateSettling;
  while (true) {
    RIG_TRY_ASSIGN(const double volts, supply.port.supply->Measure());
    const bool there = std::fabs(volts - safe_v) <= kSupplyTolerance;
    if (there || Now() >= latest) {
      RIG_TRY(Log(fmt::format("safe state: {} measured {:.3f} V", supply.port.signal, volts)));
      if (there) return {};
      return MakeError(Code::kFailedPrecondition,
                       fmt::format("safe state: {} is at {:.3f} V; expected {:.3f} V",
                                   supply.port.signal, volts, safe_v));
    }
    RIG_TRY(clock.AdvanceTo(Now() + kRampPeriod));
  }
}

}  // namespace

RunOutcome ExecuteRun(const RunSetup& setup, TraceSink& sink) {
  RunOutcome outcome;
  auto bound = BindBench(*setup.bench, *setup.equipment);
  if (!bound) {
    outcome.status = tl::unexpected<Error>(bound.error());
    return outcome;
  }
  Run run(setup, *bound, sink);
  outcome.status = run.Prepare();
  if (outcome.status) outcome.status = run.Loop();
  outcome.end = run.now();
  outcome.stopped = run.stopped();
  if (outcome.status) outcome.status = run.LeaveLastInstant();
  if (!outcome.status) (void)run.Log("aborted: " + outcome.status.error().message);
  Status safe = EnterSafeState(setup.bench->message, *bound, run.now());
  if (safe) safe = run.ShowSafeState();
  outcome.safe_state_reached = safe.has_value();
  const Status drained = run.Finish();
  for (const std::string& remark : setup.equipment->Remarks()) (void)run.Log(remark);
  const Status logged =
      run.Log(safe ? "safe state reached" : "safe state not reached: " + safe.error().message);
  for (const Status* status : std::initializer_list<const Status*>{&safe, &drained, &logged}) {
    if (outcome.status && !*status) outcome.status = *status;
  }
  outcome.reported = run.reported();
  return outcome;
}

}  // namespace rig
