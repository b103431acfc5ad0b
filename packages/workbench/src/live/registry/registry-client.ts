import { createHash } from "node:crypto";
import { OpsError } from "../errors.ts";
import { shortDigest } from "../release/pins.ts";

/** One repository over the registry's HTTPS API. Source: OCI Distribution Specification 1.1. */
export interface RegistryAddress {
  host: string;
  name: string;
  /** Value of the Authorization header. */
  authorization: string;
}

export interface Manifest {
  mediaType: string;
  body: Uint8Array<ArrayBuffer>;
}

/** Kinds of manifests that an image may have, single and listed. */
export const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const ACCEPT = { accept: MANIFEST_TYPES.join(", ") };

/** How long a registry may be silent, in milliseconds. A layer may take as long as it takes. */
export interface Patience {
  /** Until an answer begins. */
  answer: number;
  /** Until a body goes on. */
  content: number;
}

const PATIENCE: Patience = { answer: 60_000, content: 60_000 };

export class RegistryClient {
  readonly address: RegistryAddress;
  readonly #patience: Patience;

  /** @param patience - @default a minute each */
  constructor(address: RegistryAddress, patience = PATIENCE) {
    this.address = address;
    this.#patience = patience;
  }

  /** @throws OpsError when there is no such manifest, or it is not what its digest says */
  async manifest(digest: string): Promise<Manifest> {
    const response = await this.request("GET", `manifests/${digest}`, {
      headers: ACCEPT,
    });
    await this.expect(response, [200], `read the image ${shortDigest(digest)}`);
    const body = await this.#bytes(response);
    if (digestOf(body) !== digest)
      throw new OpsError(
        `The registry ${this.address.host} answered with other content than ${digest}. Nothing was copied.`,
      );
    return { mediaType: response.headers.get("content-type") ?? "", body };
  }

  /** @param reference - tag or digest */
  async putManifest(reference: string, { mediaType, body }: Manifest): Promise<void> {
    const response = await this.request("PUT", `manifests/${reference}`, {
      headers: { "content-type": mediaType },
      body,
    });
    // Tags are immutable, so one that is there is refused; it may stand for this very image.
    if (response.status === 400 && (await this.#tagged(reference)) === digestOf(body)) return;
    await this.expect(response, [201], `write the image ${reference}`);
  }

  /** Digest of the image that a tag stands for. */
  async #tagged(tag: string): Promise<string | undefined> {
    const response = await this.request("GET", `manifests/${tag}`, { headers: ACCEPT });
    if (response.status === 200) return digestOf(await this.#bytes(response));
    await response.body?.cancel();
    return undefined;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const response = await this.request("HEAD", `blobs/${digest}`);
    if (response.status === 404) return false;
    await this.expect(response, [200], `look for the layer ${shortDigest(digest)}`);
    return true;
  }

  /** The content, as it comes. A redirect to storage carries no credentials of ours: fetch drops them. */
  async blob(digest: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.request("GET", `blobs/${digest}`);
    await this.expect(response, [200], `read the layer ${shortDigest(digest)}`);
    return this.#content(response);
  }

  /** The body, which ends with an OpsError where it stops for too long. */
  #content(response: Response): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { content: milliseconds } = this.#patience;
    let timer: NodeJS.Timeout | undefined;
    const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        timer = setTimeout(() => {
          controller.error(
            new OpsError(
              `The registry ${this.address.host} stopped in the middle of an answer: nothing came for ${milliseconds / 1000} s. Try again.`,
            ),
          );
        }, milliseconds).unref();
      },
      transform: (chunk, controller) => {
        timer?.refresh();
        controller.enqueue(chunk);
      },
      flush: () => {
        clearTimeout(timer);
      },
    });
    return (response.body ?? new Blob([]).stream()).pipeThrough(limit);
  }

  async #bytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await new Response(this.#content(response)).arrayBuffer());
  }

  /** Takes a blob over from another repository of the same registry. @returns false where the registry does not */
  async mountBlob(digest: string, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const response = await this.request("POST", `blobs/uploads/?${query.toString()}`);
    await response.body?.cancel();
    return response.status === 201;
  }

  async putBlob(digest: string, content: ReadableStream<Uint8Array>): Promise<void> {
    const what = `write the layer ${shortDigest(digest)}`;
    const started = await this.request("POST", "blobs/uploads/");
    await this.expect(started, [202], what);
    const sent = await this.fetch(this.location(started), {
      method: "PATCH",
      headers: { "content-type": "application/octet-stream" },
      body: content,
      duplex: "half",
    });
    await this.expect(sent, [201, 202], what);
    const end = this.location(sent);
    end.searchParams.set("digest", digest);
    // The registry computes the digest anew and refuses what is not it.
    await this.expect(await this.fetch(end, { method: "PUT" }), [201], what);
  }

  private location(response: Response): URL {
    return new URL(response.headers.get("location") ?? "", response.url);
  }

  private async request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const { host, name } = this.address;
    const url = new URL(`${scheme(host)}://${host}/v2/${name}/${path}`);
    const { answer: milliseconds } = this.#patience;
    const abort = new AbortController();
    // Not AbortSignal.timeout, which would cut the body, too.
    const timer = setTimeout(() => {
      abort.abort(new Error(`it said nothing for ${milliseconds / 1000} s`));
    }, milliseconds);
    try {
      return await this.fetch(url, { method, ...init, signal: abort.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  private async fetch(url: URL, init: RequestInit & { duplex?: "half" }): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", this.address.authorization);
    try {
      return await fetch(url, { ...init, headers });
    } catch (error) {
      const cause = (error as Error).cause ?? error;
      // What was sent came from a registry that stopped: it is the one that failed.
      if (cause instanceof OpsError) throw cause;
      throw new OpsError(
        `The registry ${url.host} does not answer: ${cause instanceof Error ? cause.message : String(cause)}. Try again.`,
        undefined,
        { cause: error },
      );
    }
  }

  private async expect(response: Response, wanted: number[], what: string): Promise<void> {
    if (wanted.includes(response.status)) return;
    const text = (await response.text()).slice(0, 300);
    const { host, name } = this.address;
    throw new OpsError(
      `The registry ${host} did not let us ${what} in ${name}: HTTP ${response.status}${text === "" ? "" : ` ${text}`}`,
    );
  }
}

/** Docker, too, speaks plain HTTP to this machine alone. */
const scheme = (host: string): string =>
  /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host) ? "http" : "https";

export function digestOf(body: Uint8Array): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
