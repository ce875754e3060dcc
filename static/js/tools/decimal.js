// Decimal numbers of 34 digits, so that 0.1 + 0.2 is 0.3: the arithmetic of the calculator (pure).

const DIGITS = 34;
const SHOWN_DIGITS = 12;
/** What a double is sure of: results of Math functions are cut to it. */
const SURE_DIGITS = 15;
/** So that each number is one that the Math functions can take as well. */
const LARGEST_EXPONENT = 300;
const FIRST_WITH_EXPONENT = 12;
const SMALLEST_PLAIN = -7;

/** Why there is no result, in a sentence for people. */
export class CalculatorProblem extends Error {}

/** The number mantissa × 10^exponent (a BigInt and an integer); never changed once made. */
export class Decimal {
  constructor(mantissa, exponent = 0) {
    [this.mantissa, this.exponent] = rounded(mantissa, exponent, DIGITS);
    if (this.size > LARGEST_EXPONENT) throw new CalculatorProblem("The result is too large for this calculator.");
    if (this.size < -LARGEST_EXPONENT) this.mantissa = 0n;
    if (this.mantissa === 0n) this.exponent = 0;
  }

  /** From digits such as "12.5" or "3e-4"; the caller has checked the form. */
  static read(text) {
    const [number, exponent = "0"] = text.toLowerCase().replace(",", ".").split("e");
    const [whole, decimals = ""] = number.split(".");
    return new Decimal(BigInt(whole + decimals || "0"), Number(exponent) - decimals.length);
  }

  /** From the result of a Math function. Throws CalculatorProblem when that is no number. */
  static ofDouble(number) {
    if (Number.isNaN(number)) throw new CalculatorProblem("This is not defined for real numbers.");
    if (!Number.isFinite(number)) throw new CalculatorProblem("The result is too large for this calculator.");
    const sign = number < 0 ? -1n : 1n;
    const positive = Decimal.read(Math.abs(number).toExponential(SURE_DIGITS - 1).replace("e+", "e"));
    return new Decimal(sign * positive.mantissa, positive.exponent);
  }

  get isZero() {
    return this.mantissa === 0n;
  }

  get isNegative() {
    return this.mantissa < 0n;
  }

  get isWhole() {
    return this.exponent >= 0 || this.mantissa % 10n ** BigInt(-this.exponent) === 0n;
  }

  /** The power of ten of the first digit: 3 for 1234. */
  get size() {
    return this.mantissa === 0n ? 0 : lengthOf(this.mantissa) - 1 + this.exponent;
  }

  negated() {
    return new Decimal(-this.mantissa, this.exponent);
  }

  plus(other) {
    const [large, small] = this.exponent >= other.exponent ? [this, other] : [other, this];
    const gap = large.exponent - small.exponent;
    // What lies so far below the last digit that it cannot be seen is left out, or the numbers grow without end.
    if (gap > 3 * DIGITS && !large.isZero) return large;
    return new Decimal(large.mantissa * 10n ** BigInt(large.isZero ? 0 : gap) + small.mantissa, small.exponent);
  }

  minus(other) {
    return this.plus(other.negated());
  }

  times(other) {
    return new Decimal(this.mantissa * other.mantissa, this.exponent + other.exponent);
  }

  dividedBy(other) {
    if (other.isZero) throw new CalculatorProblem("Nothing can be divided by 0.");
    const shift = Math.max(0, DIGITS + 2 + lengthOf(other.mantissa) - lengthOf(this.mantissa));
    const quotient = (this.mantissa * 10n ** BigInt(shift)) / other.mantissa;
    return new Decimal(quotient, this.exponent - other.exponent - shift);
  }

  /** `times` itself, for a whole number of times from 0. */
  toWholePower(times) {
    let result = new Decimal(1n);
    let square = this;
    for (let left = times; left > 0; left = Math.floor(left / 2)) {
      if (left % 2) result = result.times(square);
      if (left > 1) square = square.times(square);
    }
    return result;
  }

  /** The square root, to the last digit. */
  squareRoot() {
    if (this.isNegative) throw new CalculatorProblem("A negative number has no real square root.");
    const shift = 2 * DIGITS + (Math.abs(this.exponent) % 2);
    return new Decimal(rootOf(this.mantissa * 10n ** BigInt(shift)), (this.exponent - shift) / 2);
  }

  toNumber() {
    return Number(`${this.mantissa}e${this.exponent}`);
  }

  /** The number for people, with 12 digits: "0.3", "-1234.5", "1.5E20". */
  toString() {
    let [mantissa, exponent] = rounded(this.mantissa, this.exponent, SHOWN_DIGITS);
    while (mantissa !== 0n && mantissa % 10n === 0n) [mantissa, exponent] = [mantissa / 10n, exponent + 1];
    if (mantissa === 0n) return "0";
    const sign = mantissa < 0n ? "-" : "";
    const digits = String(mantissa < 0n ? -mantissa : mantissa);
    const size = digits.length - 1 + exponent;
    if (size >= FIRST_WITH_EXPONENT || size < SMALLEST_PLAIN) {
      return `${sign}${digits[0]}${digits.length > 1 ? "." + digits.slice(1) : ""}E${size}`;
    }
    if (exponent >= 0) return sign + digits + "0".repeat(exponent);
    const padded = digits.padStart(1 - exponent, "0");
    return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
  }
}

function lengthOf(mantissa) {
  return String(mantissa < 0n ? -mantissa : mantissa).length;
}

/** At most `most` digits; halves go away from zero. */
function rounded(mantissa, exponent, most) {
  const surplus = lengthOf(mantissa) - most;
  if (surplus <= 0) return [mantissa, exponent];
  const unit = 10n ** BigInt(surplus);
  const half = mantissa < 0n ? -unit / 2n : unit / 2n;
  return [(mantissa + half) / unit, exponent + surplus];
}

/** The whole part of the square root, by Newton's method. */
function rootOf(number) {
  if (number < 2n) return number;
  let guess = 10n ** BigInt(Math.ceil(lengthOf(number) / 2));
  for (;;) {
    const next = (guess + number / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}
