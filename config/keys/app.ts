import path from "node:path";
import { FIRST_CONTAINER_PORT } from "../../components/service/container.ts";
import { projectName } from "@koa-fargate/workbench/project";
import { boolean, choice, integer, key, list, map, text } from "../kinds.ts";

const ENVIRONMENT_NAMES = "letters, digits and _";
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What every service of AWS takes as a name. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Keys of the account, the app and its image. */

export const account = {
  allowedAccountIds: key(
    list("AWS account ids of 12 digits", /^\d{12}$/),
    [],
    "AWS accounts that this stack may be deployed to; an empty list allows any.",
  ),
  namePrefix: key(
    text("small letters, digits and single hyphens", NAME),
    projectName(path.resolve(import.meta.dirname, "../..")),
    "What the stack's names in AWS begin with, before the name of the stack: the project's name, unless that is too long. Resources that exist keep their names.",
  ),
  deletionProtection: key(
    boolean(),
    false,
    "Protects what holds data or traffic (table, buckets, key, registry, load balancer, logs) from deletion, and retains it when the stack goes.",
  ),
};

export const app = {
  appPath: key(
    text("a folder, relative to the project", /^[^\0]+$/),
    "./app",
    "Folder of the app, an npm package whose `main` is the entry file.",
  ),
  containerPort: key(
    integer(FIRST_CONTAINER_PORT, 65535),
    8080,
    "Port that the app listens on. Below 1024 it would need root, which the container does not run as.",
  ),
  environment: key(
    map({ name: ENVIRONMENT_NAMES, text: "a text" }, ENVIRONMENT_NAME, /^/),
    {},
    "Plain environment variables of the app. The platform adds PORT, AWS_REGION, the time-outs and the task size.",
  ),
  assetsPath: key(
    text("a folder of the app such as public/assets", /^[\w.-]+(\/[\w.-]+)*$/, true),
    "",
    "Folder of static files below appPath that go to the assets bucket, under a path with the hash of their content, which the app gets as ASSETS_PATH; behind CloudFront they are served from there. Empty for none.",
  ),
  secrets: key(
    map(
      { name: ENVIRONMENT_NAMES, text: "the ARN of a secret or parameter" },
      ENVIRONMENT_NAME,
      /^arn:aws[a-z-]*:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:.+$/,
    ),
    {},
    "Environment variables that ECS fills from Secrets Manager or Parameter Store, as name and ARN. A field of a secret is `<ARN>:<field>::`. A changed secret of Secrets Manager is a deployment of the next `pulumi up`; a changed parameter is not.",
  ),
  secretsKeyArns: key(
    list("ARNs of KMS keys", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/),
    [],
    "Customer-managed keys that encrypt some of the secrets, which ECS then may decrypt with them. The stack's own key and AWS-managed ones need no entry.",
  ),
  requestTimeoutSeconds: key(
    integer(1, 3600),
    30,
    "Longest time that the app takes to answer a request; draining waits for it.",
  ),
  bodyLimitBytes: key(
    integer(1024, 104857600),
    1048576,
    "Largest request body that the app accepts. With waf, one that declares a greater length is refused before it reaches a task.",
  ),
};

export const registry = {
  image: key(
    text("`<repository>@sha256:<64 hex digits>`", /^[^@\s]+@sha256:[0-9a-f]{64}$/, true),
    "",
    "Image to run, by digest in the stack's own repository, instead of building the app. `npm run promote` sets it.",
  ),
  build: key(
    choice("bundle", "dockerfile"),
    "bundle",
    "How the image comes about. With bundle the app is bundled onto nodeImage; with dockerfile its own Dockerfile, in appPath, is built and says what runs.",
  ),
  nodeImage: key(
    text("an image reference", /^[^\s]+$/, true),
    "",
    "Base image of a bundled app in place of the one in components/registry/base.Dockerfile, such as a mirror. Name it by digest: a tag that moves changes no deployed image.",
  ),
  cpuArchitecture: key(
    choice("arm64", "amd64"),
    "arm64",
    "Processor architecture of the tasks and of the image.",
  ),
  releasesToKeep: key(
    integer(2, 500),
    30,
    "How many promoted releases the registry keeps to roll back to.",
  ),
};
