#pragma once

#include <functional>

namespace rig::statistics {

// Distribution functions and what is made of them. All return NaN where Boost.Math finds no value;
// none throws.

// P(X <= successes), X binomial with `trials` and `probability`. NaN unless 0 <= successes <=
// trials and 0 <= probability <= 1.
double BinomialCdf(double trials, double successes, double probability);
// P(X >= successes), computed as such: small tails keep their digits.
double BinomialUpperTail(double trials, double successes, double probability);
// x with P(X <= x) = probability, X beta distributed. a, b > 0; probability in [0, 1].
double BetaQuantile(double a, double b, double probability);
// The same with P(X > x) = probability.
double BetaUpperQuantile(double a, double b, double probability);

double NormalCdf(double x);
// probability in (0, 1).
double NormalQuantile(double probability);
// P(X > x), X chi-squared with `degrees` > 0 of freedom. x >= 0.
double ChiSquaredUpperTail(double degrees, double x);
// P(T <= x), T non-central t with `degrees` > 0 of freedom.
double NonCentralTCdf(double degrees, double noncentrality, double x);

// Integral of a smooth function over a finite interval, to about 1e-14 relative to its modulus.
double Integrate(const std::function<double(double)>& f, double low, double high);
// x in [low, high] where the increasing `f` crosses 0, to the last bits of a double. NaN when f has
// no change of sign there.
double FindRoot(const std::function<double(double)>& f, double low, double high);

}  // namespace rig::statistics
