import { devNull } from "node:os";

// Loaded by mocha before any test: what the shell and the user's files say about AWS decides nothing here.
for (const name of Object.keys(process.env))
  if (name.startsWith("AWS_")) Reflect.deleteProperty(process.env, name);
Object.assign(process.env, {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
});
