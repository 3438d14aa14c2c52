import {
  ConnectError,
  type ClusterAddress,
  type ConnectOffset,
  type ConnectorAddress,
  type ConnectorInfo,
  type ConnectorStatus,
  type ConnectService,
  type ExpandPart,
  type OffsetsRequest,
} from "@headgate/manager";

const offsets: readonly ConnectOffset[] = [{ partition: { kafka_topic: "t", kafka_partition: 0 }, offset: { kafka_offset: 7 } }];

/** One cluster `lkc-1` in the environment `default`, with connectors that only say what they were told. */
export function createMemoryConnect(): ConnectService {
  const connectors = new Map<string, ConnectorInfo>();
  const paused = new Set<string>();
  const requests = new Map<string, OffsetsRequest>();
  const infoOf = (name: string, config: ConnectorInfo["config"]): ConnectorInfo => ({
    name,
    type: "sink",
    config: { ...config, "connector.class": "MemorySink", "api.secret": "****************" },
    tasks: [{ connector: name, task: 0 }],
  });
  connectors.set("to-file", infoOf("to-file", { file: "/tmp/o" }));
  const inCluster = ({ environment, cluster }: ClusterAddress): void => {
    if (environment !== "default" || cluster !== "lkc-1") {
      throw new ConnectError("UnknownCluster", `There is no cluster '${cluster}' in the environment '${environment}'`);
    }
  };
  const get = (at: ConnectorAddress): ConnectorInfo => {
    inCluster(at);
    const connector = connectors.get(at.connector);
    if (connector === undefined) throw new ConnectError("UnknownConnector", `There is no connector '${at.connector}'`);
    return connector;
  };
  const statusOf = ({ name, type }: ConnectorInfo): ConnectorStatus => {
    const stopped = paused.has(name);
    return {
      name,
      type,
      state: stopped ? "PAUSED" : "RUNNING",
      trace: "",
      tasks: [{ id: 0, state: stopped ? "STOPPED" : "RUNNING", msg: "", rawState: stopped ? "PAUSED" : "RUNNING", rawWorker: "w:1" }],
      validationErrors: [],
      rawState: stopped ? "PAUSED" : "RUNNING",
      observedAt: Date.now(),
    };
  };
  const expanded = (info: ConnectorInfo, parts: ReadonlySet<ExpandPart>) => ({
    ...(parts.has("id") ? { id: "lcc-abc123" } : {}),
    ...(parts.has("info") ? { info } : {}),
    ...(parts.has("status") ? { status: statusOf(info) } : {}),
  });
  return {
    list: async (at) => {
      inCluster(at);
      return [...connectors.keys()];
    },
    expand: async (at, parts) => {
      inCluster(at);
      return new Map([...connectors].map(([name, info]) => [name, expanded(info, parts)]));
    },
    create: async (at, { name, config, offsets: given = [] }) => {
      inCluster(at);
      if (connectors.has(name)) throw new ConnectError("ConnectorExists", `There is a connector '${name}' already`);
      connectors.set(name, infoOf(name, config));
      return { ...infoOf(name, config), tasks: [], offsets: given };
    },
    read: async (at) => get(at),
    delete: async (at) => {
      connectors.delete(get(at).name);
    },
    putConfig: async (at, config) => {
      inCluster(at);
      connectors.set(at.connector, infoOf(at.connector, config));
      return get(at);
    },
    pause: async (at) => void paused.add(get(at).name),
    resume: async (at) => void paused.delete(get(at).name),
    restart: async (at) => {
      if (paused.has(get(at).name)) throw new ConnectError("NotRestartable", `The connector '${at.connector}' is PAUSED`);
    },
    status: async (at) => statusOf(get(at)),
    tasks: async (at) => get(at).tasks.map((id) => ({ id, config: { file: "/tmp/o" } })),
    plugins: async (at) => {
      inCluster(at);
      return [{ class: "MemorySink", type: "sink", version: "1" }];
    },
    validate: async (at, plugin, config) => {
      inCluster(at);
      if (plugin !== "MemorySink") throw new ConnectError("UnknownPlugin", `There is no plugin '${plugin}'`);
      const errors = config["file"] === undefined ? ['"file" is required'] : [];
      return {
        name: plugin,
        groups: ["Common"],
        errorCount: errors.length,
        configs: [
          {
            definition: {
              name: "file",
              type: "STRING",
              required: true,
              defaultValue: "",
              importance: "HIGH",
              documentation: "",
              group: "Common",
              width: "LONG",
              displayName: "File",
              dependents: [],
              order: 1,
              alias: "",
            },
            value: { name: "file", value: config["file"] ?? "", recommendedValues: [], errors, visible: true },
          },
        ],
      };
    },
    offsets: async (at) => ({ id: "lcc-abc123", name: get(at).name, offsets, observedAt: Date.now() }),
    alterOffsets: async (at, change) => {
      const { name } = get(at);
      if (requests.has(name)) throw new ConnectError("OffsetsRequestPending", "An earlier request is under way");
      const request = { id: "lcc-abc123", name, change, requestedAt: Date.now() };
      requests.set(name, request);
      return request;
    },
    offsetsRequestStatus: async (at) => {
      const request = requests.get(get(at).name);
      if (request === undefined) throw new ConnectError("NoOffsetsRequest", "There has been no request");
      return { request, phase: "APPLIED", message: "done", previousOffsets: offsets, appliedAt: Date.now() };
    },
  };
}
