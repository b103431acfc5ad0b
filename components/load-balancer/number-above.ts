/**
 * A regular expression that matches exactly the decimal numbers above `limit`, with or without leading zeros: AWS WAF
 * compares headers as text alone. It captures nothing and looks around nowhere, which WAF refuses, and takes at most 173 of
 * the 200 characters that a pattern may have, up to a limit of 999,999,999.
 * Source: AWS, "Supported regular expression syntax in AWS WAF" and "AWS WAF quotas", AWS WAF Developer Guide.
 * @param limit - a whole number, 0 or more
 */
export function numberAbove(limit: number): string {
  const digits = Array.from(String(limit), Number);
  // Longer than the limit, or the same up to a digit that is higher.
  const alternatives = [
    `[1-9]${anyDigits(digits.length, "or more")}`,
    ...digits.flatMap((digit, index) =>
      digit === 9
        ? []
        : [
            digits.slice(0, index).join("") +
              higher(digit) +
              anyDigits(digits.length - index - 1, "exactly"),
          ],
    ),
  ];
  return `^0*(?:${alternatives.join("|")})$`;
}

const higher = (digit: number): string => (digit === 8 ? "9" : `[${digit + 1}-9]`);

function anyDigits(count: number, how: "exactly" | "or more"): string {
  if (how === "or more") return `[0-9]{${count},}`;
  return count === 0 ? "" : count === 1 ? "[0-9]" : `[0-9]{${count}}`;
}
