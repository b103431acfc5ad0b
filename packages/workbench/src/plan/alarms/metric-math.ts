/** The part of CloudWatch's metric math that alarms use: arithmetic, comparisons, IF and FILL over single datapoints. */

/** An expression that this evaluator does not understand; one sentence. */
export class MetricMathError extends Error {
  override readonly name = "MetricMathError";
}

/** Value of a metric in one period; undefined where nothing was reported. */
export type Lookup = (id: string) => number | undefined;
export type Formula = (lookup: Lookup) => number | undefined;

/** A part of an expression: a number stands in every period, a time series only where something was reported. */
interface Part {
  scalar: boolean;
  of: Formula;
}

/** How strongly an operator binds, and what it does. */
const OPERATORS: Readonly<Record<string, [number, (a: number, b: number) => number | boolean]>> = {
  ">": [1, (a, b) => a > b],
  "<": [1, (a, b) => a < b],
  ">=": [1, (a, b) => a >= b],
  "<=": [1, (a, b) => a <= b],
  "==": [1, (a, b) => a === b],
  "!=": [1, (a, b) => a !== b],
  "+": [2, (a, b) => a + b],
  "-": [2, (a, b) => a - b],
  "*": [3, (a, b) => a * b],
  "/": [3, (a, b) => a / b],
};

/** How many arguments a function takes, and what it gives in a period in which each of them gives this. */
const FUNCTIONS: Readonly<
  Record<string, [number, (...args: (number | undefined)[]) => number | undefined]>
> = {
  // What is chosen by a true condition and missing is 0; by a false one, it stays missing.
  IF: [
    3,
    (condition, yes, no) => {
      if (condition === undefined) return undefined;
      return condition === 0 ? no : (yes ?? 0);
    },
  ],
  FILL: [2, (value, fallback) => value ?? fallback],
};

/** One side alone that is missing counts as 0, unless the other is a number; a division by zero is missing. */
function joined(left: Part, right: Part, apply: (a: number, b: number) => number | boolean): Part {
  const of: Formula = (lookup) => {
    const [a, b] = [left.of(lookup), right.of(lookup)];
    if (a === undefined && (b === undefined || right.scalar)) return undefined;
    if (b === undefined && left.scalar) return undefined;
    const result = Number(apply(a ?? 0, b ?? 0));
    return Number.isFinite(result) ? result : undefined;
  };
  return { scalar: left.scalar && right.scalar, of };
}

/**
 * Compiles an expression such as `IF(requests >= 20, 100 * FILL(failed, 0) / requests, 0)`. Missing datapoints are taken as
 * CloudWatch takes them. Source: AWS, Amazon CloudWatch User Guide, Using metric math, Basic arithmetic functions,
 * Comparison and logical operators, and Using IF expressions.
 *
 * @throws MetricMathError when it uses anything else.
 */
export function compile(expression: string): Formula {
  const tokens = expression.match(/\d+(?:\.\d+)?|\w+|[<>=!]=|\S/g) ?? [];
  let position = 0;
  const refuse = (token: string | undefined): never => {
    throw new MetricMathError(
      `The alarm expression ${JSON.stringify(expression)} cannot be evaluated: ${token === undefined ? "it ends too early" : `${JSON.stringify(token)} is not understood there`}.`,
    );
  };
  const take = (expected?: string): string => {
    const token = tokens[position];
    if (token === undefined || (expected !== undefined && token !== expected)) return refuse(token);
    position += 1;
    return token;
  };
  const operand = (): Part => {
    const token = take();
    if (token === "(") {
      const inner = operation();
      take(")");
      return inner;
    }
    if (/^\d/.test(token)) return { scalar: true, of: () => Number(token) };
    if (!/^[A-Za-z_]/.test(token)) return refuse(token);
    if (tokens[position] !== "(") return { scalar: false, of: (lookup) => lookup(token) };
    const [arity, apply] = FUNCTIONS[token] ?? refuse(token);
    const args = Array.from({ length: arity }, (_, index) => {
      take(index === 0 ? "(" : ",");
      return operation();
    });
    take(")");
    return { scalar: false, of: (lookup) => apply(...args.map((arg) => arg.of(lookup))) };
  };
  /** Operands joined by operators that bind at least so strongly. */
  const operation = (least = 1): Part => {
    let left = operand();
    for (;;) {
      const [binds, apply] = OPERATORS[tokens[position] ?? ""] ?? [0];
      if (apply === undefined || binds < least) return left;
      position += 1;
      left = joined(left, operation(binds + 1), apply);
    }
  };
  const whole = operation();
  return position < tokens.length ? refuse(tokens[position]) : whole.of;
}
