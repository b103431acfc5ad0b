import path from "node:path";
import tseslint from "typescript-eslint";
import { appFolders } from "./config/services.ts";
import { services } from "./services.ts";

/** Only config.ts reads stack configuration, and nothing asks which stack it is to decide. */
const noConfigReads = [
  {
    selector: "NewExpression[callee.property.name='Config'], NewExpression[callee.name='Config']",
    message: "Only config.ts reads stack configuration: take the value as an argument.",
  },
  {
    selector:
      "CallExpression[callee.property.name='getStack'], CallExpression[callee.name='getStack']",
    message: "Stacks differ by configuration values alone: add a config key instead.",
  },
];

const boundary = (group, message) => ({ group, message });

/** What `pulumi up` loads of the workbench. */
const ONLY_SHARED_ROOMS = {
  regex: "^@koa-fargate/workbench/(?!(?:ecs|live|project)$)",
  message: "The program imports the workbench's ecs, live and project alone.",
};

/** The rooms of the workbench, each with those that it may import. */
const ROOMS = {
  lib: [],
  project: ["lib"],
  ecs: ["lib"],
  plan: ["ecs", "project", "lib"],
  assert: ["plan", "lib"],
  review: ["plan", "ecs", "project", "lib"],
  local: ["plan", "ecs", "project", "lib"],
  live: ["ecs", "project", "lib"],
  pipeline: ["review", "live", "plan", "ecs", "project", "lib"],
};

const onlyRooms = (known) => {
  const others = Object.keys(ROOMS).filter((room) => !known.includes(room));
  return {
    regex: `^(?:\\.\\./)+(?:${others.join("|")})/`,
    message: `This room of the workbench imports ${known.join(", ") || "no other"} alone.`,
  };
};

const OUT_OF_PACKAGE = {
  regex: "^(?:\\.\\./){4,}",
  message: "The workbench never imports the program: it reads its files, or workbench.config.ts.",
};

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      // By its own rules: npm run check:app.
      ...appFolders(services).map((folder) => `${path.normalize(folder)}/`),
      "packages/workbench/bench/cdk/",
      ".build/",
      ".local/",
      "**/*.cjs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Pulumi resources are statements: `new aws.s3.BucketPolicy(...)` is useful for its effect.
      "no-new": "off",
      eqeqeq: "error",
    },
  },
  {
    files: ["components/**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...noConfigReads],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            boundary(
              ["../*/*", "!../../*"],
              "Components never import each other: pass ids and ARNs in index.ts.",
            ),
            boundary(
              ["**/config.ts", "**/config/*"],
              "Components take arguments; only index.ts knows the configuration.",
            ),
            boundary(["**/app/**"], "Components do not know the app."),
            ONLY_SHARED_ROOMS,
          ],
        },
      ],
    },
  },
  {
    files: ["index.ts", "packages/workbench/src/**/*.ts"],
    ignores: ["packages/workbench/src/plan/general/**"],
    rules: { "no-restricted-syntax": ["error", ...noConfigReads] },
  },
  {
    files: ["index.ts", "account.ts", "config.ts", "outputs.ts", "config/**/*.ts"],
    ignores: ["config/reference.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [ONLY_SHARED_ROOMS] }] },
  },
  ...Object.entries(ROOMS).map(([room, known]) => ({
    files: [`packages/workbench/src/${room}/**/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: [OUT_OF_PACKAGE, onlyRooms(known)] }] },
  })),
  {
    files: ["test/**/*.ts", "packages/workbench/test/**/*.ts"],
    rules: {
      // chai's property assertions (`.to.be.true`) are expressions by design.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
