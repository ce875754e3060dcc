// The functions of the scientific calculator, on decimal numbers (pure).

import { CalculatorProblem, Decimal } from "./decimal.js";

const LARGEST_WHOLE_POWER = 9999;
const LARGEST_FACTORIAL = 1000;
const LARGEST_ANGLE_SIZE = 12;
/** A double's error in an angle, relative to the angle. */
const ANGLE_ERROR = 4e-16;
const ONE = new Decimal(1n);
const HALF = Decimal.read("0.5");
const FULL_TURN = new Decimal(360n);

export const PI = Decimal.read("3.141592653589793238462643383279503");
export const E = Decimal.read("2.718281828459045235360287471352662");

/** base^exponent. Throws CalculatorProblem where that is not defined for real numbers. */
export function power(base, exponent) {
  const times = exponent.toNumber();
  if (base.isZero && exponent.isZero) throw new CalculatorProblem("0 to the power of 0 is not defined.");
  if (base.isZero && !exponent.isNegative) return base;
  const factor = exponent.isNegative ? ONE.dividedBy(base) : base;
  if (exponent.isWhole && Math.abs(times) <= LARGEST_WHOLE_POWER) return factor.toWholePower(Math.abs(times));
  if (base.isNegative && !exponent.isWhole) {
    throw new CalculatorProblem("A negative number has only whole powers here. For a cube root, use ∛.");
  }
  if (exponent.minus(HALF).isZero) return base.squareRoot();
  return Decimal.ofDouble(base === E ? Math.exp(times) : base.toNumber() ** times);
}

/** n! for whole numbers from 0. */
export function factorial(number) {
  const most = number.toNumber();
  if (number.isNegative || !number.isWhole) throw new CalculatorProblem("A factorial needs a whole number from 0.");
  if (most > LARGEST_FACTORIAL) throw new CalculatorProblem("The result is too large for this calculator.");
  let result = ONE;
  for (let factor = 2; factor <= most; factor += 1) result = result.times(new Decimal(BigInt(factor)));
  return result;
}

/** By name: (number, isDegrees) -> number. */
export const FUNCTIONS = {
  sqrt: (number) => number.squareRoot(),
  cbrt: (number) => Decimal.ofDouble(Math.cbrt(number.toNumber())),
  log: (number) => logarithm(Math.log10, number),
  ln: (number) => logarithm(Math.log, number),
  exp: (number) => power(E, number),
  sin: (number, isDegrees) => turned(Math.sin, number, isDegrees),
  cos: (number, isDegrees) => turned(Math.cos, number, isDegrees),
  tan: tangent,
  asin: (number, isDegrees) => arc(Math.asin, number, isDegrees),
  acos: (number, isDegrees) => arc(Math.acos, number, isDegrees),
  atan: (number, isDegrees) => arc(Math.atan, number, isDegrees),
};

function logarithm(work, number) {
  if (number.isNegative || number.isZero) throw new CalculatorProblem("Only numbers above 0 have a logarithm.");
  return Decimal.ofDouble(work(number.toNumber()));
}

function tangent(angle, isDegrees) {
  const below = turned(Math.cos, angle, isDegrees);
  if (below.isZero) throw new CalculatorProblem("The tangent is not defined at this angle.");
  return Decimal.ofDouble(turned(Math.sin, angle, isDegrees).dividedBy(below).toNumber());
}

function turned(work, angle, isDegrees) {
  if (angle.size > LARGEST_ANGLE_SIZE) throw new CalculatorProblem("The angle is too large for this calculator.");
  const radians = isDegrees ? (withinTurn(angle).toNumber() * Math.PI) / 180 : angle.toNumber();
  const found = work(radians);
  // At multiples of a right angle a double misses 0 by its own error.
  const isNoise = Math.abs(found) < ANGLE_ERROR * Math.max(1, Math.abs(radians)) && Math.abs(radians) > 1e-8;
  return Decimal.ofDouble(isNoise ? 0 : found);
}

/** The angle in degrees without whole turns, exactly. */
function withinTurn(angle) {
  const turns = Math.trunc(angle.dividedBy(FULL_TURN).toNumber());
  return angle.minus(FULL_TURN.times(new Decimal(BigInt(turns))));
}

function arc(work, number, isDegrees) {
  const radians = work(number.toNumber());
  if (Number.isNaN(radians)) throw new CalculatorProblem("This is only defined from -1 to 1.");
  return Decimal.ofDouble(isDegrees ? (radians * 180) / Math.PI : radians);
}
