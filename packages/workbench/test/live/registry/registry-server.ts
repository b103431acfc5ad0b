import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

const digestOf = (body: Uint8Array): string =>
  `sha256:${createHash("sha256").update(body).digest("hex")}`;

/** A registry in memory that is as strict as ECR where it matters: credentials, order of uploads, digests, immutable tags. */
export class RegistryServer {
  readonly server: Server;
  /** `<repository>/<digest>` -> content. */
  readonly blobs = new Map<string, Buffer>();
  /** `<repository>/<tag or digest>` -> manifest. */
  readonly manifests = new Map<string, { mediaType: string; body: Buffer }>();
  readonly requests: string[] = [];
  readonly authorization: string;
  /** Whether blobs are redirected to storage, as ECR redirects to S3. */
  redirects = false;
  /** Whether a blob can be taken over from another repository. */
  mounts = false;
  /** Answers blobs with other content than was asked for. */
  corrupt = false;
  /** Milliseconds between the ten pieces that blobs come in; 0 for at once, Infinity for the first piece alone. */
  pause = 0;
  /** Takes requests and never answers. */
  silent = false;
  #uploads = new Map<string, Buffer>();

  constructor(authorization: string) {
    this.authorization = authorization;
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        // A client may give up in the middle of what it sends.
        if (!request.destroyed) throw error;
      });
    });
  }

  addBlob(repository: string, body: Uint8Array): { digest: string; size: number } {
    const digest = digestOf(body);
    this.blobs.set(`${repository}/${digest}`, Buffer.from(body));
    return { digest, size: body.length };
  }

  addManifest(repository: string, mediaType: string, content: object): { digest: string } {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
    const digest = digestOf(body);
    this.manifests.set(`${repository}/${digest}`, { mediaType, body });
    return { digest };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://registry");
    const body = await read(request);
    if (this.silent) return;
    const send = (status: number, headers: Record<string, string> = {}, content?: Buffer): void => {
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : content);
    };
    this.requests.push(`${request.method ?? ""} ${url.pathname}${url.search}`);
    const [, stored] = /^\/storage\/(.+)$/.exec(url.pathname) ?? [];
    if (stored !== undefined) {
      // Storage refuses a request with two ways of saying who asks, as S3 does.
      send(request.headers.authorization === undefined ? 200 : 400, {}, this.blobs.get(stored));
      return;
    }
    if (request.headers.authorization !== this.authorization) {
      send(401);
      return;
    }
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    const blob = this.blobs.get(`${repository}/${reference}`);
    if (kind === "blobs" && request.method === "GET" && this.pause > 0 && blob !== undefined)
      await inPieces(response, blob, this.pause);
    else if (kind === "manifests") this.#manifest(request, repository, reference, body, send);
    else if (kind === "blobs") this.#blob(request, `${repository}/${reference}`, send);
    else this.#upload(request, repository, reference, url, body, send);
  }

  #manifest(
    request: IncomingMessage,
    repository: string,
    reference: string,
    body: Buffer,
    send: Send,
  ): void {
    const key = `${repository}/${reference}`;
    if (request.method === "GET") {
      const found = this.manifests.get(key);
      if (found === undefined)
        send(404, {}, Buffer.from('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'));
      else send(200, { "content-type": found.mediaType }, found.body);
      return;
    }
    if (this.manifests.has(key) && !reference.startsWith("sha256:")) {
      send(400, {}, Buffer.from("the tag already exists and is immutable"));
      return;
    }
    const {
      config,
      layers = [],
      manifests = [],
    } = JSON.parse(body.toString()) as {
      config?: { digest: string };
      layers?: { digest: string; urls?: string[] }[];
      manifests?: { digest: string }[];
    };
    const missing = [
      ...layers.filter(({ urls }) => urls === undefined),
      ...(config ? [config] : []),
    ]
      .filter(({ digest }) => !this.blobs.has(`${repository}/${digest}`))
      .concat(manifests.filter(({ digest }) => !this.manifests.has(`${repository}/${digest}`)));
    if (missing.length > 0) {
      send(400, {}, Buffer.from("a layer is missing"));
      return;
    }
    const stored = { mediaType: request.headers["content-type"] ?? "", body };
    this.manifests.set(key, stored);
    this.manifests.set(`${repository}/${digestOf(body)}`, stored);
    send(201);
  }

  #blob(request: IncomingMessage, key: string, send: Send): void {
    const blob = this.blobs.get(key);
    if (blob === undefined) send(404);
    else if (request.method === "GET" && this.redirects)
      send(307, { location: `http://localhost:${this.port}/storage/${key}` });
    else send(200, {}, this.corrupt ? Buffer.from("other") : blob);
  }

  #upload(
    request: IncomingMessage,
    repository: string,
    id: string,
    url: URL,
    body: Buffer,
    send: Send,
  ): void {
    const mount = url.searchParams.get("mount");
    const from = this.blobs.get(`${url.searchParams.get("from") ?? ""}/${mount ?? ""}`);
    if (request.method === "POST" && mount !== null && this.mounts && from !== undefined) {
      this.blobs.set(`${repository}/${mount}`, from);
      send(201);
      return;
    }
    if (request.method === "POST") {
      const fresh = String(this.#uploads.size + 1);
      this.#uploads.set(fresh, Buffer.alloc(0));
      // Relative, with a query of its own, as the specification allows.
      send(202, { location: `/v2/${repository}/blobs/uploads/${fresh}?state=abc` });
      return;
    }
    const content = Buffer.concat([this.#uploads.get(id) ?? Buffer.alloc(0), body]);
    if (url.searchParams.get("state") !== "abc") {
      send(404, {}, Buffer.from("BLOB_UPLOAD_UNKNOWN"));
      return;
    }
    if (request.method === "PATCH") {
      this.#uploads.set(id, content);
      send(202, { location: `/v2/${repository}/blobs/uploads/${id}?state=abc` });
      return;
    }
    if (url.searchParams.get("digest") !== digestOf(content)) {
      send(400, {}, Buffer.from("DIGEST_INVALID"));
      return;
    }
    this.addBlob(repository, content);
    send(201);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }
}

async function inPieces(response: ServerResponse, content: Buffer, pause: number): Promise<void> {
  const size = Math.ceil(content.length / 10);
  response.writeHead(200);
  for (let at = 0; at < content.length; at += size) {
    response.write(content.subarray(at, at + size));
    if (pause === Infinity) return;
    await setTimeout(pause);
  }
  response.end();
}

type Send = (status: number, headers?: Record<string, string>, content?: Buffer) => void;

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
