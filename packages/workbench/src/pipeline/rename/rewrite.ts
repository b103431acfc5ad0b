import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import { unreadNamespaces, type Readers } from "../../project/namespaces.ts";
import { RenameError } from "./names.ts";

/** Marks in a stack's file that the stack was made: the Pulumi CLI writes the key of its secrets there. */
const MADE = ["secretsprovider", "encryptedkey", "encryptionsalt"];

/** Whether a stack of this file exists somewhere. */
export function isMade(text: string): boolean {
  const document = parseDocument(text);
  return MADE.some((key) => document.has(key));
}

/**
 * A stack's file with the keys of the new name: those of the former ones, and those that nobody else reads.
 * @param file - its name, for messages
 * @param former - names that the project had
 * @param readers - of the renamed project
 * @throws RenameError where a key is there under both names
 */
export function renameKeys(
  text: string,
  file: string,
  former: ReadonlySet<string>,
  readers: Readers,
): string {
  const document = parseDocument(text);
  const config = document.get("config");
  if (!isMap(config)) return text;
  const settings = config.items.map(({ key }) => String(key));
  const strays = unreadNamespaces(settings, readers).map(({ key }) => namespaceOf(key));
  const ours = (setting: string): boolean => {
    const namespace = namespaceOf(setting);
    return (
      former.has(namespace) ||
      (strays.includes(namespace) &&
        settings.some((each) => namespaceOf(each) === namespace && known(each, readers)))
    );
  };
  let changed = renameTag(config, former, readers.project);
  for (const { key } of config.items) {
    const setting = String(key);
    if (!isScalar(key) || !ours(setting)) continue;
    const renamed = `${readers.project}${setting.slice(setting.indexOf(":"))}`;
    if (config.has(renamed))
      throw new RenameError(`${file} sets both ${setting} and ${renamed}: delete one of them.`);
    key.value = renamed;
    changed = true;
  }
  return changed ? document.toString({ lineWidth: 0, flowCollectionPadding: false }) : text;
}

const namespaceOf = (setting: string): string => setting.slice(0, setting.indexOf(":"));

const known = (setting: string, { keys }: Readers): boolean =>
  keys.includes(setting.slice(setting.lastIndexOf(":") + 1));

/** The tag that tells the stack's resources from those of others. */
function renameTag(config: YAMLMap, former: ReadonlySet<string>, name: string): boolean {
  const path = ["aws:defaultTags", "tags", "project"];
  if (!former.has(String(config.getIn(path)))) return false;
  config.setIn(path, name);
  return true;
}

/** Pulumi.yaml with the new name, which is also the default of what names in AWS begin with. */
export function renameProject(text: string, name: string): string {
  return text
    .replace(/^name:.*$/m, `name: ${name}`)
    .replace(/(^ {2}namePrefix:\n(?: {4}.*\n)*? {4}default: ).*$/m, `$1${name}`);
}

/** package.json or package-lock.json: the name of the package itself is the first, and in the lock that of `packages[""]`. */
export function renamePackage(text: string, name: string): string {
  const manifest = JSON.parse(text) as { name?: string; packages?: Record<string, object> };
  manifest.name = name;
  const root = manifest.packages?.[""];
  if (root !== undefined) Object.assign(root, { name });
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * What stays where a text says the name: type tokens `koa-fargate:<folder>:<Class>`, which are part of the URNs, and the label
 * by which the pipeline knows its images.
 */
const IDENTITY = String.raw`(?!:[a-z<][a-z-]*>?:[A-Z<]|\.content)`;

/** A page or a workflow with the new name. */
export function renameText(text: string, former: string, name: string): string {
  const word = former.replaceAll(/[.]/g, String.raw`\.`);
  return text.replaceAll(
    new RegExp(String.raw`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])${IDENTITY}`, "g"),
    name,
  );
}
