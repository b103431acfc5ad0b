/** The part of CloudWatch's metric math that the stack's alarms use: arithmetic, comparisons, IF and FILL over single datapoints. */

/** An expression that this evaluator does not understand; one sentence. */
export class MetricMathError extends Error {
  override readonly name = "MetricMathError";
}

/** Value of a metric in one period; undefined where nothing was reported. */
export type Lookup = (id: string) => number | undefined;

type Node = (lookup: Lookup) => number | undefined;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(>=|<=|==|!=|[-+*/()<>,]))/y;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  ">": (a, b) => Number(a > b),
  "<": (a, b) => Number(a < b),
  ">=": (a, b) => Number(a >= b),
  "<=": (a, b) => Number(a <= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
};

/** Operators by how strongly they bind, the weakest first. */
const PRECEDENCE: readonly (readonly string[])[] = [
  [">", "<", ">=", "<=", "==", "!="],
  ["+", "-"],
  ["*", "/"],
];

/**
 * Compiles an expression such as `IF(requests >= 20, 100 * FILL(failed, 0) / requests, 0)`. A missing datapoint makes
 * the result missing, as in CloudWatch, unless FILL gives it a value; so does a division by zero.
 *
 * @throws MetricMathError when it uses anything else.
 */
export function compile(expression: string): Node {
  const tokens = tokenize(expression);
  let position = 0;
  const fail = (): never => {
    const found = tokens[position];
    throw new MetricMathError(
      `The alarm expression ${JSON.stringify(expression)} cannot be rehearsed: ${found === undefined ? "it ends too early" : `${JSON.stringify(found)} is not understood there`}.`,
    );
  };
  const take = (token: string): void => {
    if (tokens[position] !== token) fail();
    position += 1;
  };

  const binary = (level: number): Node => {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    for (;;) {
      const token = tokens[position] ?? "";
      const operate = operators.includes(token) ? OPERATORS[token] : undefined;
      if (operate === undefined) return left;
      position += 1;
      left = combine(left, binary(level + 1), operate);
    }
  };

  const primary = (): Node => {
    const token = tokens[position] ?? fail();
    position += 1;
    if (token === "(") {
      const inner = binary(0);
      take(")");
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]/.test(token)) {
      position -= 1;
      return fail();
    }
    return tokens[position] === "(" ? call(token) : (lookup) => lookup(token);
  };

  const call = (name: string): Node => {
    const known = name === "IF" ? 3 : name === "FILL" ? 2 : 0;
    if (known === 0) {
      position -= 1;
      return fail();
    }
    take("(");
    const args = [binary(0)];
    while (args.length < known) {
      take(",");
      args.push(binary(0));
    }
    take(")");
    const [first, second, third] = args as [Node, Node, Node];
    if (name === "FILL") return (lookup) => first(lookup) ?? second(lookup);
    return (lookup) => {
      const condition = first(lookup);
      return condition === undefined ? undefined : condition === 0 ? third(lookup) : second(lookup);
    };
  };

  const whole = binary(0);
  if (position < tokens.length) fail();
  return whole;
}

function combine(left: Node, right: Node, operate: (a: number, b: number) => number): Node {
  return (lookup) => {
    const [a, b] = [left(lookup), right(lookup)];
    if (a === undefined || b === undefined) return undefined;
    const result = operate(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new MetricMathError(
        `The alarm expression ${JSON.stringify(expression)} cannot be rehearsed: ${JSON.stringify(text.slice(at).trim()[0])} is not understood there.`,
      );
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
}
