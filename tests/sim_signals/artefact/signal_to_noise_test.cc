// Noise mixed at a stated ratio, as nst does it; and the records that nst has mixed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>

#include "tests/shared_data.h"
#include "tests/sim_signals/every_source.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

constexpr std::size_t kSecond = 500;

double TrimmedMean(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t cut = values.size() / 20;
  double sum = 0.0;
  for (std::size_t i = cut; i + cut < values.size(); ++i) sum += values[i];
  return sum / static_cast<double>(values.size() - 2 * cut);
}

// Root mean square about the mean, second by second.
double NoiseRms(const std::vector<double>& noise) {
  std::vector<double> rms;
  for (std::size_t i = 0; i + kSecond <= noise.size(); i += kSecond) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t k = i; k < i + kSecond; ++k) sum += noise[k], squares += noise[k] * noise[k];
    rms.push_back(std::sqrt(squares / kSecond - sum * sum / kSecond / kSecond));
  }
  return TrimmedMean(rms);
}

double QrsHeight(const Rendering& clean) {
  std::vector<double> heights;
  for (const TruthEvent& beat : clean.Of("beat")) {
    const auto at = Nanoseconds(beat.t) / kAt500Hz.count();
    if (at < 25 || heights.size() == 300) continue;
    const auto middle = clean.values.begin() + at;
    heights.push_back(*std::max_element(middle - 25, middle + 26) -
                      *std::min_element(middle - 25, middle + 26));
  }
  return TrimmedMean(heights);
}

class SignalToNoiseTest : public testing::Test {
 protected:
  SignalToNoiseTest() { context_.directory = files_.Path(""); }
  Rendering Played(const std::string& source, double seconds = 300.0) {
    return Render(*Make(PlayFrom(source), context_), static_cast<std::size_t>(seconds * kSecond));
  }
  std::string Refusal(const std::string& source) {
    const auto made = MakeSource(PlayFrom(source), context_, RunTime());
    return made ? "accepted" : made.error().message;
  }
  WfdbFiles files_;
  BodyCourse course_ = CourseOf("rhythm: {sinus: {rate: 72 bpm}}");
  SourceContext context_ = EcgContext(&course_);
};

TEST_F(SignalToNoiseTest, NoiseOfEachKindHasTheRatioAsked) {
  WriteRecords(files_.Path(""), 310);
  const Rendering clean = Played("ecg: {}");
  const double s = std::pow(QrsHeight(clean), 2) / 8.0;
  for (const std::string kind :
       {"mains: {}", "baseline: {}", "white: {}", "muscle: {}", "electrode_motion: {rate: 1 Hz}",
        "electrosurgery: {period: 1 s}", "record: {file: r.hea}"}) {
    for (const double snr : {24.0, 0.0, -6.0}) {
      const Rendering noisy =
          Played("ecg: {}, artefacts: [{" + kind + ", snr: " + std::to_string(snr) + " dB}]");
      std::vector<double> noise(noisy.values);
      for (std::size_t i = 0; i < noise.size(); ++i) noise[i] -= clean.values[i];
      const double n = std::pow(NoiseRms(noise), 2);
      EXPECT_NEAR(10.0 * std::log10(s / n), snr, 0.05) << kind;
      ASSERT_EQ(noisy.Of("beat").size(), clean.Of("beat").size());
    }
  }
}

TEST_F(SignalToNoiseTest, ASignalWithoutBeatsHasThePowerOfItsVariation) {
  context_.unit = "ohm";
  const Rendering clean = Played("impedance: {}");
  double sum = 0.0, squares = 0.0;
  for (const double v : clean.values) sum += v;
  const double mean = sum / static_cast<double>(clean.values.size());
  for (const double v : clean.values) squares += (v - mean) * (v - mean);
  const Rendering noisy = Played("impedance: {}, artefacts: [{white: {}, snr: 10 dB}]");
  std::vector<double> noise(noisy.values);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] -= clean.values[i];
  const double s = squares / static_cast<double>(clean.values.size());
  EXPECT_NEAR(10.0 * std::log10(s / std::pow(NoiseRms(noise), 2)), 10.0, 0.05);
}

