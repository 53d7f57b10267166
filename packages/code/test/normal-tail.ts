/** P(Z >= z) of a standard normal variable; relative error below 1e-7 (Abramowitz and Stegun 7.1.26 is not enough: a fraction). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    // Mills' ratio as a continued fraction, which converges fast out here
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let sum = z;
  let term = z;
  for (let k = 1; k < 200 && Math.abs(term) > 1e-17; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}
