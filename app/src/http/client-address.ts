/**
 * Address of the client. Exactly one hop is trusted: the load balancer appends the peer it saw to X-Forwarded-For,
 * so the last entry is true and everything before it is the client's claim.
 */
export function clientAddress(
  forwardedFor: string | string[] | undefined,
  peer: string | undefined,
): string {
  const header = Array.isArray(forwardedFor) ? forwardedFor.at(-1) : forwardedFor;
  if (header !== undefined) {
    const last = header.slice(header.lastIndexOf(",") + 1).trim();
    if (last !== "" && last.length <= MAX_ADDRESS_CHARACTERS) return last;
  }
  if (peer === undefined) return "unknown";
  // A socket for IPv6 and IPv4 shows IPv4 peers as ::ffff:192.0.2.1.
  return peer.startsWith("::ffff:") ? peer.slice(7) : peer;
}

/** Longest textual IPv6 address with a zone and a port, rounded up. */
const MAX_ADDRESS_CHARACTERS = 64;
