/** Everything that a .dockerignore has forms for. */
export const FILES = {
  Dockerfile: "FROM scratch\nCOPY . .",
  ".dockerignore":
    "# not for the image\nnode_modules\n*.md\n!README.md\n**/*.test.js\n/secret\ndocs/**\n!docs/api.json\n",
  "package.json": "{}",
  "src/main.js": "1",
  "src/main.test.js": "2",
  "src/secret/a": "3",
  "secret/b": "4",
  "notes.md": "5",
  "README.md": "6",
  "src/notes.md": "7",
  "docs/api.json": "8",
  "docs/deep/more.txt": "9",
  "node_modules/koa/index.js": "10",
  ".env.example": "11",
};
/** What of them is sent. */
export const SENT = [
  ".dockerignore",
  ".env.example",
  "Dockerfile",
  "README.md",
  "docs/api.json",
  "package.json",
  "src/main.js",
  "src/notes.md",
  "src/secret/a",
];
