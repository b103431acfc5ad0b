import type { ConfigurationSource } from "@koa-fargate/workbench/config";
import { withDeclarations, words } from "./declarations.ts";
import { SECTIONS } from "./keys.ts";
import type { Key } from "./kinds.ts";

/** The files that `npm run docs` writes from the keys, by path. */
export function generatedFiles(source: ConfigurationSource): Record<string, string> {
  return {
    "Pulumi.yaml": withDeclarations(source.file),
    "docs/configuration.md": configurationPage(source),
  };
}

/** docs/configuration.md: every key by component, with what each stack sets. */
export function configurationPage(
  source: ConfigurationSource,
  sections: Readonly<Record<string, Readonly<Record<string, Key<unknown>>>>> = SECTIONS,
): string {
  const stacks = [...source.stacks.keys()];
  const head = ["Key", "Type and what it allows", "Default", ...stacks];
  return [
    "# Configuration",
    "<!-- Written by `npm run docs` from config/keys/. -->",
    `Every key of a stack, as \`${source.project}:<key>\` in its file or by \`pulumi config set <key> <value>\`. A stack file sets only what differs from the default; \`aws:region\`, a region of AWS's standard partition, is the one setting without a default. A wrong value, a misspelt key, a key of a namespace that nobody reads and values that do not go together are refused before anything changes, all in one message.`,
    ...Object.entries(sections).flatMap(([section, kinds]) => [
      `## ${heading(section)}`,
      [
        head,
        head.map(() => "---"),
        ...Object.entries(kinds).map(([key, kind]) => row(key, kind, source)),
      ]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .join("\n"),
    ]),
  ].join("\n\n");
}

/** `loadBalancer` -> `Load balancer`. */
const heading = (section: string): string =>
  section.charAt(0).toUpperCase() + words(section).slice(1);

function row(key: string, kind: Key<unknown>, { project, stacks }: ConfigurationSource): string[] {
  const name = `${project}:${key}`;
  return [
    `\`${key}\`<br>${cell(kind.description)}`,
    kind.allows === "" ? kind.type : `${kind.type}: ${cell(kind.allows)}`,
    // So that the page does not change with the project's name.
    kind.default === project ? "the project's name" : value(kind.default),
    ...[...stacks.values()].map((file) => (file.has(name) ? value(file.get(name)) : "")),
  ];
}

/** Text of a table's cell. Angle brackets would be read as HTML, except inside code. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll(/`[^`]*`|</g, (part) => (part === "<" ? "&lt;" : part));
}

function value(setting: unknown): string {
  const text = typeof setting === "string" ? setting : JSON.stringify(setting);
  return text === "" ? "(empty)" : `\`${text.replaceAll("|", "\\|")}\``;
}
