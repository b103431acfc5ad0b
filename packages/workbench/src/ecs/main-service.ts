/** What tells the main service of a stack from the others. */
export interface Candidate {
  /** Whether the stack's outputs name it. */
  named: boolean;
  /** Whether it is called as its cluster. */
  asCluster: boolean;
  /** Whether a load balancer leads to it. */
  balanced: boolean;
}

/** Rank of a service, the main one first: the named one, else one called as its cluster, else one behind a load balancer. */
export const mainRank = ({ named, asCluster, balanced }: Candidate): number =>
  named ? 0 : asCluster ? 1 : balanced ? 2 : 3;
