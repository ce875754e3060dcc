"""The calculator of the exam page: a table of cases, and comparisons with Python's own arithmetic."""

import math
import random
from decimal import Decimal, localcontext

import pytest

from tests.node import run_script

_WORK = """
import { evaluate } from "@static/js/tools/expression.js";
import { CalculatorProblem, Decimal } from "@static/js/tools/decimal.js";
const work = ([text, kind, isDegrees, answer]) => {
  try {
    const settings = { kind, isDegrees, answer: answer === null ? null : Decimal.read(answer) };
    return String(evaluate(text, settings));
  } catch (problem) {
    if (!(problem instanceof CalculatorProblem)) throw problem;
    return "! " + problem.message;
  }
};
console.log(JSON.stringify(given.map(work)));
"""
CASES = {
    # decimal arithmetic, precedence, brackets
    "0.1+0.2": "0.3",
    "100-99.99": "0.01",
    "1.1*1.1": "1.21",
    "1/3*3": "1",
    "2+3*4": "14",
    "(2+3)×4": "20",
    "8÷4/2": "1",
    "7-2-1": "4",
    "-2^2": "-4",
    "(-2)^2": "4",
    "2^3^2": "512",
    "2^-1": "0.5",
    "--3": "3",
    "2*-3": "-6",
    "1,5 + 1.5": "3",
    "(2+3": "5",
    "2(3+4)": "14",
    "2π": "6.28318530718",
    "6÷2(1+2)": "9",
    "5.": "5",
    ".5": "0.5",
    "−3+1": "-2",
    # sizes
    "2^64": "1.84467440737E19",
    "1E3": "1000",
    "1e-8": "1E-8",
    "0.0000001": "0.0000001",
    "999999999999": "999999999999",
    "123456789012": "123456789012",
    "10^12": "1E12",
    # per cent
    "50%": "0.5",
    "200+10%": "220",
    "200-10 %": "180",
    "200×10%": "20",
    "200+5×10%": "200.5",
    "200+(5+5)%": "220",
    "(200+10%)*2": "440",
    "2+(3*4)": "14",
    # roots and powers
    "√9": "3",
    "√(2)^2": "2",
    "√2²": "2",
    "2√9": "6",
    "∛(-27)": "-3",
    "cbrt(8)": "2",
    "2^0.5": "1.41421356237",
    "16^0.25": "2",
    "3²+4²": "25",
    "2³": "8",
    "0^5": "0",
    # functions
    "sin(30)": "0.5",
    "cos(60)": "0.5",
    "tan(45)": "1",
    "sin(180)": "0",
    "sin(720000000030)": "0.5",
    "cos(90)": "0",
    "asin(0.5)": "30",
    "acos(0)": "90",
    "atan(1)": "45",
    "log(1000)": "3",
    "ln(e)": "1",
    "ln(e^2)": "2",
    "exp(0)": "1",
    "e^1": "2.71828182846",
    "0!": "1",
    "5!": "120",
    "3!!": "720",
    "2+3!": "8",
    "SIN(30)": "0.5",
}
REFUSED = {
    "": "Type a calculation first.",
    "1/0": "Nothing can be divided by 0.",
    "5%0": "An operation is missing before “0”.",
    "2 3": "An operation is missing before “3”.",
    "1 000": "An operation is missing before “000”.",
    "2+": "The calculation is not finished: something is missing at its end.",
    "(": "The calculation is not finished: something is missing at its end.",
    "*2": "Something is missing before “*”.",
    "2)": "A bracket is closed that was never opened.",
    "()": "Something is missing before “)”.",
    "sin 30": "Put brackets behind sin, such as sin(2).",
    "alert(1)": "The calculator does not know “alert”.",
    "2&3": "The calculator does not know “&”.",
    "√(-1)": "A negative number has no real square root.",
    "(-8)^(1/3)": "A negative number has only whole powers here. For a cube root, use ∛.",
    "0^0": "0 to the power of 0 is not defined.",
    "0^-1": "Nothing can be divided by 0.",
    "tan(90)": "The tangent is not defined at this angle.",
    "asin(2)": "This is only defined from -1 to 1.",
    "log(0)": "Only numbers above 0 have a logarithm.",
    "1.5!": "A factorial needs a whole number from 0.",
    "(-1)!": "A factorial needs a whole number from 0.",
    "9^9^9": "The result is too large for this calculator.",
    "1E301": "The result is too large for this calculator.",
    "99999!": "The result is too large for this calculator.",
    "sin(1E20)": "The angle is too large for this calculator.",
    "Ans+1": "There is no previous answer yet.",
    "1+" * 101: "This calculation is too long. Do it in two steps.",
    "(" * 60 + "1": "This calculation is too deeply nested. Do it in two steps.",
}


