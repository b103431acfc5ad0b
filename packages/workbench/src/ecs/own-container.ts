/** A container as task definitions, tasks and plans describe it; one that does not say so is essential. */
export interface NamedContainer {
  name?: string | undefined;
  essential?: boolean | undefined;
}

/**
 * The container that a service is about, whatever stands beside it: the one of that name, as the load balancer names it;
 * else the first essential one, which is also the CDK's default container.
 */
export function ownContainer<C extends NamedContainer>(
  containers: readonly C[] = [],
  name?: string,
): C | undefined {
  const named = containers.find((container) => name !== undefined && container.name === name);
  return named ?? containers.find(({ essential }) => essential !== false);
}
