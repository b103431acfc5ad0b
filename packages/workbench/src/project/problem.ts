/** A refused value: the key, and the rest of the sentence that starts with it. */
export interface Problem {
  key: string;
  reason: string;
}
