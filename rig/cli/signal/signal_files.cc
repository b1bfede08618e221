#include "rig/cli/signal/signal_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "reports/reports.h"
#include "rig/base/child.h"
#include "rig/cli/picture.h"
#include "rig/cli/signal/survey.h"
#include "rig/record/trace_reader.h"
#include "rig/record/trace_writer.h"
#include "sim_signals/recorded/csv_writer.h"
#include "sim_signals/recorded/edf_writer.h"
#include "sim_signals/recorded/wfdb_writer.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// A 16-bit scale over a range. WFDB keeps the largest negative count for a missing sample.
struct Scale {
  double gain, middle;  // counts per unit; value at count 0
  explicit Scale(const Range& range)
      : gain(65'000.0 / (range.high - range.low)), middle(0.5 * (range.low + range.high)) {}
  std::int32_t CountOf(double value) const {
    return static_cast<std::int32_t>(std::lround(gain * (value - middle)));
  }
};

class CsvOutput {
 public:
  static Result<CsvOutput> Create(const SignalRendering& rendering, const std::string& file,
                                  double rate_hz) {
    std::vector<RecordingChannel> channels;
    for (const auto& signal : rendering.signals()) {
      channels.push_back({signal.name, signal.unit, rate_hz, rendering.samples()});
    }
    RIG_TRY_ASSIGN(CsvWriter writer, CsvWriter::Create(file, channels));
    return CsvOutput(std::move(writer));
  }
  Status Append(const SignalRendering& rendering) {
    const auto& signals = rendering.signals();
    rows_.clear();
    for (std::size_t i = 0; i < signals.front().values.size(); ++i) {
      for (const auto& signal : signals) rows_.push_back(signal.values[i]);
    }
    return writer_.Append(rows_);
  }
  Status Close() { return writer_.Close(); }

 private:
  explicit CsvOutput(CsvWriter writer) : writer_(std::move(writer)) {}
  CsvWriter writer_;
  std::vector<double> rows_;
};

class WfdbOutput {
 public:
  static Result<WfdbOutput> Create(const SignalRendering& rendering, const std::string& file,
                                   double rate_hz, const Survey& survey) {
    WfdbHeader header;
    header.sampling_hz = rate_hz;
    WfdbOutput output;
    output.Annotate(rendering, file, survey.annotations);
    for (std::size_t i = 0; i < survey.ranges.size(); ++i) {
      const auto& signal = rendering.signals()[i];
      const Scale scale(survey.ranges[i]);
      WfdbSignal& written = header.signals.emplace_back();
      written.format = 16;
      written.gain = scale.gain;
      written.baseline = std::lround(-scale.gain * scale.middle);
      written.unit = signal.unit;
      written.resolution_bits = 16;
      written.description = signal.name;
      output.scales_.push_back(scale);
      output.baselines_.push_back(static_cast<double>(written.baseline));
    }
    RIG_TRY_ASSIGN(WfdbWriter writer, WfdbWriter::Create(file, header));
    output.writer_ = std::move(writer);
    return output;
  }
  Status Append(const SignalRendering& rendering) {
    const auto& signals = rendering.signals();
    counts_.clear();
    for (std::size_t n = 0; n < signals.front().values.size(); ++n) {
      for (std::size_t i = 0; i < signals.size(); ++i) {
        counts_.push_back(static_cast<std::int32_t>(
            std::lround(scales_[i].gain * signals[i].values[n] + baselines_[i])));
      }
    }
    return writer_->Append(counts_);
  }
  Status Close() {
    // Before the header, without which there is no record.
    if (!annotations_.empty()) RIG_TRY(WriteWfdbAnnotations(annotation_file_, annotations_));
    return writer_->Close();
  }

 private:
  WfdbOutput() = default;
  // Each at its nearest sample.
  void Annotate(const SignalRendering& rendering, const fs::path& header,
                const std::vector<RecordingAnnotation>& annotations) {
    constexpr int kRhythm = 28;  // the one code with a text; the others say all there is
    annotation_file_ = fs::path(header).replace_extension(".atr");
    const double period_ns = static_cast<double>(Nanoseconds(rendering.TimeOf(1)));
    for (const RecordingAnnotation& annotation : annotations) {
      WfdbAnnotation& written = annotations_.emplace_back();
      written.time =
          std::min<std::int64_t>(std::llround(static_cast<double>(annotation.time_ns) / period_ns),
                                 rendering.samples() - 1);
      written.code = annotation.code;
      if (annotation.code == kRhythm) written.text = annotation.text;
    }
  }

