import * as aws from "@pulumi/aws";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { appCommit } from "./app-commit.ts";
import { pinnedBase } from "./base-image.ts";
import { bundleApp } from "./bundle.ts";
import { declaredArguments, dockerContext } from "./docker-context.ts";
import { lifecycleRules } from "@koa-fargate/workbench/ecs";
import { contentTag, RUNNABLE_FILE_MODE, stageContext, withoutComments } from "./staged-context.ts";

export interface RegistryArgs {
  /** Folder of the app to build. */
  appPath: string;
  /** Image to run by digest instead of building the app; empty to build. */
  image: string;
  /** How: bundled onto a minimal base, or by the app's own Dockerfile. */
  build: "bundle" | "dockerfile";
  /** Base image, the build argument NODE_IMAGE; empty for the pinned one. */
  nodeImage: string;
  cpuArchitecture: "arm64" | "amd64";
  /** Promoted releases that stay in the repository. */
  releasesToKeep: number;
  /** Key that encrypts the images. @default - AWS-managed encryption */
  keyArn?: pulumi.Input<string> | undefined;
  /** Protects the repository and its images from deletion. */
  deletionProtection: boolean;
}

/** Dockerfile of bundled apps. */
const DOCKERFILE = "Dockerfile";

/** Folder of staged build contexts, relative to the project. */
const STAGING_ROOT = ".build";

/**
 * Private ECR repository, and the app's image built and pushed into it. Tags are immutable and name the content.
 * Cost: about 0.10 USD per GB and month; builds share the layers of their base.
 */
export class Registry extends pulumi.ComponentResource {
  readonly repositoryUrl: pulumi.Output<string>;
  readonly repositoryArn: pulumi.Output<string>;
  /** The image by digest: `<repository>@sha256:...`. */
  readonly imageUri: pulumi.Output<string>;
  /** What the image is called in logs and status: its content tag, or the start of its digest. */
  readonly revision: string;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:registry:Registry", name, {}, opts);

    const repository = new aws.ecr.Repository(
      name,
      {
        // Signatures are appended to tags named by digest, which therefore stay mutable.
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filter: "sha256-*", filterType: "WILDCARD" }],
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [
          args.keyArn === undefined
            ? { encryptionType: "AES256" }
            : { encryptionType: "KMS", kmsKey: args.keyArn },
        ],
        forceDelete: !args.deletionProtection,
      },
      { parent: this, protect: args.deletionProtection },
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-lifecycle`,
      {
        repository: repository.name,
        policy: JSON.stringify({ rules: lifecycleRules(args.releasesToKeep) }),
      },
      { parent: this },
    );
    this.repositoryUrl = repository.repositoryUrl;
    this.repositoryArn = repository.arn;

    if (args.image === "") {
      const built = this.build(name, repository, args);
      this.imageUri = built.uri;
      this.revision = built.tag;
    } else {
      this.imageUri = pulumi.output(args.image);
      this.revision = args.image.slice(args.image.indexOf("@") + 1).slice(0, "sha256:".length + 12);
    }
    this.registerOutputs({
      repositoryUrl: this.repositoryUrl,
      imageUri: this.imageUri,
      // Tells the local run whose image it is.
      appPath: args.appPath,
    });
  }

  private build(
    name: string,
    repository: aws.ecr.Repository,
    args: RegistryArgs,
  ): { uri: pulumi.Output<string>; tag: string } {
    const { tag, ...build } = stage(args);
    // A tag is immutable, so one that an interrupted run pushed already is reused, not pushed again.
    const pushed = aws.ecr
      .getImagesOutput({ repositoryName: repository.name }, { parent: this })
      .imageIds.apply((ids) => ids.find(({ imageTag }) => imageTag === tag)?.imageDigest);
    const token = aws.ecr.getAuthorizationTokenOutput(
      { registryId: repository.registryId },
      { parent: this },
    );
    const image = new docker.Image(
      // The content is the identity: going back to an older app is a create of its own, which may find its tag pushed.
      `${name}-${tag}`,
      {
        imageName: pulumi.interpolate`${repository.repositoryUrl}:${tag}`,
        build,
        // The provider reads a plain boolean, and panics at the unknown one of a first preview. No preview pushes.
        // Source: pulumi/pulumi-docker, provider/image.go, marshalSkipPush.
        skipPush: pulumi.runtime.isDryRun()
          ? false
          : pushed.apply((digest) => digest !== undefined),
        registry: {
          server: repository.repositoryUrl,
          username: token.userName,
          password: pulumi.secret(token.password),
        },
      },
      // Both matter only when this image is created. From then on its tag is always there; and the commit, which is no
      // part of the content, stays the one that it was built at: a later one that leaves the app alone rolls nothing out.
      { parent: this, ignoreChanges: ["skipPush", "build.args.COMMIT"] },
    );
    const uri = pulumi
      .all([repository.repositoryUrl, pushed, image.repoDigest])
      .apply(([url, digest, repoDigest]) =>
        digest === undefined ? repoDigest : `${url}@${digest}`,
      );
    return { uri, tag };
  }
}

/** What Docker builds, and the tag that names it. */
function stage(args: RegistryArgs) {
  try {
    const own = args.build === "dockerfile" ? dockerContext(args.appPath) : undefined;
    const files = own?.files ?? bundleApp(args.appPath);
    const text = withoutComments(readFileSync(own?.dockerfile ?? DOCKERFILE, "utf8"));
    const platform = `linux/${args.cpuArchitecture}`;
    const base = args.nodeImage === "" ? pinnedBase() : args.nodeImage;
    const buildArgs = declaredArguments(text, { NODE_IMAGE: base });
    const tag = contentTag(files, { dockerfile: text, platform, buildArgs });
    const context = stageContext(STAGING_ROOT, tag, files, own && RUNNABLE_FILE_MODE);
    // The plugin's own digest reads it too, and would build an image anew whose tag is taken.
    const read = new Map([[DOCKERFILE, Buffer.from(text)]]);
    const dockerfile = `${stageContext(STAGING_ROOT, `${tag}-dockerfile`, read)}/${DOCKERFILE}`;
    const commit = declaredArguments(text, { COMMIT: appCommit(args.appPath) });
    return { tag, context, dockerfile, platform, args: { ...buildArgs, ...commit } };
  } catch (error) {
    // Without a stack: the message says what to do, and the program's own lines do not help.
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
