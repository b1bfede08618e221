#pragma once

#include <string>

#include "rig/v1/agreement.pb.h"

// Pieces of the page of `rig agree`.
namespace rig::html {

// Differences relative to their bound, a strip per unit, one mark per margin; inline SVG.
std::string DifferencePicture(const v1::AgreementReport& report);
// Who was compared: evidence, benches, fixtures and what their health checks found.
std::string AgreementSideSection(const std::string& title, const v1::AgreementSide& side);

}  // namespace rig::html
