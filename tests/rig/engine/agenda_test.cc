#include "rig/engine/agenda.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

void RunUntil(Agenda& agenda, RunTime t) {
  while (const auto action = agenda.Take(t)) EXPECT_TRUE(action());
}

TEST(AgendaTest, RunsEntriesOfOneInstantInTheOrderTheyWereEntered) {
  Agenda agenda;
  std::string order;
  for (const char name : {'a', 'b', 'c'}) {
    agenda.At(AtNanoseconds(5), [&order, name]() -> Status {
      order += name;
      return {};
    });
  }
  RunUntil(agenda, AtNanoseconds(5));
  EXPECT_EQ(order, "abc");
}

TEST(AgendaTest, KeepsWhatIsNotDueYet) {
  Agenda agenda;
  agenda.At(AtNanoseconds(10), []() -> Status { return {}; });
  EXPECT_FALSE(agenda.Take(AtNanoseconds(9)));
  EXPECT_EQ(agenda.next(), AtNanoseconds(10));
}

TEST(AgendaTest, TakesWhatAnActionEntersForTheSameInstant) {
  Agenda agenda;
  int ran = 0;
  agenda.At(AtNanoseconds(1), [&]() -> Status {
    agenda.At(AtNanoseconds(1), [&]() -> Status {
      ++ran;
      return {};
    });
    return {};
  });
  RunUntil(agenda, AtNanoseconds(1));
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace rig
