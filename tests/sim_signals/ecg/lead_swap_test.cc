// Two electrodes of an ECG are swapped.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kRounding = 1e-17;  // of values around 1 mV
constexpr char kSinus[] = "rhythm: {sinus: {rate: 72 bpm}}";

Rendering Lead(const std::string& lead, const std::string& artefacts = "",
               const std::string& body = kSinus) {
  const BodyCourse course = CourseOf(body);
  const std::string swapped = artefacts.empty() ? "" : ", artefacts: [" + artefacts + "]";
  return Render(*Make(PlayFrom("ecg: {lead: " + lead + "}" + swapped), EcgContext(&course)), 3000);
}
std::string Swap(const std::string& one, const std::string& other) {
  return "{lead_swap: {one: " + one + ", other: " + other + "}}";
}

// While `one` and `other` are swapped, a lead shows `sign` times the lead `shown`.
struct Change {
  const char *one, *other, *lead, *shown;
  double sign;
};

class LeadSwapTest : public testing::TestWithParam<Change> {};

TEST_P(LeadSwapTest, ShowsTheLeadThatTheElectrodesThenMake) {
  const Change& change = GetParam();
  const auto seen = Lead(change.lead, Swap(change.one, change.other)).values;
  const auto is = Lead(change.shown).values;
  for (std::size_t n = 0; n < is.size(); ++n) {
    ASSERT_NEAR(seen[n], change.sign * is[n], kRounding) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Electrodes, LeadSwapTest,
    testing::Values(Change{"ra", "la", "i", "i", -1.0}, Change{"ra", "la", "ii", "iii", 1.0},
                    Change{"ra", "la", "iii", "ii", 1.0}, Change{"ra", "la", "avr", "avl", 1.0},
                    Change{"la", "ra", "avl", "avr", 1.0}, Change{"ra", "la", "avf", "avf", 1.0},
                    Change{"ra", "la", "v3", "v3", 1.0}, Change{"la", "ll", "i", "ii", 1.0},
                    Change{"la", "ll", "iii", "iii", -1.0}, Change{"la", "ll", "avl", "avf", 1.0},
                    Change{"ra", "ll", "i", "iii", -1.0}, Change{"ra", "ll", "ii", "ii", -1.0},
                    Change{"v1", "v2", "v1", "v2", 1.0}, Change{"v2", "v6", "v6", "v2", 1.0},
                    Change{"v1", "v2", "v3", "v3", 1.0}, Change{"v1", "v2", "ii", "ii", 1.0}));

TEST(SwappedLeadsTest, StillObeyEinthoven) {
  for (const std::string body : {kSinus, "rhythm: {ventricular_fibrillation: {}}"}) {
    for (const std::string& swap : {Swap("ra", "la"), Swap("la", "ll"), Swap("ra", "v1")}) {
      const auto i = Lead("i", swap, body).values, ii = Lead("ii", swap, body).values;
      const auto iii = Lead("iii", swap, body).values, avf = Lead("avf", swap, body).values;
      for (std::size_t n = 0; n < i.size(); ++n) {
        ASSERT_NEAR(ii[n], i[n] + iii[n], kRounding);
        ASSERT_NEAR(avf[n], 0.5 * (ii[n] + iii[n]), kRounding);
      }
    }
  }
}

TEST(SwappedLeadsTest, LastFromTheirBeginToTheirEndAndSayFault) {
  const auto seen = Lead("i", "{from: 1 s, until: 3 s, lead_swap: {one: ra, other: la}}");
  const auto is = Lead("i");
  for (std::size_t n = 0; n < is.values.size(); ++n) {
    const bool swapped = n >= 500 && n < 1500;
    ASSERT_NEAR(seen.values[n], swapped ? -is.values[n] : is.values[n], kRounding) << n;
  }
  const auto fault = seen.Of("fault");
  ASSERT_EQ(fault.size(), 3u);
  EXPECT_EQ(fault[1].t, AtNanoseconds(1'000'000'000));
  EXPECT_EQ(fault[1].value, 1.0);
  EXPECT_EQ(fault[2].t, AtNanoseconds(3'000'000'000));
  EXPECT_EQ(seen.Of("beat").size(), is.Of("beat").size());
}

TEST(SwappedLeadsTest, LieBelowAllOtherArtefacts) {
  const std::string mains = "{mains: {amplitude: 0.1 mV}}";
  EXPECT_EQ(Lead("i", mains + ", " + Swap("ra", "la")).values,
            Lead("i", Swap("ra", "la") + ", " + mains).values);
}

TEST(SwappedLeadsTest, ShowPacerPulsesAsTheLeadThatIsThenSeen) {
  const BodyCourse course = CourseOf("rhythm: {paced: {rate: 60 bpm}}");
  const auto first_height = [&](const std::string& play) {
    const auto source = Make(PlayFrom(play), EcgContext(&course));
    Render(*source, 1000);
    std::vector<Pulse> pulses;
    source->TakePulses(AtNanoseconds(2'000'000'000), pulses);
    return pulses.at(0).height;
  };
  EXPECT_NEAR(first_height("ecg: {lead: ii}, artefacts: [" + Swap("ra", "la") + "]"),
              first_height("ecg: {lead: iii}"), kRounding);
}

TEST(SwappedLeadsTest, AreRefusedOnWhatHasNoElectrodes) {
  const BodyCourse course = CourseOf(std::string(kSinus));
  const std::string two = Swap("ra", "la") + ", " + Swap("la", "ll");
  for (const std::string& play :
       {"constant: {value: 1 mV}, artefacts: [" + Swap("ra", "la") + "]",
        "ecg: {}, artefacts: [" + Swap("ra", "ra") + "]", "ecg: {}, artefacts: [" + two + "]"}) {
    EXPECT_FALSE(MakeSource(PlayFrom(play), EcgContext(&course), RunTime())) << play;
  }
}

}  // namespace
}  // namespace rig
