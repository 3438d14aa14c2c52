/** Bodies of Kafka Connect's own REST interface, as far as they are read. */
import type { ConnectOffset } from "../api.ts";

export interface EngineStatus {
  readonly name: string;
  readonly connector: EnginePart;
  readonly tasks: readonly (EnginePart & { readonly id: number })[];
  readonly type?: string;
}
export interface EnginePart {
  readonly state: string;
  readonly worker_id?: string;
  readonly trace?: string;
}
export interface EngineInfo {
  readonly name: string;
  readonly config: Readonly<Record<string, string | null>>;
  readonly tasks: readonly { readonly connector: string; readonly task: number }[];
  readonly type?: string;
}
/** `GET /connectors?expand=status&expand=info`. Connectors without a status yet are left out by Kafka Connect. */
export type EngineListing = Readonly<Record<string, { readonly status: EngineStatus; readonly info: EngineInfo }>>;
export interface EngineTask {
  readonly id: { readonly connector: string; readonly task: number };
  readonly config: Readonly<Record<string, string | null>>;
}
export interface EnginePlugin {
  readonly class: string;
  readonly type: string;
  readonly version?: string | null;
}
export interface EngineOffsets {
  readonly offsets: readonly ConnectOffset[];
}
export interface EngineDefinition {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default_value?: string | null;
  readonly importance?: string;
  readonly documentation?: string | null;
  readonly group?: string | null;
  readonly width?: string;
  readonly display_name?: string | null;
  readonly dependents?: readonly string[];
  readonly order?: number;
}
export interface EngineValidation {
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly {
    readonly definition: EngineDefinition;
    readonly value: {
      readonly name: string;
      readonly value: string | null;
      readonly recommended_values?: readonly (string | null)[];
      readonly errors?: readonly string[];
      readonly visible?: boolean;
    };
  }[];
}

/** The engine's type of a connector in the words of the dialect. */
export function connectorType(type: string | undefined): "source" | "sink" | "unknown" {
  return type === "source" || type === "sink" ? type : "unknown";
}
