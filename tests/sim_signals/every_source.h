#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sim_signals/recorded/csv_writer.h"
#include "sim_signals/recorded/edf_writer.h"
#include "sim_signals/recorded/wfdb_writer.h"
#include "tests/sim_signals/rendering.h"

namespace rig {

// A play of each source and artefact there is: key as in `rig signal list`, YAML, unit.
struct SourceCase {
  std::string key, source, unit;
  Duration period = kAt500Hz;  // at which something happens within some thousand samples
  v1::Play Play() const { return PlayFrom(source); }
  SourceContext Context(const BodyCourse& course, const std::filesystem::path& folder,
                        std::uint64_t seed = 1) const {
    return {.seed = seed, .signal = "s", .unit = unit, .directory = folder, .body = &course};
  }
};

inline std::vector<SourceCase> EverySource() {
  return {{"ecg", "ecg: {lead: v2}", "V"},
          {"ec13", "ec13: {figure: fig_3a}", "V"},
          {"ec13_qrs", "ec13_qrs: {t_amplitude: 1 mV}", "V"},
          {"ppg", "ppg: {wavelength: red}", "V"},
          {"ppg", "ppg: {wavelength: infrared}", "V"},
          {"blood_pressure", "blood_pressure: {}", "Pa"},
          {"blood_pressure", "blood_pressure: {site: pulmonary}", "Pa"},
          {"blood_pressure", "blood_pressure: {site: venous, drift: 1 mmHg/h}", "Pa"},
          {"cuff", "cuff: {target: 130 mmHg, every: 30 s, leak: 6 mmHg/min}", "Pa"},
          {"impedance", "impedance: {}", "ohm"},
          {"capnogram", "capnogram: {}", "Pa"},
          {"ecog", "ecog: {seizure: {onset: 2 s, duration: 10 s, interval: 20 s}}", "V"},
          {"cgm",
           "cgm: {sensor: {period: 1 min, gaps: [{at: 3 h, duration: 20 min}]}, meals: [{at: 1 h, "
           "carbohydrate: 60 g}]}",
           "kg/m3", std::chrono::seconds(10)},
          {"thermistor", "thermistor: {temperature: 310.15 K}", "ohm"},
          {"airway",
           "airway: {quantity: flow, rate: 17 bpm, pressure: 10 hPa, lung: {compliance: 50 mL/hPa, "
           "resistance: 5 hPa.s/L, effort: {rate: 12 bpm, pressure: 3 hPa}}}",
           "m3/s"},
          {"constant", "constant: {value: 1 mV}", "V"},
          {"ramp", "ramp: {from: 0 mV, to: 1 mV, over: 1 s}", "V"},
          {"record", "record: {file: r.hea}", "V"},
          {"record", "record: {file: r.edf}", "V"},
          {"record", "record: {file: r.csv}", "V"}};
}

// Each on the same ECG.
inline std::vector<SourceCase> EveryArtefact() {
  std::vector<SourceCase> cases;
  for (const auto& [key, settings] : std::vector<std::pair<std::string, std::string>>{
           {"mains", "{amplitude: 0.1 mV}"},
           {"baseline", "{amplitude: 0.1 mV}"},
           {"white", "{rms: 10 uV}"},
           {"muscle", "{rms: 10 uV}"},
           {"electrode_motion", "{amplitude: 0.3 mV, rate: 1 Hz}"},
           {"defibrillation", "{rail: 5 mV}"},
           {"electrosurgery", "{rms: 0.2 mV, period: 1 s}"},
           {"off", "{level: 0 V}"},
           {"electrode_off", "{}"},
           {"stuck", "{}"},
           {"wrong_scale", "{factor: 2}"},
           {"drift", "{per_minute: 1 mV}"},
           {"slow", "{time_constant: 100 ms}"},
           {"delayed", "{by: 100 ms}"},
           {"intermittent", "{level: 0 V, rate: 1 Hz}"},
           {"record", "{file: r.hea}"},
           {"lead_swap", "{one: ra, other: la}"},
           {"saturation", "{low: -0.5 mV, high: 0.5 mV}"}}) {
    cases.push_back({key, "ecg: {}, artefacts: [{from: 1 s, " + key + ": " + settings + "}]", "V"});
  }
  return cases;
}

inline std::vector<SourceCase> EverySourceAndArtefact() {
  std::vector<SourceCase> all = EverySource();
  const std::vector<SourceCase> artefacts = EveryArtefact();
  all.insert(all.end(), artefacts.begin(), artefacts.end());
  return all;
}

// What the records above play: a sawtooth at 250 Hz with a beat in each second, as r.hea (with
// r.atr), r.edf and r.csv.
inline void WriteRecords(const std::filesystem::path& folder, int seconds) {
  constexpr int kHz = 250;
  const auto must = [](const auto& done) { EXPECT_TRUE(done) << done.error().message; };
  WfdbHeader header;
  header.sampling_hz = kHz;
  WfdbSignal& signal = header.signals.emplace_back();
  signal.format = 16;
  signal.gain = 1000.0;
  EdfHeader edf_header;
  edf_header.records = seconds;
  EdfSignal& edf_signal = edf_header.signals.emplace_back();
  edf_signal.label = "ECG";
  edf_signal.unit = "mV";
  edf_signal.physical_min = -1.0;
  edf_signal.physical_max = 1.0;
  edf_signal.samples = kHz;
  auto wfdb = WfdbWriter::Create(folder / "r.hea", header);
  auto edf = EdfWriter::Create(folder / "r.edf", edf_header);
  auto csv = CsvWriter::Create(folder / "r.csv",
                               std::vector<RecordingChannel>{{"ECG", "mV", kHz, seconds * kHz}});
  must(wfdb), must(edf), must(csv);
  std::vector<WfdbAnnotation> beats;
  std::vector<std::int32_t> counts(kHz);
  std::vector<double> values(kHz);
  for (int s = 0; s < seconds; ++s) {
    for (int i = 0; i < kHz; ++i) {
      counts[static_cast<std::size_t>(i)] = (s * kHz + i) % 320;
      values[static_cast<std::size_t>(i)] = 1e-3 * counts[static_cast<std::size_t>(i)];
    }
    must(wfdb->Append(counts)), must(edf->Append(counts)), must(csv->Append(values));
    WfdbAnnotation& beat = beats.emplace_back();
    beat.time = s * kHz + 100;
    beat.code = 1;
  }
  must(wfdb->Close()), must(edf->Close()), must(csv->Close());
  must(WriteWfdbAnnotations(folder / "r.atr", beats));
}

}  // namespace rig