  std::optional<WfdbWriter> writer_;
  fs::path annotation_file_;
  std::vector<WfdbAnnotation> annotations_;
  std::vector<Scale> scales_;
  std::vector<double> baselines_;
  std::vector<std::int32_t> counts_;
};

// The nearest number at or beyond `value`, up or down, that EDF's eight characters hold.
double EdfBound(double value, bool up) {
  double bound = value;
  for (int decimals = 6; decimals >= 0; --decimals) {
    const double scale = std::pow(10.0, decimals);
    bound = (up ? std::ceil(value * scale) : std::floor(value * scale)) / scale;
    if (fmt::format("{:.{}f}", bound, decimals).size() <= 8) return bound;
  }
  return bound;  // the writer refuses it
}

class EdfOutput {
 public:
  static Result<EdfOutput> Create(const SignalRendering& rendering, const std::string& file,
                                  double rate_hz, const Survey& survey) {
    const std::vector<Range>& ranges = survey.ranges;
    const auto per_record = static_cast<std::int64_t>(std::floor(rate_hz + 0.5));
    const bool whole = std::abs(rate_hz - static_cast<double>(per_record)) < 1e-9 &&
                       rendering.samples() % per_record == 0;
    if (!whole) {
      return MakeError(Code::kInvalidArgument,
                       "--edf: records of a second; expected a whole number of samples a second "
                       "and of seconds");
    }
    EdfOutput output;
    EdfHeader header;
    header.records = rendering.samples() / per_record;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto& signal = rendering.signals()[i];
      EdfSignal& written = header.signals.emplace_back();
      const bool volts = signal.unit == "V";  // as EDF readers expect potentials
      output.factors_.push_back(volts ? 1e6 : 1.0);
      written.label = signal.name;
      written.unit = volts ? "uV" : signal.unit;
      written.physical_min = EdfBound(output.factors_[i] * ranges[i].low, false);
      written.physical_max = EdfBound(output.factors_[i] * ranges[i].high, true);
      written.samples = per_record;
    }
    RIG_TRY_ASSIGN(EdfWriter writer, EdfWriter::Create(file, header, survey.annotations));
    output.writer_ = std::move(writer);
    output.header_ = std::move(header);
    output.waiting_.resize(ranges.size());
    return output;
  }
  Status Append(const SignalRendering& rendering) {
    const auto& signals = rendering.signals();
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const EdfSignal& scale = header_.signals[i];
      for (const double value : signals[i].values) {
        const double count = (factors_[i] * value - scale.physical_min) / scale.units_per_count();
        waiting_[i].push_back(static_cast<std::int32_t>(scale.digital_min + std::lround(count)));
      }
    }
    const auto per_record = static_cast<std::size_t>(header_.signals.front().samples);
    while (waiting_.front().size() >= per_record) {
      counts_.clear();
      for (auto& counts : waiting_) {
        const auto end = counts.begin() + static_cast<std::ptrdiff_t>(per_record);
        counts_.insert(counts_.end(), counts.begin(), end);
        counts.erase(counts.begin(), end);
      }
      RIG_TRY(writer_->Append(counts_));
    }
    return {};
  }
  Status Close() { return writer_->Close(); }

 private:
  EdfOutput() = default;
  std::optional<EdfWriter> writer_;
  EdfHeader header_;
  std::vector<double> factors_;  // from SI to the file's unit
  std::vector<std::vector<std::int32_t>> waiting_;
  std::vector<std::int32_t> counts_;
};

class TruthOutput {
 public:
  static Result<TruthOutput> Create(const std::string& file) {
    TruthOutput output;
    output.file_ = file;
    output.stream_.open(file, std::ios::trunc);
    output.stream_ << "time_s,channel,value\n";
    return output;
  }
  Status Append(const SignalRendering& rendering) {
    for (const auto& signal : rendering.signals()) {
      for (const TruthEvent& event : signal.truth) {
        stream_ << fmt::format("{:.9f},{}.{},{}\n", Seconds(event.t), signal.name, event.what,
                               event.value);
      }
    }
    return {};
  }
  Status Close() {
    stream_.close();
    if (stream_) return {};
    return MakeError(Code::kUnavailable, file_ + ": cannot be written; expected a file that can");
  }

 private:
  TruthOutput() = default;
  std::string file_;
  std::ofstream stream_;
};

}  // namespace

