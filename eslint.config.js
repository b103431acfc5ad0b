import tseslint from "typescript-eslint";

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

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      // By its own rules: npm run check:app.
      "app/",
      "bench/plan/cdk/",
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
            boundary(
              ["**/app/**", "**/tools/**"],
              "Components know neither the app nor the tools.",
            ),
          ],
        },
      ],
    },
  },
  {
    files: ["index.ts", "tools/**/*.ts", "policies/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...noConfigReads] },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai's property assertions (`.to.be.true`) are expressions by design.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
