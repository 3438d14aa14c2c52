import { isConnectApiError } from "@headgate/client";
import { waitMs, type Session } from "../kit/session.ts";
import type { ConnectBed } from "./connect-bed.ts";

const plain = { "value.converter": "org.apache.kafka.connect.storage.StringConverter", "tasks.max": "1" };

function clusterOf({ target }: Session) {
  if (target.kafkaConnect === undefined) throw new Error("The target has no Kafka Connect cluster.");
  return target.kafkaConnect;
}

const sourceConfig: ConnectBed["sourceConfig"] = (session, name) => ({
  name,
  "connector.class": "FileStreamSource",
  file: clusterOf(session).sourceFile,
  topic: name,
  "kafka.api.key": "KEY",
  "kafka.api.secret": "conformance-secret",
  ...plain,
});

/** A real Apache Kafka Connect cluster behind the server under test. */
export const kafkaConnectBed: ConnectBed = {
  kind: "kafka-connect",
  creates: true,
  restarts: true,
  pausesSinks: true,
  setsOffsets: true,
  plugin: {
    class: "FileStreamSink",
    validatedAs: "org.apache.kafka.connect.file.FileStreamSinkConnector",
    good: { name: "n", topics: "t", file: "/tmp/nothing" },
    bad: { name: "n", file: "/tmp/nothing" },
  },
  sourceConfig,
  withConnectors: async (session, work) => {
    const { environment, cluster } = clusterOf(session);
    const at = { environment, cluster };
    const { connect } = session.client;
    const [source, sink] = [session.name("source"), session.name("sink")];
    const sinkConfig = {
      name: sink,
      "connector.class": "FileStreamSink",
      topics: source,
      file: `${session.target.directory}/${sink}.txt`,
      "kafka.api.secret": "conformance-secret",
      ...plain,
    };
    try {
      await connect.create(at, { name: source, config: sourceConfig(session, source) });
      await connect.create(at, { name: sink, config: sinkConfig });
      for (const name of [source, sink]) await connect.waitFor(at, name, "RUNNING", { timeoutMs: waitMs });
      await work({ cluster: at, source, sink });
    } finally {
      for (const name of [source, sink]) {
        await connect.delete(at, name).catch((error: unknown) => {
          if (!isConnectApiError(error, 404)) throw error;
        });
      }
    }
  },
};
