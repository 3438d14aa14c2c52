/**
 * Benchmarks by name: `npm run bench -- http|engine|pipeline|connect|kafka [--json]`. A benchmark prints a table, or JSON with every sample.
 */
interface Benchmark {
  readonly options: string;
  /** Each is loaded when it is asked for: what one needs is not in the way of another. */
  readonly load: () => Promise<(args: readonly string[]) => Promise<void>>;
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  http: {
    options: "--rounds 9 --seconds 0.7 --connections 24 --variants 'a;b' --json",
    load: async () => (await import("./http/run-http-bench.ts")).runHttpBench,
  },
  engine: { options: "see --help", load: async () => (await import("./engine/run-engine-bench.ts")).runEngineBench },
  pipeline: {
    options: "--seconds 8 --rate 100000 --rows 2000 --connections 4 --modes durable,memory --json",
    load: async () => (await import("./pipeline/run-pipeline-bench.ts")).runPipelineBench,
  },
  connect: {
    options: "--rounds 7 --seconds 1.5 --connections 24 --connectors 1,10,100 --json",
    load: async () => (await import("./connect/run-connect-bench.ts")).runConnectBench,
  },
  kafka: {
    options: "--messages 200000 --rounds 5 --json",
    load: async () => (await import("./kafka/run-kafka-bench.ts")).runKafkaBench,
  },
};

const [name = "", ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) fail(`There is no benchmark '${name}'. Known ones: ${Object.keys(benchmarks).join(", ")}.`);
else if (args.includes("--help") && name !== "engine") console.log(`npm run bench -- ${name} ${benchmark.options}`);
else {
  try {
    await (
      await benchmark.load()
    )(args);
  } catch (error) {
    if (!(error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))) throw error;
    fail(`${error.message}. Options and their defaults: ${benchmark.options}.`);
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
