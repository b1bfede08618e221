#include <fmt/format.h>

#include <algorithm>

#include "reports/html_parts.h"
#include "reports/html_waveform.h"
#include "reports/reports.h"

namespace rig {

Result<std::string> TraceSvg(const TraceReader& trace, const std::vector<std::string>& channels,
                             const std::string& title) {
  RIG_TRY_ASSIGN(LaneChoice choice, ChooseLanes(trace));
  if (!channels.empty()) {
    std::erase_if(choice.lanes, [&](Lane& lane) {
      std::erase_if(lane.channels, [&](const std::string& name) {
        return std::find(channels.begin(), channels.end(), name) == channels.end();
      });
      return lane.channels.empty();
    });
  }
  if (choice.lanes.empty()) {
    return MakeError(Code::kNotFound, title + ": no channel that changes; expected one to draw");
  }
  const Stretch whole{RunTime(), std::max(trace.end(), AtNanoseconds(1))};
  RIG_TRY_ASSIGN(std::string svg, WaveformSvg(trace, choice.lanes, whole, {}, {}, "t", title));
  constexpr std::string_view kOpening = "<svg ";
  svg.insert(kOpening.size(), "xmlns=\"http://www.w3.org/2000/svg\" ");
  svg.insert(svg.find('>') + 1, fmt::format("<style>{}</style>\n", html::PictureStyle()));
  return svg;
}

}  // namespace rig
