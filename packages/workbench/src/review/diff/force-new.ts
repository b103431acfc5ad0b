/** First part of a property path: `containerDefinitions` of `containerDefinitions[app].cpu`. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
