/** The part of CloudWatch's metric math that alarms use: arithmetic, comparisons, IF and FILL over single datapoints. */

/** An expression that this evaluator does not understand; one sentence. */
export class MetricMathError extends Error {
  override readonly name = "MetricMathError";
}

/** Value of a metric in one period; undefined where nothing was reported. */
export type Lookup = (id: string) => number | undefined;
export type Formula = (lookup: Lookup) => number | undefined;

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

const FUNCTIONS: Readonly<
  Record<string, { arity: number; of: (...args: (number | undefined)[]) => number | undefined }>
> = {
  IF: {
    arity: 3,
    of: (condition, yes, no) => (condition === undefined ? undefined : condition === 0 ? no : yes),
  },
  FILL: { arity: 2, of: (value, fallback) => value ?? fallback },
};

/**
 * Compiles an expression such as `IF(requests >= 20, 100 * FILL(failed, 0) / requests, 0)`. A missing datapoint makes
 * the result missing, as in CloudWatch, unless FILL gives it a value; so does a division by zero.
 *
 * @throws MetricMathError when it uses anything else.
 */
export function compile(expression: string): Formula {
  const tokens = expression.match(/\d+(?:\.\d+)?|\w+|[<>=!]=|\S/g) ?? [];
  let position = 0;
  const refuse = (token: string | undefined): never => {
    throw new MetricMathError(
      `The alarm expression ${JSON.stringify(expression)} cannot be rehearsed: ${token === undefined ? "it ends too early" : `${JSON.stringify(token)} is not understood there`}.`,
    );
  };
  const take = (expected?: string): string => {
    const token = tokens[position];
    if (token === undefined || (expected !== undefined && token !== expected)) return refuse(token);
    position += 1;
    return token;
  };
  const operand = (): Formula => {
    const token = take();
    if (token === "(") {
      const inner = operation();
      take(")");
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]/.test(token)) return refuse(token);
    if (tokens[position] !== "(") return (lookup) => lookup(token);
    const { arity, of } = FUNCTIONS[token] ?? refuse(token);
    const args = Array.from({ length: arity }, (_, index) => {
      take(index === 0 ? "(" : ",");
      return operation();
    });
    take(")");
    return (lookup) => of(...args.map((arg) => arg(lookup)));
  };
  /** Operands joined by operators that bind at least so strongly. */
  const operation = (least = 1): Formula => {
    let left = operand();
    for (;;) {
      const [binds, apply] = OPERATORS[tokens[position] ?? ""] ?? [0];
      if (apply === undefined || binds < least) return left;
      position += 1;
      const [first, second] = [left, operation(binds + 1)];
      left = (lookup) => {
        const [a, b] = [first(lookup), second(lookup)];
        const result = a === undefined || b === undefined ? NaN : Number(apply(a, b));
        return Number.isFinite(result) ? result : undefined;
      };
    }
  };
  const whole = operation();
  return position < tokens.length ? refuse(tokens[position]) : whole;
}
