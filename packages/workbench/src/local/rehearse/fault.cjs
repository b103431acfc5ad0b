"use strict";
// Preloaded into the tasks of a bad version (NODE_OPTIONS: `--require fault.cjs`): the same app with one fault.
// REHEARSAL_FAULT: crash | crash-later | 500 | slow | hang | reset | never-healthy. REHEARSAL_HEALTH_PATHS: the paths of
// health checks, by commas. REHEARSAL_DELAY_MS: what `slow` adds to each answer. REHEARSAL_SERVES_MS: for how long
// `crash-later` serves.
const { Server } = require("node:http");

const fault = process.env.REHEARSAL_FAULT;
const healthPaths = new Set((process.env.REHEARSAL_HEALTH_PATHS ?? "").split(","));
const delay = Number(process.env.REHEARSAL_DELAY_MS ?? "1000");

const serves = Number(process.env.REHEARSAL_SERVES_MS ?? "1000");

function crash() {
  console.error(`fault of the rehearsal: ${fault}`);
  process.exit(1);
}

const isHealthCheck = (request) => healthPaths.has((request.url ?? "").split("?")[0]);

function answer(request, response, status) {
  request.resume();
  response.writeHead(status, { "content-type": "text/plain" });
  response.end(`fault of the rehearsal: ${fault}\n`);
}

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, ...args) {
  const pass = () => emit.call(this, event, ...args);
  if (event === "listening" && fault === "crash") crash();
  if (event === "listening" && fault === "crash-later") setTimeout(crash, serves);
  if (event !== "request") return pass();
  const [request, response] = args;
  if (isHealthCheck(request)) {
    if (fault !== "never-healthy") return pass();
    answer(request, response, 503);
    return true;
  }
  if (fault === "500") {
    answer(request, response, 500);
    return true;
  }
  // Nobody ever answers.
  if (fault === "hang") return true;
  if (fault === "reset") {
    request.socket.resetAndDestroy();
    return true;
  }
  if (fault === "slow") {
    setTimeout(pass, delay);
    return true;
  }
  return pass();
};
