#!/usr/bin/env node
/** The server's entry. Everything else is loaded after Node's compile cache is on, so that the second start is quick. */
import { enableCompileCache } from "node:module";

enableCompileCache();
const { main } = await import("./cli.ts");
await main(process.argv.slice(2));