TEST_F(SignalToNoiseTest, StressTestAlternatesAfterFiveMinutes) {
  WriteRecords(files_.Path(""), 700);
  const std::string noise =
      "{from: 5 min, on_for: 2 min, off_for: 2 min, record: {file: r.hea}, snr: 6 dB}";
  const auto clean = Played("ecg: {}", 900.0).values;
  const auto noisy = Played("ecg: {}, artefacts: [" + noise + "]", 900.0).values;
  for (std::size_t minute = 0; minute < 15; ++minute) {
    const auto at = static_cast<std::ptrdiff_t>(minute * 60 * kSecond);
    const bool same =
        std::equal(clean.begin() + at, clean.begin() + at + 60 * kSecond, noisy.begin() + at);
    EXPECT_EQ(same, minute < 5 || (minute - 5) % 4 > 1) << minute;
  }
}

TEST_F(SignalToNoiseTest, RefusesWhatHasNoRatio) {
  const auto refusal = [&](const std::string& artefact) {
    return Refusal("ecg: {}, artefacts: [{" + artefact + "}]");
  };
  EXPECT_THAT(refusal("muscle: {}"), testing::HasSubstr("expected its size or its snr"));
  EXPECT_THAT(refusal("muscle: {rms: 1 mV}, snr: 6 dB"), testing::HasSubstr("one of both"));
  EXPECT_THAT(refusal("off: {level: 0 V}, snr: 6 dB"), testing::HasSubstr("expected none"));
  EXPECT_THAT(refusal("muscle: {}, snr: 6 mV"), testing::HasSubstr("expected \"6 dB\""));
  EXPECT_THAT(refusal("muscle: {rms: 1 mV}, on_for: 1 s"), testing::HasSubstr("expected both"));
  EXPECT_THAT(refusal("record: {file: no.hea}, snr: 6 dB"), testing::HasSubstr("no.hea"));
  EXPECT_THAT(Refusal("constant: {value: 1 V}, artefacts: [{white: {}, snr: 6 dB}]"),
              testing::HasSubstr("steady signal"));
  course_ = CourseOf("rhythm: {asystole: {}}");
  EXPECT_THAT(refusal("muscle: {}, snr: 6 dB"), testing::HasSubstr("does not beat"));
}

// Record 118 with noise of electrode motion, as the NSTDB has it: samples 160000 (24 dB) and 180000
// (6 and 0 dB) of the record on, 120 s each; noise from sample 194400 on.
class NoiseStressDatabaseTest : public SignalToNoiseTest {
 protected:
  static constexpr std::size_t kNoisyFrom = 194'400;
  static std::filesystem::path Data() { return SharedFolder() / "data/artefact-nstdb"; }

