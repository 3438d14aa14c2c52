import { embeddedBed } from "../beds/embedded-bed.ts";
import { kafkaConnectBed } from "../beds/kafka-connect-bed.ts";
import type { ClusterKind, ConnectBed, ConnectWorld } from "../beds/connect-bed.ts";
import { openSession, type RequestParts, type Session } from "./session.ts";
import type { SuiteKit } from "./suite-kit.ts";

const beds: Readonly<Record<ClusterKind, ConnectBed>> = { embedded: embeddedBed, "kafka-connect": kafkaConnectBed };

/** One case's hold on a cluster. */
export interface ConnectCase extends ConnectWorld {
  readonly bed: ConnectBed;
  readonly session: Session;
  /** The path parameters of a request for this connector of the cluster; for the cluster alone without one. */
  readonly path: (connector?: string) => NonNullable<RequestParts["path"]>;
}

/** The same case for each kind of cluster that the runner has. */
export function connectTest(kit: SuiteKit, title: string, run: (given: ConnectCase) => Promise<void>): void {
  for (const kind of kit.clusters ?? ["embedded"]) {
    const bed = beds[kind];
    kit.test(`${title} [${kind}]`, async () => {
      const session = openSession(kit);
      await bed.withConnectors(session, async (world) => {
        const path: ConnectCase["path"] = (connector_name) => ({
          environment_id: world.cluster.environment,
          kafka_cluster_id: world.cluster.cluster,
          ...(connector_name !== undefined && { connector_name }),
        });
        await run({ ...world, bed, session, path });
      });
    });
  }
}
