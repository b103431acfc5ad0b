import {
  paginateDescribeImages,
  type ECR,
  type GetLifecyclePolicyResponse,
  type ImageDetail,
} from "@aws-sdk/client-ecr";
import { RELEASE_PREFIX, type LifecycleRule } from "../../ecs/image-lifecycle.ts";
import { excused, isNamed } from "../../lib/excused.ts";
import { OpsError } from "../errors.ts";
import { shortDigest, type TaggedImage } from "../release/pins.ts";
import type { ReleaseRepository } from "../release/release.ts";
import { MANIFEST_TYPES } from "./registry-client.ts";

/** An ECR repository over AWS's own API. */
export class EcrRepository implements ReleaseRepository {
  readonly #ecr: ECR;
  readonly #name: string;

  constructor(ecr: ECR, name: string) {
    this.#ecr = ecr;
    this.#name = name;
  }

  async images(): Promise<TaggedImage[]> {
    const details = await this.#describe();
    return details.flatMap(({ imageDigest, imageTags = [] }) =>
      imageDigest === undefined ? [] : [{ digest: imageDigest, tags: imageTags }],
    );
  }

  async has(digest: string): Promise<boolean> {
    const missing = isNamed("ImageNotFoundException");
    return (await this.#describe(digest).catch(excused(missing, []))).length > 0;
  }

  /** All releases where there is no policy, or none that counts them. */
  async releasesToKeep(): Promise<number> {
    const { lifecyclePolicyText = "{}" } = await this.#ecr
      .getLifecyclePolicy({ repositoryName: this.#name })
      .catch(excused<GetLifecyclePolicyResponse>(isNamed("LifecyclePolicyNotFoundException"), {}));
    const { rules = [] } = JSON.parse(lifecyclePolicyText) as { rules?: LifecycleRule[] };
    const counting = rules.find(
      ({ selection }) =>
        selection.tagPatternList?.[0] === `${RELEASE_PREFIX}*` &&
        selection.countType === "imageCountMoreThan",
    );
    return counting?.selection.countNumber ?? Infinity;
  }

  async addTag(digest: string, tag: string): Promise<void> {
    const { images = [] } = await this.#ecr.batchGetImage({
      repositoryName: this.#name,
      imageIds: [{ imageDigest: digest }],
      // Without it ECR converts what it stores to the oldest format, under another digest.
      acceptedMediaTypes: MANIFEST_TYPES,
    });
    const image = images[0];
    if (image?.imageManifest === undefined)
      throw new OpsError(
        `The image ${shortDigest(digest)} is not in the repository ${this.#name}, so it cannot be tagged ${tag}.`,
      );
    await this.#ecr
      .putImage({
        repositoryName: this.#name,
        imageManifest: image.imageManifest,
        imageTag: tag,
        imageDigest: digest,
        imageManifestMediaType: image.imageManifestMediaType,
      })
      .catch(excused(isNamed("ImageAlreadyExistsException"), undefined));
  }

  async removeTag(tag: string): Promise<void> {
    await this.#ecr.batchDeleteImage({ repositoryName: this.#name, imageIds: [{ imageTag: tag }] });
  }

  async #describe(digest?: string): Promise<ImageDetail[]> {
    const details: ImageDetail[] = [];
    const request = {
      repositoryName: this.#name,
      ...(digest === undefined ? {} : { imageIds: [{ imageDigest: digest }] }),
    };
    for await (const page of paginateDescribeImages({ client: this.#ecr }, request))
      details.push(...(page.imageDetails ?? []));
    return details;
  }
}

/** The Authorization header for the account's registry; valid for twelve hours. */
export async function registryAuthorization(ecr: ECR): Promise<string> {
  const { authorizationData = [] } = await ecr.getAuthorizationToken({});
  const token = authorizationData[0]?.authorizationToken;
  if (token === undefined) throw new OpsError("ECR gave no token to log in to the registry with.");
  return `Basic ${token}`;
}