def results(
    *texts: str, kind: str = "scientific", degrees: bool = True, answer: str | None = None
) -> list[str]:
    found: list[str] = run_script(_WORK, [[text, kind, degrees, answer] for text in texts])
    return found


def test_the_table_of_cases() -> None:
    assert dict(zip(CASES, results(*CASES), strict=True)) == CASES


def test_what_cannot_be_worked_out_is_named() -> None:
    expected = {text: f"! {sentence}" for text, sentence in REFUSED.items()}
    assert dict(zip(REFUSED, results(*REFUSED), strict=True)) == expected


def test_angles_in_radians() -> None:
    cases = {"sin(π)": "0", "cos(π)": "-1", "sin(π/6)": "0.5", "tan(π/4)": "1", "sin(100π)": "0"}
    cases |= {
        "atan(1)*4": "3.14159265359",
        "sin(0.000000001)": "1E-9",
        "tan(π/2)": "! The tangent is not defined at this angle.",
    }
    assert dict(zip(cases, results(*cases, degrees=False), strict=True)) == cases


def test_a_basic_calculator_has_no_more_than_it_says() -> None:
    cases = {"2+3*4": "14", "√16": "4", "200+10%": "220", "(1+2)/4": "0.75"}
    cases |= {f"{text}": f"! This calculator has no “{name}”." for text, name in _MISSING.items()}
    assert dict(zip(cases, results(*cases, kind="basic"), strict=True)) == cases


_MISSING = {"2^3": "^", "3!": "!", "sin(30)": "sin", "π": "π", "2²": "²", "log(10)": "log", "e": "e"}


@pytest.mark.parametrize(("text", "value"), [("Ans×2", "2.5"), ("ans", "1.25"), ("2Ans", "2.5")])
def test_the_previous_answer(text: str, value: str) -> None:
    assert results(text, answer="1.25") == [value]


def test_as_exact_as_python_in_the_four_operations() -> None:
    chance = random.Random(52)
    with localcontext(prec=60):
        made = [_expression(chance, 4) for _ in range(400)]
        for (text, value), shown in zip(made, results(*(text for text, _ in made)), strict=True):
            if value is None:
                assert shown == "! Nothing can be divided by 0.", text
            else:
                assert abs(Decimal(shown) - value) <= abs(value) * Decimal("5.1e-12"), text


def test_as_exact_as_python_in_functions() -> None:
    chance = random.Random(53)
    numbers = [round(chance.uniform(0.001, 40), 6) for _ in range(60)]
    works = {
        "sin": math.sin,
        "cos": math.cos,
        "atan": math.atan,
        "ln": math.log,
        "log": math.log10,
        "exp": math.exp,
        "sqrt": math.sqrt,
        "cbrt": math.cbrt,
    }
    asked = [(f"{name}({number})", work(number)) for name, work in works.items() for number in numbers]
    asked += [
        (f"{number}^{power}", number**power) for number in numbers for power in (0.3, 1.7, -0.25, 7, -3)
    ]
    for (text, value), shown in zip(asked, results(*(text for text, _ in asked), degrees=False), strict=True):
        assert float(shown) == pytest.approx(value, rel=1e-11, abs=1e-14), text


def _expression(chance: random.Random, depth: int) -> tuple[str, Decimal | None]:
    """A random calculation and its value; None when it divides by 0."""
    if depth == 0 or chance.random() < 0.2:
        number = Decimal(chance.randint(0, 99_999)).scaleb(-chance.randint(0, 4))
        return f"{number:f}", number
    (left, one), (right, other) = _expression(chance, depth - 1), _expression(chance, depth - 1)
    sign = chance.choice("+-*/")
    text = f"({left}{sign}{right})"
    if one is None or other is None or (sign == "/" and other == 0):
        return text, None
    if sign == "/":
        return text, one / other
    return text, {"+": one + other, "-": one - other, "*": one * other}[sign]
