import type { Session } from "../kit/session.ts";

/** What stands behind a cluster of the Connect dialect. */
export type ClusterKind = "embedded" | "kafka-connect";

/** A cluster with a source and a sink that run. */
export interface ConnectWorld {
  readonly cluster: { readonly environment: string; readonly cluster: string };
  readonly source: string;
  readonly sink: string;
}

/** Makes clusters of one kind, and knows in what they rightly differ from those of the other; docs/connect.md says why. */
export interface ConnectBed {
  readonly kind: ClusterKind;
  /** Connectors are created, changed and deleted through the dialect. */
  readonly creates: boolean;
  /** A connector is restarted by itself. */
  readonly restarts: boolean;
  /** A sink is paused by itself. */
  readonly pausesSinks: boolean;
  /** Offsets are set to a place; else a sink's can only be deleted. */
  readonly setsOffsets: boolean;
  /** A plugin of the cluster, what a validation calls it, a configuration that it takes, and one that it does not. */
  readonly plugin: {
    readonly class: string;
    readonly validatedAs: string;
    readonly good: Readonly<Record<string, string>>;
    readonly bad: Readonly<Record<string, string>>;
  };
  /** Leaves nothing behind. */
  readonly withConnectors: (session: Session, work: (world: ConnectWorld) => Promise<void>) => Promise<void>;
  /** A configuration for a source of this name that works; undefined where none is created. */
  readonly sourceConfig: (session: Session, name: string) => Readonly<Record<string, string>>;
}
