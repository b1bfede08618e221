#include "rig/search/cma_es.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rig {
namespace {

// Draws of one point before it is put onto the border.
constexpr int kMostDraws = 100;
constexpr double kLargestCondition = 1e14;

bool IsInCube(const Eigen::VectorXd& x) { return (x.array() >= 0).all() && (x.array() <= 1).all(); }

// Worse than every number: a value that is none must not lead the search.
double Comparable(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

}  // namespace

CmaEs::CmaEs(const Point& start, const Options& options)
    : n_(static_cast<Eigen::Index>(start.size())),
      lambda_(options.population),
      random_(options.seed, "cma_es"),
      mean_(Eigen::Map<const Eigen::VectorXd>(start.data(), n_)),
      path_c_(Eigen::VectorXd::Zero(n_)),
      path_s_(Eigen::VectorXd::Zero(n_)),
      scales_(Eigen::VectorXd::Ones(n_)),
      covariance_(Eigen::MatrixXd::Identity(n_, n_)),
      basis_(Eigen::MatrixXd::Identity(n_, n_)),
      sigma_(options.sigma),
      smallest_step_(options.smallest_step),
      smallest_gain_(options.smallest_gain),
      patience_(options.patience) {
  if (lambda_ == 0) {
    lambda_ = 4 + static_cast<std::size_t>(std::floor(3 * std::log(static_cast<double>(n_))));
  }
  if (patience_ == 0) {
    patience_ = 10 + static_cast<std::size_t>(
                         std::ceil(30.0 * static_cast<double>(n_) / static_cast<double>(lambda_)));
  }
  SetWeights();
}

// Table 1 of the source, with positive weights only.
void CmaEs::SetWeights() {
  const auto n = static_cast<double>(n_);
  mu_ = lambda_ / 2;
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < mu_; ++i) {
    weights_.push_back(std::log((static_cast<double>(lambda_) + 1) / 2) -
                       std::log(static_cast<double>(i + 1)));
    sum += weights_.back();
  }
  for (double& weight : weights_) {
    weight /= sum;
    squares += weight * weight;
  }
  mu_eff_ = 1 / squares;
  c_s_ = (mu_eff_ + 2) / (n + mu_eff_ + 5);
  damping_ = 1 + 2 * std::max(0.0, std::sqrt((mu_eff_ - 1) / (n + 1)) - 1) + c_s_;
  c_c_ = (4 + mu_eff_ / n) / (n + 4 + 2 * mu_eff_ / n);
  c_1_ = 2 / ((n + 1.3) * (n + 1.3) + mu_eff_);
  c_mu_ =
      std::min(1 - c_1_, 2 * (0.25 + mu_eff_ + 1 / mu_eff_ - 2) / ((n + 2) * (n + 2) + mu_eff_));
  chi_n_ = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

Eigen::VectorXd CmaEs::Draw() {
  Eigen::VectorXd x;
  for (int i = 0; i < kMostDraws; ++i) {
    Eigen::VectorXd z(n_);
    for (Eigen::Index d = 0; d < n_; ++d) z(d) = random_.Gaussian();
    x = mean_ + sigma_ * (basis_ * scales_.cwiseProduct(z));
    if (IsInCube(x)) return x;
  }
  return x.cwiseMax(0).cwiseMin(1);
}

const std::vector<Point>& CmaEs::Ask() {
  asked_.clear();
  for (std::size_t i = 0; i < lambda_; ++i) {
    const Eigen::VectorXd x = Draw();
    asked_.emplace_back(x.data(), x.data() + n_);
  }
  return asked_;
}

void CmaEs::Tell(const std::vector<double>& values) {
  std::vector<std::size_t> order(asked_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return Comparable(values[a]) < Comparable(values[b]);
  });
  std::vector<Eigen::VectorXd> steps;
  Eigen::VectorXd mean_step = Eigen::VectorXd::Zero(n_);
  for (std::size_t i = 0; i < mu_; ++i) {
    const Eigen::Map<const Eigen::VectorXd> x(asked_[order[i]].data(), n_);
    steps.emplace_back((x - mean_) / sigma_);
    mean_step += weights_[i] * steps.back();
  }
  mean_ += sigma_ * mean_step;
  ++generation_;
  AdaptCovariance(steps, mean_step);
  Decompose();
  std::vector<double> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(Comparable(values[i]));
  CheckStop(sorted);
}

