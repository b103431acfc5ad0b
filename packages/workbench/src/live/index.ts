/** What a deployment does on AWS: asks before it, gates it, and verifies it. */
export { askAlarms } from "./verification/firing-alarms.ts";
export { clearPauses } from "./verification/pause.ts";
export { passGate } from "./verification/gate.ts";
export { verifyDeployment } from "./verification/verify.ts";
