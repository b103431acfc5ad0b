import { hasOwnName } from "../../live/domain.ts";
import { fetchAt } from "./reach.ts";

/**
 * How to reach a stack whatever its name leads to: at its own front, under the name of the URL, with its certificate.
 * @param front - host name of the stack's distribution or load balancer
 * @returns undefined where the URL is by that name
 */
export const fetchOf = (url: string, front: string): typeof fetch | undefined =>
  hasOwnName(url, front) ? fetchAt(front) : undefined;
