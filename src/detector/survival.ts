/**
 * Survival functions: how improbable a standardised silence z = (elapsed - location) / scale is.
 *
 * Each is given as φ = G(z) = -log10 P(Z > z) and its inverse z = G⁻¹(φ). All work in the log domain: a textbook
 * `-log10(1 - cdf(z))` is Infinity from z = 8.3 on (the subtraction cancels), Akka's logistic from z = 21.6 on.
 */
export interface Survival {
  /** φ of a standardised silence: finite for finite z, >= 0, increasing. */
  phi(z: number): number;
  /** The standardised silence at which φ is reached; φ > 0. phi(z(φ)) = φ to 1e-9. */
  z(phi: number): number;
}

const LN10 = Math.LN10;
const LOG10_2 = Math.log10(2);
const LN_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Up to here the series is short and loses at most three digits; above, twenty terms of the fraction are exact. */
const SERIES_Z_MAX = 3;
const FRACTION_TERMS = 40;

/**
 * ln P(Z > z) of the standard normal distribution, z >= 0, relative error about 1e-13.
 * Below 3: P = 1/2 - pdf(z) (z + z³/3 + z⁵/(3·5) + ...). Above: pdf(z) / (z + 1/(z + 2/(z + 3/(z + ...)))).
 * Both from Marsaglia, "Evaluating the Normal Distribution", J. Stat. Software 11(4), 2004 (series and Laplace's
 * continued fraction); no fitted coefficients.
 */
function lnNormalTail(z: number): number {
  const lnPdf = -0.5 * z * z - LN_SQRT_2PI;
  if (z < SERIES_Z_MAX) {
    let term = z;
    let sum = z;
    for (let k = 3; term > sum * 1e-17; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return Math.log(0.5 - Math.exp(lnPdf) * sum);
  }
  let fraction = z;
  for (let k = FRACTION_TERMS; k >= 1; k--) fraction = z + k / fraction;
  return lnPdf - Math.log(fraction);
}

/** The exact tail of the normal distribution: Hayashibara et al., "The φ Accrual Failure Detector", SRDS 2004. */
export const normalTail: Survival = {
  phi(z) {
    if (z >= 0) return -lnNormalTail(z) / LN10;
    return -Math.log1p(-Math.exp(lnNormalTail(-z))) / LN10;
  },
  z(phi) {
    // Left of the mean by symmetry: P(Z > -z) = 1 - P(Z > z).
    return phi < LOG10_2 ? -upperNormalZ(-Math.log(-Math.expm1(-phi * LN10)) / LN10) : upperNormalZ(phi);
  },
};

/** The z >= 0 at which the normal tail reaches φ >= log10 2; at 0 the φ of a mirrored z may be an ulp below that. */
function upperNormalZ(phi: number): number {
  // φ is convex (the normal hazard increases) and this start lies right of the root, because
  // P(Z > z) <= exp(-z²/2) / 2: Newton descends to the root and never passes it.
  let z = Math.sqrt(2 * LN10 * Math.max(0, phi - LOG10_2));
  for (let i = 0; i < 60; i++) {
    const lnTail = lnNormalTail(z);
    const hazard = Math.exp(-0.5 * z * z - LN_SQRT_2PI - lnTail);
    const step = (-lnTail - phi * LN10) / hazard;
    z -= step;
    if (Math.abs(step) <= 1e-15 * z || step <= 0) break;
  }
  return z;
}

/** Coefficients of the logistic approximation that Akka, Pekko and Hazelcast use (Pekko PhiAccrualFailureDetector). */
const LOGISTIC_LINEAR = 1.5976;
const LOGISTIC_CUBIC = 0.070566;

/**
 * Akka's approximation P(Z > z) = 1 / (1 + exp(u)), u = z (1.5976 + 0.070566 z²), through softplus: -ln P = ln(1 + exp(u)).
 * It departs from the exact tail above φ = 3 (4.74 for 4.50 at z = 4) and is offered for comparison with those systems.
 */
export const logisticTail: Survival = {
  phi(z) {
    const u = z * (LOGISTIC_LINEAR + LOGISTIC_CUBIC * z * z);
    return (Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)))) / LN10;
  },
  z(phi) {
    const lnOdds = phi * LN10;
    const u = lnOdds > 1 ? lnOdds + Math.log1p(-Math.exp(-lnOdds)) : Math.log(Math.expm1(lnOdds));
    // The one real root of 0.070566 z³ + 1.5976 z = u, both coefficients positive: hyperbolic solution of the cubic.
    const radius = Math.sqrt(LOGISTIC_LINEAR / (3 * LOGISTIC_CUBIC));
    return 2 * radius * Math.sinh(Math.asinh((3 * u) / (2 * LOGISTIC_LINEAR * radius)) / 3);
  },
};

/** P(T > t) = exp(-t / mean): Cassandra's detector (Lakshman, Malik 2010), here in decades as φ is defined. */
export const exponentialTail: Survival = {
  phi: (z) => Math.max(0, z) / LN10,
  z: (phi) => phi * LN10,
};
