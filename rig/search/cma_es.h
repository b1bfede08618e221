#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rig/search/design.h"
#include "sim_signals/random.h"

namespace rig {

// Minimises over the unit cube without derivatives: CMA-ES with rank-one and rank-mu update and
// cumulative step-size adaptation; default strategy parameters.
//
// Ask for a population, tell its values, until stopped(). What lies outside of the cube is drawn
// again, and after many draws put onto its border. Values are only compared, so any monotone
// transformation of them gives the same points; NaN counts as worse than every number.
//
// Source: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772v2, table 1 and
// figure 7; stop criteria after appendix B.3.
class CmaEs {
 public:
  struct Options {
    double sigma = 0.3;          // first step size; the cube has edges of 1
    std::size_t population = 0;  // 0: 4 + floor(3 ln n)
    std::uint64_t seed = 1;
    // Stops when the largest step is below this,
    double smallest_step = 1e-12;
    // or the best value has got better by less than this in so many generations (0: 10 + 30 n /
    // population).
    double smallest_gain = 1e-12;
    std::size_t patience = 0;
  };
  CmaEs(const Point& start, const Options& options);

  // The next population, each point within the cube.
  const std::vector<Point>& Ask();
  // Values of the population last asked for, in its order.
  void Tell(const std::vector<double>& values);

  // Why going on makes no sense; empty while it does.
  const std::string& stopped() const { return stopped_; }
  std::size_t population() const { return lambda_; }
  double sigma() const { return sigma_; }

 private:
  Eigen::VectorXd Draw();
  void SetWeights();
  void AdaptCovariance(const std::vector<Eigen::VectorXd>& steps, const Eigen::VectorXd& mean_step);
  void Decompose();
  void CheckStop(const std::vector<double>& sorted);

  Eigen::Index n_;
  std::size_t lambda_;
  RandomStream random_;
  // Strategy parameters, named as in the source.
  std::vector<double> weights_;
  std::size_t mu_ = 0;
  double mu_eff_ = 0, c_c_ = 0, c_s_ = 0, c_1_ = 0, c_mu_ = 0, damping_ = 0, chi_n_ = 0;
  // State.
  Eigen::VectorXd mean_, path_c_, path_s_, scales_;
  Eigen::MatrixXd covariance_, basis_;
  double sigma_;
  double smallest_step_;
  double smallest_gain_;
  std::size_t patience_;
  std::size_t generation_ = 0;
  std::vector<Point> asked_;
  std::vector<double> history_;  // best value so far, per generation
  std::string stopped_;
};

// Global search: looks around with a Latin hypercube of twice the population, descends by CMA-ES
// from the best point seen there, and whenever that stops starts again with twice the population.
// Source of the growing restarts: A. Auger and N. Hansen, A Restart CMA Evolution Strategy With
// Increasing Population Size, CEC 2005; they start anywhere, without looking around.
class RestartedCmaEs {
 public:
  // `options`: of each descent; its population is the first one's.
  RestartedCmaEs(std::size_t dimensions, const CmaEs::Options& options);
  const std::vector<Point>& Ask();
  void Tell(const std::vector<double>& values);
  std::size_t restarts() const { return restarts_; }

 private:
  void LookAround();

  std::size_t dimensions_;
  CmaEs::Options options_;
  std::size_t restarts_ = 0;
  std::vector<Point> around_;  // not empty: these are asked for
  CmaEs descent_;
};

}  // namespace rig
