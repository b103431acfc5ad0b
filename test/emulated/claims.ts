/**
 * What a load balancer has once: each port one listener, each priority of a listener one rule. A second one is refused
 * with AWS's own words, whatever name the program gives it.
 * Source: Elastic Load Balancing API Reference, errors of CreateListener (DuplicateListener) and CreateRule (PriorityInUse);
 * hashicorp/terraform#26407 shows the first one where a listener is created before the one that it replaces is deleted.
 */
export class Claims {
  /** Id of the resource that has it, by what it has. */
  readonly #holders = new Map<string, string>();

  /**
   * Takes what the resource needs, and gives up what it had.
   * @throws in AWS's words where another resource has it
   */
  take(type: string, id: string, inputs: Readonly<Record<string, unknown>>): void {
    this.refuseTaken(type, inputs, id);
    const wanted = need(type, inputs);
    if (wanted === undefined) return;
    this.release(id);
    this.#holders.set(wanted.key, id);
  }

  /** @param id - of the resource itself, where it is there already */
  refuseTaken(type: string, inputs: Readonly<Record<string, unknown>>, id?: string): void {
    const wanted = need(type, inputs);
    const holder = this.#holders.get(wanted?.key ?? "");
    if (wanted !== undefined && holder !== undefined && holder !== id)
      throw new Error(wanted.refusal);
  }

  release(id: string): void {
    for (const [key, holder] of this.#holders) if (holder === id) this.#holders.delete(key);
  }
}

function need(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): { key: string; refusal: string } | undefined {
  if (type === "aws:lb/listener:Listener") {
    const [balancer, port] = [String(inputs["loadBalancerArn"]), String(inputs["port"])];
    return {
      key: `${balancer} port ${port}`,
      refusal: `DuplicateListener: A listener already exists on this port for this load balancer '${balancer}'`,
    };
  }
  if (type === "aws:lb/listenerRule:ListenerRule") {
    const [listener, priority] = [String(inputs["listenerArn"]), String(inputs["priority"])];
    return {
      key: `${listener} priority ${priority}`,
      refusal: `PriorityInUse: Priority '${priority}' is currently in use`,
    };
  }
  return undefined;
}