// Evolution paths, covariance and step size: equations 24, 30, 31, 34, 37 of the source.
void CmaEs::AdaptCovariance(const std::vector<Eigen::VectorXd>& steps,
                            const Eigen::VectorXd& mean_step) {
  const auto n = static_cast<double>(n_);
  const Eigen::VectorXd whitened = basis_ * (basis_.transpose() * mean_step).cwiseQuotient(scales_);
  path_s_ = (1 - c_s_) * path_s_ + std::sqrt(c_s_ * (2 - c_s_) * mu_eff_) * whitened;
  const double decay = std::sqrt(1 - std::pow(1 - c_s_, 2 * static_cast<double>(generation_)));
  const bool moves = path_s_.norm() / decay < (1.4 + 2 / (n + 1)) * chi_n_;
  path_c_ = (1 - c_c_) * path_c_;
  if (moves) path_c_ += std::sqrt(c_c_ * (2 - c_c_) * mu_eff_) * mean_step;
  Eigen::MatrixXd rank_mu = Eigen::MatrixXd::Zero(n_, n_);
  for (std::size_t i = 0; i < mu_; ++i) rank_mu += weights_[i] * steps[i] * steps[i].transpose();
  const double lost = moves ? 0 : c_1_ * c_c_ * (2 - c_c_);
  covariance_ = (1 - c_1_ - c_mu_ + lost) * covariance_ + c_1_ * path_c_ * path_c_.transpose() +
                c_mu_ * rank_mu;
  sigma_ *= std::exp(c_s_ / damping_ * (path_s_.norm() / chi_n_ - 1));
}

void CmaEs::Decompose() {
  covariance_ = (covariance_ + covariance_.transpose().eval()) / 2;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance_);
  const bool sound = solver.info() == Eigen::Success && solver.eigenvalues().minCoeff() > 0 &&
                     std::isfinite(sigma_);
  if (!sound) {
    stopped_ = "the covariance is not positive";
    return;
  }
  basis_ = solver.eigenvectors();
  scales_ = solver.eigenvalues().cwiseSqrt();
  const double condition = solver.eigenvalues().maxCoeff() / solver.eigenvalues().minCoeff();
  if (condition > kLargestCondition) stopped_ = fmt::format("condition number {:.1e}", condition);
}

void CmaEs::CheckStop(const std::vector<double>& sorted) {
  if (!stopped_.empty()) return;
  const double before = history_.empty() ? sorted.front() : history_.back();
  history_.push_back(std::min(before, sorted.front()));
  if (history_.size() > patience_) {
    // Positively, so that no gain from infinity to infinity stops, too.
    const bool gains = history_[history_.size() - 1 - patience_] - history_.back() > smallest_gain_;
    if (!gains) stopped_ = fmt::format("no gain in {} generations", patience_);
  }
  const double largest = sigma_ * std::max(scales_.maxCoeff(), path_c_.cwiseAbs().maxCoeff());
  if (largest < smallest_step_) stopped_ = "the steps are small enough";
  // On a plateau there is nothing to follow: better begin elsewhere.
  const std::size_t quarter = sorted.size() - 1 - sorted.size() / 4;
  const bool slopes = sorted[quarter] - sorted.front() > 0;
  if (!slopes) stopped_ = "three quarters of a population are equal";
}

RestartedCmaEs::RestartedCmaEs(std::size_t dimensions, const CmaEs::Options& options)
    : dimensions_(dimensions), options_(options), descent_(Point(dimensions, 0.5), options) {
  options_.population = descent_.population();
  LookAround();
}

void RestartedCmaEs::LookAround() {
  around_ = LatinHypercube(dimensions_, 2 * options_.population, options_.seed + restarts_);
}

const std::vector<Point>& RestartedCmaEs::Ask() {
  return around_.empty() ? descent_.Ask() : around_;
}

void RestartedCmaEs::Tell(const std::vector<double>& values) {
  if (!around_.empty()) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (Comparable(values[i]) < Comparable(values[best])) best = i;
    }
    CmaEs::Options options = options_;
    options.seed += restarts_;
    descent_ = CmaEs(around_[best], options);
    around_.clear();
    return;
  }
  descent_.Tell(values);
  if (descent_.stopped().empty()) return;
  ++restarts_;
  options_.population *= 2;
  LookAround();
}

}  // namespace rig
