import { copyProgram, datagen, fileOutput } from "../kit/programs.ts";
import type { ConnectBed } from "./connect-bed.ts";

/** Pipelines of the server under test. */
export const embeddedBed: ConnectBed = {
  kind: "embedded",
  creates: false,
  restarts: false,
  pausesSinks: false,
  setsOffsets: false,
  plugin: {
    class: "file_input",
    validatedAs: "file_input",
    good: { "transport.config.path": "/tmp/nothing", "format.name": "json" },
    bad: { "transport.config.path": "/tmp/nothing", "transport.config.follow": "often", "format.name": "json" },
  },
  withConnectors: async ({ target, name, withRunning }, work) => {
    const program = copyProgram(
      [datagen("c1", { limit: 5 })],
      [fileOutput("o", `${target.directory}/${name("sink")}.json`, { send_snapshot: true })],
    );
    await withRunning(program, (pipeline) => work({ cluster: { environment: "default", cluster: pipeline }, source: "t.c1", sink: "v.o" }));
  },
  sourceConfig: (_session, name) => ({ name, "connector.class": "datagen" }),
};
