import { join } from "node:path";

/** Where jars and the state of `kafka:up` are kept between runs; not committed. */
export const cacheDirectory = (): string => join(import.meta.dirname, "../../../node_modules/.cache/headgate-kafka");
