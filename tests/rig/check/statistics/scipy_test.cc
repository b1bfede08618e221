// Checks the library against Debian's SciPy at random places: python3-scipy is installed by
// tests/setup.sh, so that its absence fails and is not skipped.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <stdio.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "rig/check/statistics/binomial.h"
#include "rig/check/statistics/tolerance.h"

namespace rig::statistics {
namespace {

struct Question {
  std::string text;
  double ours;
};

// SciPy's answers, one a question; fewer when it failed.
std::vector<double> Ask(const std::vector<Question>& questions) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path asked =
      std::filesystem::path(testing::TempDir()) / fmt::format("scipy_{}.txt", info->name());
  std::ofstream file(asked);
  for (const Question& question : questions) file << question.text << "\n";
  file.close();
  // Debian's own interpreter: another one first in the path has other packages.
  const std::string command =
      fmt::format("/usr/bin/python3 '{}/tests/rig/check/statistics/scipy_reference.py' < '{}'",
                  RIG_SOURCE_DIR, asked.string());
  FILE* pipe = popen(command.c_str(), "r");
  std::vector<double> answers;
  if (pipe == nullptr) return answers;
  double answer = 0;
  while (fscanf(pipe, "%lf", &answer) == 1) answers.push_back(answer);
  pclose(pipe);
  std::filesystem::remove(asked);
  return answers;
}

void ExpectAgreement(const std::vector<Question>& questions, double relative) {
  const std::vector<double> answers = Ask(questions);
  ASSERT_EQ(answers.size(), questions.size()) << "is python3-scipy installed?";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_NEAR(questions[i].ours, answers[i], relative * std::fabs(answers[i]))
        << questions[i].text;
  }
}

// Random parameters: the same in every run.
class Parameters {
 public:
  explicit Parameters(std::uint64_t seed) : random_(seed) {}
  std::int64_t Count(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  // Between 0.5 and nearly 1, evenly in its distance from 1.
  double Share() {
    return 1 - 0.5 * std::pow(10, -std::uniform_real_distribution<double>(0, 2.5)(random_));
  }

 private:
  std::mt19937_64 random_;
};

TEST(ScipyTest, AgreesOnClopperPearsonIntervals) {
  Parameters parameters(1);
  std::vector<Question> questions;
  for (int i = 0; i < 300; ++i) {
    const std::int64_t n = parameters.Count(1, 5000);
    const std::int64_t x = parameters.Count(0, n);
    const double confidence = parameters.Share();
    const Interval interval = ClopperPearson(n, x, confidence).value();
    questions.push_back(
        {fmt::format("clopper_pearson_low {} {} {:.17f}", n, x, confidence), interval.low});
    questions.push_back(
        {fmt::format("clopper_pearson_high {} {} {:.17f}", n, x, confidence), interval.high});
  }
  ExpectAgreement(questions, 1e-9);
}

TEST(ScipyTest, AgreesOnTheConfidenceShown) {
  Parameters parameters(2);
  std::vector<Question> questions;
  for (int i = 0; i < 300; ++i) {
    const std::int64_t n = parameters.Count(1, 2000);
    const std::int64_t failures = parameters.Count(0, std::min<std::int64_t>(n, 30));
    const double reliability = parameters.Share();
    questions.push_back({fmt::format("confidence_shown {} {} {:.17f}", n, failures, reliability),
                         ConfidenceShown(n, failures, reliability).value()});
  }
  ExpectAgreement(questions, 1e-9);
}

TEST(ScipyTest, AgreesOnSampleSizes) {
  Parameters parameters(3);
  std::vector<Question> questions;
  for (int i = 0; i < 40; ++i) {
    const std::int64_t failures = parameters.Count(0, 4);
    const double confidence = parameters.Share();
    const double reliability = 1 - 2 * (1 - parameters.Share()) / 3;
    questions.push_back(
        {fmt::format("sample_size {} {:.17f} {:.17f}", failures, confidence, reliability),
         static_cast<double>(SampleSize(confidence, reliability, failures).value())});
  }
  ExpectAgreement(questions, 0);
}

TEST(ScipyTest, AgreesOnOneSidedToleranceFactors) {
  Parameters parameters(4);
  std::vector<Question> questions;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t n = parameters.Count(2, 150);
    const double confidence = parameters.Share();
    const double coverage = parameters.Share();
    questions.push_back(
        {fmt::format("one_sided_confidence {} {:.17f} {:.17f}", n,
                     OneSidedToleranceFactor(n, confidence, coverage).value(), coverage),
         confidence});
  }
  ExpectAgreement(questions, 1e-9);
}

TEST(ScipyTest, AgreesOnTwoSidedToleranceFactors) {
  Parameters parameters(5);
  std::vector<Question> questions;
  for (int i = 0; i < 6; ++i) {
    const std::int64_t n = parameters.Count(3, 60);
    const double confidence = parameters.Share();
    const double coverage = parameters.Share();
    questions.push_back(
        {fmt::format("two_sided_factor {} {:.17f} {:.17f}", n, confidence, coverage),
         TwoSidedToleranceFactor(n, confidence, coverage).value()});
  }
  ExpectAgreement(questions, 1e-9);
}

}  // namespace
}  // namespace rig::statistics
