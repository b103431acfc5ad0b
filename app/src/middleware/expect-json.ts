import type { IncomingHttpHeaders } from "node:http";
import { HttpProblem } from "../errors.ts";

const JSON_TYPE = /^application\/(?:[A-Za-z0-9.!#$&^_-]+\+)?json(?:\s*;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8["\s;]|utf-?8$)/i;

export const tooLarge = (limitBytes: number): HttpProblem =>
  new HttpProblem("content-too-large", `The body is larger than ${limitBytes} bytes.`);

/** Refuses by its headers a body that is too large, or does not say that it is uncompressed JSON in UTF-8. */
export function expectJson(headers: IncomingHttpHeaders, limitBytes: number): void {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type) || !/^(identity)?$/i.test(encoding)) {
    const said = `"${type.slice(0, 100)}" with the encoding "${encoding.slice(0, 100)}"`;
    const detail = `The body has to be uncompressed application/json in UTF-8, but the request says ${said}.`;
    const accepted = { headers: { Accept: "application/json" } };
    throw new HttpProblem("unsupported-media-type", detail, accepted);
  }
  if (Number(headers["content-length"]) > limitBytes) throw tooLarge(limitBytes);
}
