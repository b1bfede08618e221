#pragma once

#include <span>

#include "rig/base/result.h"

namespace rig::uncertainty {

// First-order propagation of uncertainty. Source: JCGM 100:2008 (GUM), 5.1.2 and 5.2.2. Good where
// the function is nearly linear over the inputs' uncertainties. Homogeneous: with expanded inputs
// of one coverage factor the result is expanded by the same factor.

// One input quantity: how much the result changes per unit of it, and its uncertainty. An input
// that enters more than once (or two readings of one channel that share their error) is ONE input:
// its derivatives are added first.
struct Input {
  double derivative;
  double uncertainty;  // of the input's unit; >= 0
};

// Root of the sum of (derivative * uncertainty)^2, for independent inputs. Infinite when any of it
// is no number, is not finite or is a negative uncertainty: what is not known is not small. An
// infinite uncertainty stays infinite even where its derivative is 0.
double Propagate(std::span<const Input> inputs);

// The same for inputs that depend on each other: `correlations` are the coefficients r(i, j), row
// by row, inputs.size() squared of them. Errors: INVALID_ARGUMENT for another number of
// coefficients, one that is no number or outside
// [-1, 1], a diagonal other than 1, r(i, j) != r(j, i), or coefficients that contradict each other
// (a negative variance).
Result<double> PropagateCorrelated(std::span<const Input> inputs,
                                   std::span<const double> correlations);

}  // namespace rig::uncertainty
