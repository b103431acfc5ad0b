/** Inside of a hook, git names the index and folders of the commit that is being made: they are not ours. */
const OWN = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX)$/;

/** Environment for git that finds the repository by the folder that it runs in, also inside of a hook of another one. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name)));
}
