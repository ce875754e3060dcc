// Reads what is typed into the calculator and works it out: own parser, nothing is ever run as code (pure).

import { CalculatorProblem, Decimal } from "./decimal.js";
import { E, FUNCTIONS, PI, factorial, power } from "./scientific.js";

export const LONGEST_EXPRESSION = 200;
const DEEPEST = 50;
const HUNDRED = new Decimal(100n);
const NUMBER = /^(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:E[+-]?\d{1,4})?/i;
const NAME = /^(?:asin|acos|atan|sin|cos|tan|log|ln|exp|sqrt|cbrt|ans|pi|e)(?![a-z])/i;
const SAME_AS = { "*": "×", "·": "×", "/": "÷", ":": "÷", "−": "-", "–": "-", π: "pi", "√": "sqrt", "∛": "cbrt" };
const SIGNS = "+-×÷^()!%²³";
const BASIC_NAMES = ["sqrt", "ans"];
const BASIC_SIGNS = "+-×÷()%";

/**
 * The value of an expression. `kind`: "basic" (four operations, brackets, per cent, square root) or "scientific";
 * `isDegrees`: how angles are meant; `answer`: what Ans stands for, or null. Throws CalculatorProblem.
 *
 * Powers bind tighter than a sign before them (-2^2 is -4) and go from the right (2^3^2 is 2^9). Added or taken
 * away, a percentage is one of what stands before it: 200 + 10 % is 220.
 */
export function evaluate(text, { kind = "scientific", isDegrees = true, answer = null } = {}) {
  const tokens = tokensOf(text, kind);
  if (tokens.length === 0) throw new CalculatorProblem("Type a calculation first.");
  const reader = new Reader(tokens, { isDegrees, answer });
  const value = reader.sum();
  if (!reader.next) return value;
  const { sign, shown } = reader.next;
  throw new CalculatorProblem(sign === ")" ? "A bracket is closed that was never opened." : `An operation is missing before “${shown}”.`);
}

function tokensOf(text, kind) {
  if (text.length > LONGEST_EXPRESSION) throw new CalculatorProblem("This calculation is too long. Do it in two steps.");
  const tokens = [];
  for (let rest = text.trim(); rest; rest = rest.trimStart()) {
    const token = firstToken(rest);
    const known = kind === "basic" ? isBasic(token) : true;
    if (!known) throw new CalculatorProblem(`This calculator has no “${token.shown}”.`);
    tokens.push(token);
    rest = rest.slice(token.shown.length);
  }
  return tokens;
}

function firstToken(text) {
  const number = NUMBER.exec(text)?.[0];
  if (number) return { shown: number, number: Decimal.read(number) };
  const [sign] = text;
  const meant = SAME_AS[sign] ?? sign;
  if (SIGNS.includes(meant)) return { shown: sign, sign: meant };
  if (meant.length > 1) return { shown: sign, name: meant };
  const name = NAME.exec(text)?.[0];
  if (name) return { shown: name, name: name.toLowerCase() };
  throw new CalculatorProblem(`The calculator does not know “${/^[a-z]+/i.exec(text)?.[0] ?? sign}”.`);
}

function isBasic({ sign, name }) {
  return sign ? BASIC_SIGNS.includes(sign) : name ? BASIC_NAMES.includes(name) : true;
}

class Reader {
  constructor(tokens, settings) {
    Object.assign(this, { tokens, settings, place: 0, depth: 0, isPercentage: false, endsInPercent: false });
  }

  get next() {
    return this.tokens[this.place];
  }

  sum() {
    let value = this.product();
    for (let sign = this.#take("+-"); sign; sign = this.#take("+-")) {
      let other = this.product();
      if (this.isPercentage) other = value.times(other);
      value = sign === "+" ? value.plus(other) : value.minus(other);
    }
    return value;
  }

  product() {
    let value = this.signed();
    let isAlone = true;
    for (;;) {
      const sign = this.#take("×÷");
      if (!sign && !this.#startsFactor()) break;
      isAlone = false;
      const other = sign ? this.signed() : this.raised();
      value = sign === "÷" ? value.dividedBy(other) : value.times(other);
    }
    // What was read last is the term itself, or its only factor.
    this.isPercentage = isAlone && this.endsInPercent;
    return value;
  }

  signed() {
    const sign = this.#take("+-");
    if (!sign) return this.raised();
    const value = this.#deeper(() => this.signed());
    return sign === "-" ? value.negated() : value;
  }

  raised() {
    const base = this.completed();
    if (!this.#take("^")) return base;
    const raised = power(base, this.#deeper(() => this.signed()));
    this.endsInPercent = false;
    return raised;
  }

  /** A number, name or bracket with what stands behind it: !, %, ², ³. */
  completed() {
    let value = this.single();
    let last = "";
    for (let sign = this.#take("!%²³"); sign; sign = this.#take("!%²³")) {
      last = sign;
      if (sign === "!") value = factorial(value);
      else if (sign === "%") value = value.dividedBy(HUNDRED);
      else value = value.toWholePower(sign === "²" ? 2 : 3);
    }
    this.endsInPercent = last === "%";
    return value;
  }

  single() {
    const token = this.next;
    if (!token) throw new CalculatorProblem("The calculation is not finished: something is missing at its end.");
    this.place += 1;
    if (token.number) return token.number;
    if (token.sign === "(") return this.#inBrackets();
    if (token.name) return this.#named(token);
    throw new CalculatorProblem(`Something is missing before “${token.shown}”.`);
  }

  #named({ name, shown }) {
    if (name === "pi") return PI;
    if (name === "e") return E;
    if (name === "ans") {
      if (this.settings.answer === null) throw new CalculatorProblem("There is no previous answer yet.");
      return this.settings.answer;
    }
    if (this.#take("(")) return FUNCTIONS[name](this.#inBrackets(), this.settings.isDegrees);
    if (shown === "√" || shown === "∛") return FUNCTIONS[name](this.#deeper(() => this.single()));
    throw new CalculatorProblem(`Put brackets behind ${shown}, such as ${shown}(2).`);
  }

  /** Up to the closing bracket, which may be left out at the very end. */
  #inBrackets() {
    const value = this.#deeper(() => this.sum());
    if (this.next && !this.#take(")")) throw new CalculatorProblem(`An operation is missing before “${this.next.shown}”.`);
    return value;
  }

  #deeper(read) {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new CalculatorProblem("This calculation is too deeply nested. Do it in two steps.");
    const value = read();
    this.depth -= 1;
    return value;
  }

  #take(signs) {
    const sign = this.next?.sign;
    if (!sign || !signs.includes(sign)) return "";
    this.place += 1;
    return sign;
  }

  /** Whether the next token begins a factor that is multiplied without a sign, as in 2π or 3(4 + 1). */
  #startsFactor() {
    const { next } = this;
    return Boolean(next) && (next.sign === "(" || Boolean(next.name));
  }
}
