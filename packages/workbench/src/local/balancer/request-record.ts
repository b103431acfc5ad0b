/** One answered request, as the load balancer saw it. */
export interface RequestRecord {
  /** Milliseconds of stack time at which the request came in. */
  at: number;
  group: string;
  /** Label of the target; absent when no target could take the request. */
  target?: string;
  method: string;
  path: string;
  /** Status sent to the client. */
  status: number;
  /** Whether the target gave that status or the load balancer had to (502, 503, 504). */
  from: "target" | "load-balancer";
  /** The target took no connection, so that it never got the request. */
  unreached?: true;
  /** True when the client or the target went away before the answer was complete. */
  cut: boolean;
  /** Real milliseconds until the answer was complete. */
  durationMs: number;
}
