// The version that npm run smoke:aws deploys to see that it is rolled back.
console.error("smoke test: this version ends at once");
process.exit(1);
