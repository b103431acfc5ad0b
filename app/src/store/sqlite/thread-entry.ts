import { runStoreThread } from "./thread.ts";

runStoreThread();
