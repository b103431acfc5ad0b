import { OpsError } from "../errors.ts";
import type { Manifest, RegistryClient } from "./registry-client.ts";

/** What a manifest names: layers and configuration, or other manifests. */
interface Descriptor {
  digest: string;
  size: number;
  /** Content that lies elsewhere and is not copied. */
  urls?: string[];
}

interface ManifestBody {
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

/** What was done, for whoever watches. */
export interface CopyReport {
  /** Layers and configurations that were sent, were there already, or were taken over inside the registry. */
  sent: number;
  present: number;
  mounted: number;
  /** Bytes that were sent. */
  bytes: number;
}

/**
 * Copies an image by digest from one repository to another, so that it has the same digest there: layers first, then the
 * manifests that name them, then the tag. What is there already is not sent again.
 * @param tag - tag of the copy
 */
export async function copyImage(
  source: RegistryClient,
  target: RegistryClient,
  digest: string,
  tag: string,
): Promise<CopyReport> {
  const report: CopyReport = { sent: 0, present: 0, mounted: 0, bytes: 0 };
  const manifest = await source.manifest(digest);
  await copyContent(source, target, manifest, report);
  await target.putManifest(tag, manifest);
  return report;
}

async function copyContent(
  source: RegistryClient,
  target: RegistryClient,
  manifest: Manifest,
  report: CopyReport,
): Promise<void> {
  const { config, layers = [], manifests = [] } = parse(manifest);
  for (const { digest } of manifests) {
    const child = await source.manifest(digest);
    await copyContent(source, target, child, report);
    await target.putManifest(digest, child);
  }
  for (const blob of [...layers, ...(config === undefined ? [] : [config])])
    await copyBlob(source, target, blob, report);
}

async function copyBlob(
  source: RegistryClient,
  target: RegistryClient,
  { digest, size, urls = [] }: Descriptor,
  report: CopyReport,
): Promise<void> {
  if (urls.length > 0) return;
  if (await target.hasBlob(digest)) {
    report.present += 1;
  } else if (
    source.address.host === target.address.host &&
    (await target.mountBlob(digest, source.address.name))
  ) {
    report.mounted += 1;
  } else {
    await target.putBlob(digest, await source.blob(digest));
    report.sent += 1;
    report.bytes += size;
  }
}

function parse({ body }: Manifest): ManifestBody {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8")) as ManifestBody;
  } catch (error) {
    throw new OpsError("The registry answered with a manifest that is not JSON.", undefined, {
      cause: error,
    });
  }
}

/** Processor architecture of an image (`arm64`, `amd64`); undefined for a list of several. */
export async function imageArchitecture(
  source: RegistryClient,
  digest: string,
): Promise<string | undefined> {
  const { config } = parse(await source.manifest(digest));
  if (config === undefined) return undefined;
  const text = await new Response(await source.blob(config.digest)).text();
  const { architecture } = JSON.parse(text) as { architecture?: string };
  return architecture;
}
