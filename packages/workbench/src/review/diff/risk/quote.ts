/**
 * Sets a name or value off from the sentence around it: a code span, or the text itself.
 * @param source where it is written, such as `components/service/roles.ts:41`
 */
export type Mark = (text: string, source?: string) => string;

/** Characters for private use, which mean nothing anywhere: they enclose what a sentence only cites. */
const [OPEN, CLOSE] = ["\ue000", "\ue001"];

/**
 * Cites a text in a sentence. Names and values come from the program under review, and may hold markup; who shows the
 * sentence decides with {@link marked} how they are set off.
 */
export function quote(text: string): string {
  return OPEN + text.replaceAll(OPEN, "").replaceAll(CLOSE, "") + CLOSE;
}

/** The sentence with everything that it cites set off. */
export function marked(sentence: string, mark: Mark): string {
  return sentence
    .split(OPEN)
    .map((part, index) => {
      if (index === 0) return part;
      const end = part.indexOf(CLOSE);
      return mark(part.slice(0, end)) + part.slice(end + CLOSE.length);
    })
    .join("");
}
