/**
 * Benchmarks by name: `npm run bench -- http|engine|pipeline|connect|kafka [--json]`. A benchmark prints a table, or JSON with every sample.
 */
import { runConnectBench } from "./connect/run-connect-bench.ts";
import { runEngineBench } from "./engine/run-engine-bench.ts";
import { runHttpBench } from "./http/run-http-bench.ts";
import { runKafkaBench } from "./kafka/run-kafka-bench.ts";
import { runPipelineBench } from "./pipeline/run-pipeline-bench.ts";

const benchmarks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  http: runHttpBench,
  engine: runEngineBench,
  pipeline: runPipelineBench,
  connect: runConnectBench,
  kafka: runKafkaBench,
};

const [name = "", ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`There is no benchmark '${name}'. Known ones: ${Object.keys(benchmarks).join(", ")}.`);
  process.exitCode = 1;
} else await benchmark(args);
