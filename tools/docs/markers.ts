/**
 * Puts a text between `<!-- name -->` and `<!-- /name -->`, in place of what stands there.
 * @param page - name of the page, for the message
 * @throws Error, one sentence, when the page lacks one of the markers
 */
export function replaceBetween(text: string, page: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0)
    throw new Error(
      `${page} lacks the markers ${open} and ${close}. Put both where the text goes.`,
    );
  return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}
