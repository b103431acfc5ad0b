import findMyWay from "find-my-way";
import type { AppMiddleware, NamedRoute, Route } from "./context.ts";
import { HttpProblem } from "./problem.ts";

export interface Match {
  readonly route: NamedRoute;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** Finds routes by method and path; a radix tree, so that the number of routes does not matter. */
export class Router {
  readonly #tree = findMyWay({ maxParamLength: 256, querystringParser: () => ({}) });
  readonly #methods: readonly Route["method"][];

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const named: NamedRoute = { ...route, label: `${route.method} ${route.path}` };
      this.#tree.on(route.method, route.path, () => undefined, named);
    }
    this.#methods = [...new Set(routes.map((route) => route.method))];
  }

  /** @throws HttpProblem not-found, method-not-allowed (with Allow) */
  match(method: string, path: string): Match {
    // HEAD is GET without a body: Koa leaves the body out.
    const wanted = method === "HEAD" ? "GET" : method;
    if (wanted === "GET" || wanted === "POST") {
      const found = this.#find(wanted, path);
      if (found !== undefined) return found;
    }
    const allowed = this.#methods.filter((other) => this.#find(other, path) !== undefined);
    if (allowed.length === 0) {
      throw new HttpProblem(
        "not-found",
        "There is nothing at this path; /docs lists what there is.",
      );
    }
    const allow = allowed.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])).join(", ");
    throw new HttpProblem("method-not-allowed", `This resource answers to ${allow} only.`, {
      headers: { Allow: allow },
    });
  }

  #find(method: Route["method"], path: string): Match | undefined {
    const found = this.#tree.find(method, path);
    if (found === null) return undefined;
    return { route: found.store as NamedRoute, params: found.params };
  }
}

/** Finds the route before authentication and limits, which depend on it. */
export function matchRoute(router: Router): AppMiddleware {
  return (ctx, next) => {
    const { route, params } = router.match(ctx.method, ctx.state.path);
    ctx.state.route = route;
    ctx.state.params = params;
    return next();
  };
}

/** The last middleware: the endpoint itself. */
export function handleRoute(): AppMiddleware {
  return (ctx) => ctx.state.route?.handle(ctx);
}
