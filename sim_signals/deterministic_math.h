#pragma once

namespace rig {

// Elementary functions that give the same bits on every IEEE-754 machine: only +, -, *, / and
// comparisons, in a fixed order, built without fused multiply-add. The C library's own differ
// between versions and CPUs.
//
// Accuracy: within 2 ulp of the true value (Exp, Log), 2^-52 absolute (the others).
// Source: polynomials and range reduction of Cephes (S. Moshier, Netlib cephes/double: exp.c,
// log.c, sin.c).

double Exp(double x);
double Log(double x);   // -infinity at 0, NaN below
double Tanh(double x);  // within 2^-52 absolute
// Radians, |x| < 2^29; NaN beyond, where the reduction would lose its precision.
double Sin(double x);
double Cos(double x);
// Sine and cosine of 2 pi * turns, |turns| < 2^51, NaN beyond; the reduction is exact, for phases
// that grow with run time.
double SinTurns(double turns);
double CosTurns(double turns);

}  // namespace rig
