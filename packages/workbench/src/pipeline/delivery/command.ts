export * from "../../lib/command.ts";
