/**
 * exp, log and tan in float32 as PyTorch's CPU kernels compute them, last bit included: with SLEEF's polynomials, fused
 * multiply-adds and the same order of rounding (Shibata and Petrogalli: "SLEEF: a portable vectorized library of
 * C standard mathematical functions", 2020). Brownian noise is looked up at sigmas rounded to 6 decimals, so one
 * bit of a sigma can become visible.
 */
const { fround } = Math;

const expPolynomial = [
  0.000198527617612853646278381, 0.00139304355252534151077271, 0.00833336077630519866943359,
  0.0416664853692054748535156, 0.166666671633720397949219, 0.5,
].map(fround);
const ln2High = 0.693145751953125;
const ln2Low = fround(1.428606765330187045e-6);

/** e^x of a float32, for results that are neither subnormal nor infinite; 0 and infinity beyond. */
export function exp32(x: number): number {
  if (x > 88 || x < -87 || Number.isNaN(x)) return fround(Math.exp(x));
  const power = roundHalfEven(fround(x * fround(Math.LOG2E)));
  const s = fround(fround(x - power * ln2High) - power * ln2Low);
  const u = polynomial(expPolynomial, s);
  return fround(fround(1 + fround(fround(s * s) * u + s)) * 2 ** power);
}

const logPolynomial = [0.3027294874, 0.3996108174, 0.666669488].map(fround);

/** The natural logarithm of a float32; -Infinity at 0. */
export function log32(x: number): number {
  if (!(x > 1.2e-38) || x === Infinity) return fround(Math.log(x));
  const exponent = Math.floor(Math.log2(fround(x * fround(1 / 0.75))));
  const mantissa = x * 2 ** -exponent;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const high = fround(ratio);
  const square = fround(high * high);
  const tail = fround(fround(square * high) * polynomial(logPolynomial, square));
  return fround(exponent * Math.LN2 + 2 * ratio + tail);
}

const tanPolynomial = [
  0.00446636462584137916564941, -8.3920182078145444393158e-5, 0.0109639242291450500488281,
  0.0212360303848981857299805, 0.0540687143802642822265625,
].map(fround);
/** Pi in four parts, of which products with small integers are exact but for the last. */
const [piHigh, piMiddle, piLow, piRest] = [
  3.140625, 0.0009670257568359375, 6.2771141529083251953e-7, 1.215420125655342e-10,
];

/** The tangent of a float32 up to 125. */
export function tan32(x: number): number {
  const quarter = Math.round(fround(x * fround(2 / Math.PI)));
  const near = fround(x - (piHigh / 2) * quarter) - (piMiddle / 2) * quarter - (piLow / 2) * quarter;
  const rest = near - (piRest / 2) * quarter;
  const s = rest * rest;
  const inner = fround(0.133325666189193725585938) + fround(polynomial(tanPolynomial, fround(s)) * fround(s));
  const tangent = rest + rest * s * (fround(0.33333361148834228515625) + s * inner);
  return fround(quarter % 2 === 0 ? tangent : -1 / tangent);
}

/** Horner's scheme, highest power first, each step rounded once. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => fround(sum * x + coefficient));
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
