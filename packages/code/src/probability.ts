/** P(X >= x) of a binomial variable of n trials with chance p each. */
export function binomialTail(x: number, n: number, p: number): number {
  if (x <= 0) return 1;
  if (x > n || p <= 0) return 0;
  if (p >= 1) return 1;
  let term = Math.exp(
    logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1) + x * Math.log(p) + (n - x) * Math.log1p(-p),
  );
  let sum = term;
  for (let k = x + 1; k <= n; k++) {
    term *= ((n - k + 1) / k) * (p / (1 - p));
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln of the gamma function, of x from 1 on. */
function logGamma(x: number): number {
  const y = x - 1;
  let sum = 0.99999999999980993;
  for (let i = 0; i < lanczos.length; i++) sum += lanczos[i]! / (y + i + 1);
  const t = y + lanczos.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}
