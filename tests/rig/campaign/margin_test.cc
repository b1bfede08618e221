#include "rig/campaign/margin.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig {
namespace {

void Fill(v1::Quantity& quantity, double limit, double relative_margin) {
  quantity.set_known(true);
  quantity.set_limit(limit);
  quantity.set_relative_margin(relative_margin);
}

v1::CheckResult& AddCheck(v1::RunRecord& record, const char* id, v1::Verdict verdict) {
  v1::CheckResult& check = *record.add_checks();
  check.set_id(id);
  check.set_verdict(verdict);
  if (record.verdict() < verdict) record.set_verdict(verdict);
  return check;
}

TEST(MarginTest, IsTheLeastOverChecksInValueAndTime) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "wide", v1::PASS).mutable_value(), 10, 0.5);
  v1::CheckResult& narrow = AddCheck(record, "narrow", v1::PASS);
  Fill(*narrow.mutable_value(), 10, 0.3);
  Fill(*narrow.mutable_time(), 2, 0.1);
  const RunMargin margin = MarginOf(record);
  EXPECT_EQ(margin.kind, v1::TIME);
  EXPECT_DOUBLE_EQ(margin.margin, 0.1);
  EXPECT_EQ(margin.check, "narrow");
}

TEST(MarginTest, AFailureWithoutAMarginBelowZeroCountsAsMinusOne) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "fine", v1::PASS).mutable_value(), 10, 0.5);
  Fill(*AddCheck(record, "flag", v1::FAIL).mutable_time(), 10, 0.2);
  const RunMargin margin = MarginOf(record);
  EXPECT_EQ(margin.kind, v1::VERDICT_ONLY);
  EXPECT_DOUBLE_EQ(margin.margin, -1);
}

// As of "x < 5" at 5.
TEST(MarginTest, AFailureOnItsLimitCountsAsMinusOne) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "strict", v1::FAIL).mutable_value(), 5, 0);
  EXPECT_DOUBLE_EQ(MarginOf(record).margin, -1);
}

TEST(MarginTest, KeepsAMarginAboveOne) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "far", v1::PASS).mutable_value(), 10, 3);
  EXPECT_EQ(MarginOf(record).kind, v1::VALUE);
  EXPECT_DOUBLE_EQ(MarginOf(record).margin, 3);
}

TEST(MarginTest, WhatIsNotKnownOrFiniteIsNoMargin) {
  v1::RunRecord record;
  v1::CheckResult& check = AddCheck(record, "flag", v1::PASS);
  Fill(*check.mutable_value(), 10, 0.5);
  check.mutable_value()->set_known(false);
  Fill(*check.mutable_time(), 10, -HUGE_VAL);
  EXPECT_EQ(MarginOf(record).kind, v1::VERDICT_ONLY);
}

TEST(MarginTest, APassWithoutAMarginCountsAsPlusOne) {
  v1::RunRecord record;
  AddCheck(record, "flag", v1::PASS);
  EXPECT_DOUBLE_EQ(MarginOf(record).margin, 1);
}

TEST(MarginTest, ALimitOfZeroHasNothingToBeRelativeTo) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "zero", v1::PASS).mutable_value(), 0, 0.01);
  EXPECT_EQ(MarginOf(record).kind, v1::VERDICT_ONLY);
}

TEST(MarginTest, ARigErrorHasNone) {
  v1::RunRecord record;
  Fill(*AddCheck(record, "late", v1::PASS).mutable_value(), 10, 0.5);
  record.set_verdict(v1::ERROR);
  EXPECT_EQ(MarginOf(record).kind, v1::MARGIN_KIND_UNSET);
  EXPECT_TRUE(std::isnan(MarginOf(record).margin));
  record.clear_verdict();
  EXPECT_EQ(MarginOf(record).kind, v1::MARGIN_KIND_UNSET);
}

}  // namespace
}  // namespace rig
