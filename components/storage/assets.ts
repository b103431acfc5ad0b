import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface AssetsArgs {
  /** Folder of the app, and that of the files in it. */
  appPath: string;
  assetsPath: string;
  bucket: pulumi.Input<string>;
}

/** Types by extension; others are `application/octet-stream`. */
const TYPES: ReadonlyMap<string | undefined, string> = new Map(
  (
    "avif image/avif,css text/css,gif image/gif,html text/html,ico image/x-icon,jpeg image/jpeg,jpg image/jpeg,js text/javascript," +
    "json application/json,map application/json,mjs text/javascript,pdf application/pdf,png image/png,svg image/svg+xml," +
    "txt text/plain,wasm application/wasm,webmanifest application/manifest+json,webp image/webp,woff2 font/woff2,xml text/xml"
  )
    .split(",")
    .map((row) => row.split(" ") as [string, string]),
);

/** The files below a folder by their paths, sorted. @throws Error, one sentence, where there is no folder, or nothing in it */
export function assetFiles(folder: string): string[] {
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    : [];
  if (found.length === 0)
    throw new Error(
      `assetsPath names ${folder}, which has no file. Correct it, or leave it empty.`,
    );
  return found
    .map((one) => path.relative(folder, path.join(one.parentPath, one.name)).replaceAll("\\", "/"))
    .sort();
}

/** What the files are together: names and contents. */
export function assetsHash(folder: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

export const assetType = (file: string): string =>
  TYPES.get(path.extname(file).slice(1).toLowerCase()) ?? "application/octet-stream";

/**
 * Static files of the app in the assets bucket, under the hash of all of them: a file that changes has another path, and files that name
 * each other still find each other. Those of versions before stay, so that their pages work during a rollout and after a rollback.
 */
export class Assets extends pulumi.ComponentResource {
  /** Path of the files for callers, such as `/assets/1a2b3c4d5e6f/`. */
  readonly path: string;

  constructor(name: string, args: AssetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:storage:Assets", name, {}, opts);

    const folder = path.join(args.appPath, args.assetsPath);
    const files = assetFiles(folder);
    const hash = assetsHash(folder, files);
    this.path = `/assets/${hash}/`;
    for (const file of files)
      new aws.s3.BucketObjectv2(
        `${name}-${hash}-${file.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`,
        {
          bucket: args.bucket,
          key: `assets/${hash}/${file}`,
          source: new pulumi.asset.FileAsset(path.join(folder, file)),
          contentType: assetType(file),
          cacheControl: "public, max-age=31536000, immutable",
          // Everybody may read them, and CloudFront without the stack's key.
          serverSideEncryption: "AES256",
        },
        { parent: this, retainOnDelete: true },
      );
    this.registerOutputs({ path: this.path });
  }
}