Status WriteSignals(const RenderOrder& order, const SignalFiles& files) {
  Survey survey;
  if (!files.wfdb.empty() || !files.edf.empty()) {
    RIG_TRY_ASSIGN(survey, SurveySignals(order));
  }
  RIG_TRY_ASSIGN(auto rendering, SignalRendering::Create(order));
  std::optional<CsvOutput> csv;
  std::optional<WfdbOutput> wfdb;
  std::optional<EdfOutput> edf;
  std::optional<TruthOutput> truth;
  if (!files.csv.empty()) {
    RIG_TRY_ASSIGN(csv, CsvOutput::Create(*rendering, files.csv, order.rate_hz));
  }
  if (!files.wfdb.empty()) {
    RIG_TRY_ASSIGN(wfdb, WfdbOutput::Create(*rendering, files.wfdb, order.rate_hz, survey));
  }
  if (!files.edf.empty()) {
    RIG_TRY_ASSIGN(edf, EdfOutput::Create(*rendering, files.edf, order.rate_hz, survey));
  }
  if (!files.truth.empty()) {
    RIG_TRY_ASSIGN(truth, TruthOutput::Create(files.truth));
  }
  const auto append = [&](std::int64_t) -> Status {
    if (csv) RIG_TRY(csv->Append(*rendering));
    if (wfdb) RIG_TRY(wfdb->Append(*rendering));
    if (edf) RIG_TRY(edf->Append(*rendering));
    if (truth) RIG_TRY(truth->Append(*rendering));
    return {};
  };
  RIG_TRY(rendering->Render(append));
  if (csv) RIG_TRY(csv->Close());
  if (wfdb) RIG_TRY(wfdb->Close());
  if (edf) RIG_TRY(edf->Close());
  if (truth) RIG_TRY(truth->Close());
  return {};
}

namespace {

// What a run would record of the signals, in a file of `folder`: samples as commanded.<name>, truth
// as truth.<name>.<what>.
Result<TraceReader> RecordSignals(const RenderOrder& order, const fs::path& folder) {
  RIG_TRY_ASSIGN(auto rendering, SignalRendering::Create(order));
  const fs::path file = folder / "signals.h5";
  RIG_TRY_ASSIGN(auto writer, TraceWriter::Create(file));
  const Duration period = rendering->TimeOf(1) - rendering->TimeOf(0);
  std::vector<TraceSink::ChannelId> ids;
  std::map<std::string, TraceSink::ChannelId> truth;
  for (const auto& signal : rendering->signals()) {
    RIG_TRY_ASSIGN(ids.emplace_back(), writer->Declare("commanded." + signal.name, signal.unit,
                                                       ChannelKind::kSampled, period));
    for (const auto& [what, unit] : TruthChannels(signal.play)) {
      const std::string name = fmt::format("truth.{}.{}", signal.name, what);
      RIG_TRY_ASSIGN(truth[name], writer->Declare(name, unit, ChannelKind::kStep));
    }
  }
  const auto append = [&](std::int64_t first) -> Status {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const SignalRendering::Signal& signal = rendering->signals()[i];
      RIG_TRY(writer->AppendSamples(ids[i], signal.values));
      for (const TruthEvent& event : signal.truth) {
        const auto channel = truth.find(fmt::format("truth.{}.{}", signal.name, event.what));
        if (channel == truth.end()) continue;
        RIG_TRY(writer->AppendStep(channel->second, event.t, event.value));
      }
    }
    return writer->AdvanceTo(rendering->TimeOf(
        first + static_cast<std::int64_t>(rendering->signals().front().values.size())));
  };
  RIG_TRY(rendering->Render(append));
  RIG_TRY(writer->Close());
  return TraceReader::Open(file.string());
}

}  // namespace

Result<std::string> PlotSignals(const RenderOrder& order, int columns) {
  RIG_TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::Make());
  RIG_TRY_ASSIGN(const TraceReader trace, RecordSignals(order, folder.path()));
  std::vector<std::string> samples;
  for (const std::string& name : trace.Names()) {
    if (name.starts_with("commanded.")) samples.push_back(name);
  }
  return PlotTrace(trace, samples, columns);
}

Status DrawSignals(const RenderOrder& order, const std::string& file) {
  RIG_TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::Make());
  RIG_TRY_ASSIGN(const TraceReader trace, RecordSignals(order, folder.path()));
  RIG_TRY_ASSIGN(const std::string svg, TraceSvg(trace, {}, "signals"));
  return WritePng(svg, file);
}

}  // namespace rig