  static std::vector<double> Column(const std::string& name) {
    std::ifstream stream(Data() / name);
    std::vector<double> values;
    for (double v = 0.0; stream >> v;) values.push_back(v);
    return values;
  }
  // em as a record, 1 uV a count, and its first channel in mV.
  std::vector<double> WriteNoise() {
    const std::string command = "/usr/bin/python3 -c \"import scipy.io, numpy; scipy.io.loadmat('" +
                                (Data() / "EM.mat").string() + "')['EM'][:, 0].tofile('" +
                                files_.Path("em").string() + "')\"";
    if (std::system(command.c_str()) != 0) return {};
    std::vector<double> noise(650'000);
    std::ifstream(files_.Path("em"), std::ios::binary)
        .read(reinterpret_cast<char*>(noise.data()), 650'000 * sizeof(double));
    WriteRecord("em.hea", noise, 0, noise.size());
    return noise;
  }
  void WriteRecord(const std::string& name, const std::vector<double>& mv, std::size_t from,
                   std::size_t until) {
    WfdbHeader header;
    header.sampling_hz = 360.0;
    header.signals.resize(1);
    header.signals[0].format = 16;
    header.signals[0].gain = 1000.0;
    auto writer = WfdbWriter::Create(files_.Path(name), header);
    ASSERT_TRUE(writer);
    for (std::size_t i = from; i < until; ++i) {
      const auto count = static_cast<std::int32_t>(std::lround(1000.0 * mv[i]));
      ASSERT_TRUE(writer->Append(std::span(&count, 1)));
    }
    ASSERT_TRUE(writer->Close());
  }
};

// How much of the noise is in y, by least squares.
double Slope(std::span<const double> y, std::span<const double> noise) {
  const auto n = static_cast<double>(y.size());
  const double my = std::accumulate(y.begin(), y.end(), 0.0) / n;
  const double mn = std::accumulate(noise.begin(), noise.end(), 0.0) / n;
  double products = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    products += (y[i] - my) * (noise[i] - mn);
    squares += (noise[i] - mn) * (noise[i] - mn);
  }
  return products / squares;
}

// The record at 0 and 6 dB differ by noise alone, so that difference tells the gain at 0 dB. Ours
// comes from the 134 beats of the noise-free part that there is, nst's from the first 300 of the
// record, which are not there: 0.75 dB were measured between them.
TEST_F(NoiseStressDatabaseTest, OurGainIsThatOfThePublishedRecords) {
  RIG_NEEDS_SHARED(Data() / "118e06.csv");
  const std::vector<double> noise = WriteNoise();
  ASSERT_FALSE(noise.empty()) << "python3-scipy cannot read EM.mat";
  const auto e00 = Column("118e00.csv"), e06 = Column("118e06.csv"), e24 = Column("118e24.csv");
  ASSERT_EQ(e06.size(), 43'200u);
  const auto apart = [&](const std::vector<double>& a, std::size_t a_from,
                         const std::vector<double>& b, std::size_t b_from, std::size_t until) {
    std::vector<double> difference;
    for (std::size_t i = kNoisyFrom; i < until; ++i) {
      difference.push_back(a[i - a_from] - b[i - b_from]);
    }
    return Slope(difference, std::span(noise).subspan(kNoisyFrom, difference.size()));
  };
  const auto gain = [](double snr) { return std::pow(10.0, -snr / 20.0); };
  const double published = apart(e00, 180'000, e06, 180'000, 223'200) / (1.0 - gain(6.0));
  EXPECT_NEAR(apart(e06, 180'000, e24, 160'000, 203'200) / (gain(6.0) - gain(24.0)), published,
              0.002 * published);

  WriteRecord("clean.hea", e24, 0, kNoisyFrom - 160'000);
  std::vector<WfdbAnnotation> beats;
  for (const double at : Column("118e24_annotations.csv")) {
    if (at < 160'000.0 || at >= kNoisyFrom) continue;
    WfdbAnnotation& beat = beats.emplace_back();
    beat.time = static_cast<std::int64_t>(at) - 160'000;
    beat.code = 1;
  }
  ASSERT_TRUE(WriteWfdbAnnotations(files_.Path("clean.atr"), beats));
  const auto clean = Played("record: {file: clean.hea}", 90.0).values;
  auto mixed =
      Played("record: {file: clean.hea}, artefacts: [{record: {file: em.hea}, snr: 0 dB}]", 90.0)
          .values;
  const auto shown = Played("record: {file: em.hea}", 90.0).values;
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] -= clean[i];
  const double ours = Slope(mixed, shown);
  RecordProperty("gains", std::to_string(ours) + " " + std::to_string(published));
  EXPECT_NEAR(20.0 * std::log10(ours / published), 0.0, 1.0);
}

}  // namespace
}  // namespace rig
