import { KIND_BY_KEY, SECTIONS } from "../../config/keys.ts";
import { refuseUnread } from "../lib/unread-keys.ts";
import { ToolError } from "../lib/command-line.ts";
import type { Declaration } from "../plan/config-types.ts";
import { fullKey, loadProject, loadStackConfig, stackNames } from "../plan/project.ts";

/** What the page is made of: the declarations of Pulumi.yaml and what each stack file sets. */
export interface ConfigurationSource {
  project: string;
  /** By full name, such as `koa-fargate:taskCpu`. */
  declarations: ReadonlyMap<string, Declaration>;
  /** Stack -> full name -> value of its file. */
  stacks: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

/**
 * Reads Pulumi.yaml and every stack file beside it.
 * @throws ToolError where one sets what nobody reads, which the page would leave out
 */
export async function readConfiguration(root: string): Promise<ConfigurationSource> {
  const { name, declarations } = await loadProject(root);
  const stacks = new Map<string, ReadonlyMap<string, unknown>>();
  for (const stack of await stackNames(root)) {
    const config = await loadStackConfig(root, stack);
    refuseUnread(root, stack, config.keys());
    stacks.set(stack, config);
  }
  return { project: name, declarations, stacks };
}

/** docs/configuration.md: every key by component, with what each stack sets. */
export function configurationPage(source: ConfigurationSource): string {
  const stacks = [...source.stacks.keys()];
  const head = ["Key", "Type and what it allows", "Default", ...stacks];
  return [
    "# Configuration",
    "<!-- Written by `npm run docs` from config/keys/. -->",
    `Every key of a stack, as \`${source.project}:<key>\` in its file or by \`pulumi config set <key> <value>\`. A stack file sets only what differs from the default; \`aws:region\` is the one setting without a default. A wrong value, a misspelt key, a key of a namespace that nobody reads and values that do not go together are refused before anything changes, all in one message.`,
    ...Object.entries(SECTIONS).flatMap(([section, kinds]) => [
      `## ${heading(section)}`,
      [head, head.map(() => "---"), ...Object.keys(kinds).map((key) => row(key, source))]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .join("\n"),
    ]),
  ].join("\n\n");
}

/** `loadBalancer` -> `Load balancer`. */
function heading(section: string): string {
  const words = section.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function row(key: string, { project, declarations, stacks }: ConfigurationSource): string[] {
  const name = fullKey(project, key);
  const declaration = declarations.get(name);
  if (declaration === undefined)
    throw new ToolError(`Pulumi.yaml does not declare ${key}. Add it.`);
  const kind = KIND_BY_KEY.get(key);
  const type = kind?.type ?? "";
  return [
    `\`${key}\`<br>${cell(declaration.description)}`,
    kind === undefined || kind.allows === "" ? type : `${type}: ${cell(kind.allows)}`,
    value(declaration.default),
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
