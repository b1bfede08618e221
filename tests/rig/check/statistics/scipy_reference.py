"""Answers questions on standard input, one a line, with SciPy's functions; one number a line.

Run by scipy_test.cc. SciPy's special functions are Cephes and cdflib: no code in common with
Boost.Math.
"""
import math
import sys

from scipy import integrate, optimize, special, stats


def clopper_pearson_low(n, x, confidence):
    return special.betaincinv(x, n - x + 1, (1 - confidence) / 2) if x else 0.0


def clopper_pearson_high(n, x, confidence):
    return special.betaincinv(x + 1, n - x, 1 - (1 - confidence) / 2) if x < n else 1.0


def confidence_shown(n, failures, reliability):
    return stats.binom.sf(failures, n, 1 - reliability)


def sample_size(failures, confidence, reliability):
    n = failures + 1
    while special.bdtr(failures, n, 1 - reliability) > 1 - confidence:
        n += 1
    return n


def one_sided_confidence(n, factor, coverage):
    """The integral over the mean's error; SciPy's nctdtr is good to 1e-7 only."""
    quantile = stats.norm.ppf(coverage)

    def at(z):
        ratio = (quantile - z / math.sqrt(n)) / factor
        tail = special.chdtrc(n - 1, (n - 1) * ratio * ratio) if ratio > 0 else 1
        return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * tail

    ends = [-10, -3, min(10, quantile * math.sqrt(n)), 10]
    return sum(
        integrate.quad(at, low, high, epsabs=1e-14, epsrel=1e-13)[0]
        for low, high in zip(ends, ends[1:])
    )


def two_sided_factor(n, confidence, coverage):
    def half_width(center):
        if center < 1e-8:
            return stats.norm.ppf((1 + coverage) / 2)
        return math.sqrt(stats.ncx2.ppf(coverage, 1, center * center))

    def confidence_of(k):
        def at(z):
            ratio = half_width(z / math.sqrt(n)) / k
            tail = special.chdtrc(n - 1, (n - 1) * ratio * ratio)
            return 2 * stats.norm.pdf(z) * tail

        return integrate.quad(at, 0, 9, epsabs=1e-13, epsrel=1e-12)[0]

    # The approximation of Howe 1969, as a place to start from.
    howe = math.sqrt((n - 1) * (1 + 1 / n) / stats.chi2.ppf(1 - confidence, n - 1)) * stats.norm.ppf(
        (1 + coverage) / 2
    )
    return optimize.brentq(
        lambda k: confidence_of(k) - confidence, howe * 0.7, howe * 1.3, xtol=1e-13, rtol=1e-13
    )


QUESTIONS = {
    f.__name__: f
    for f in (
        clopper_pearson_low,
        clopper_pearson_high,
        confidence_shown,
        sample_size,
        one_sided_confidence,
        two_sided_factor,
    )
}

for line in sys.stdin:
    name, first, *others = line.split()
    arguments = [int(first)]
    for text in others:
        arguments.append(float(text) if "." in text else int(text))
    print(repr(float(QUESTIONS[name](*arguments))))
