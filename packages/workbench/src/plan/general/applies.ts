import type * as Sdk from "@pulumi/pulumi";
import { messageOf } from "../../lib/words.ts";

type Callback = (value: unknown) => unknown;
type Apply = (this: object, callback: Callback, ...rest: unknown[]) => unknown;
type UnknownOutput = new (...state: unknown[]) => object;

/**
 * Makes an `apply` of the program that throws yield an unknown value: it may have been given a stand-in. What it would
 * have returned, and resources that it would have made, are left out; `note` takes the sentence that says so.
 */
export function forgiveApplies(sdk: typeof Sdk, note: (sentence: string) => void): void {
  const Output = sdk.Output as unknown as UnknownOutput;
  const prototype = Output.prototype as { apply: Apply };
  const { apply } = prototype;
  const unknown = (error: unknown): object => {
    const reason = messageOf(error);
    note(
      `An apply throws on what stands in for its value, which stays unknown: ${reason.split("\n")[0] ?? ""}`,
    );
    const none = () => Promise.resolve(new Set());
    return new Output(
      new Set(),
      Promise.resolve(undefined),
      Promise.resolve(false),
      Promise.resolve(false),
      none(),
    );
  };
  prototype.apply = function (callback, ...rest) {
    const forgiving: Callback = (value) => {
      try {
        const result = callback(value);
        return result instanceof Promise ? result.catch(unknown) : result;
      } catch (error) {
        return unknown(error);
      }
    };
    return apply.call(this, forgiving, ...rest);
  };
}
