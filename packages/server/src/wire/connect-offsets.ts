import type { Schemas } from "@headgate/contract";
import {
  ConnectError,
  type ConnectOffset,
  type ConnectorOffsets,
  type OffsetsChange,
  type OffsetsRequest,
  type OffsetsRequestStatus,
} from "@headgate/manager";

/** Offsets in a partition-by-partition list. */
export function toOffsets(offsets: readonly ConnectOffset[]): Schemas["ConnectOffset"][] {
  return offsets.map(({ partition, offset }) => ({ partition: { ...partition }, offset: offset && { ...offset } }));
}

const toTime = (ms: number): string => new Date(ms).toISOString();

export function toConnectorOffsets({ id, name, offsets, observedAt }: ConnectorOffsets): Schemas["ConnectOffsets"] {
  return { id, name, offsets: toOffsets(offsets), metadata: { observed_at: toTime(observedAt) } };
}

/** @throws ConnectError `InvalidOffsets` for a PATCH that lists no partition, and a DELETE that lists some: it would forget the others too. */
export function parseOffsetsChange({ type, offsets = [] }: Schemas["ConnectOffsetsChange"]): OffsetsChange {
  if (type === "DELETE" && offsets.length === 0) return { type };
  if (type === "DELETE") {
    throw new ConnectError(
      "InvalidOffsets",
      "The type DELETE forgets all offsets, so leave out 'offsets'; to forget one partition, use PATCH with null as its offset.",
    );
  }
  if (offsets.length > 0) return { type, offsets };
  throw new ConnectError(
    "InvalidOffsets",
    "The type PATCH needs 'offsets': a list with the partition and the offset of each that is to change.",
  );
}

export function toOffsetsRequest({ id, name, change, requestedAt }: OffsetsRequest): Schemas["ConnectOffsetsRequest"] {
  const offsets = change.type === "PATCH" ? toOffsets(change.offsets) : [];
  return { id, name, offsets, requested_at: toTime(requestedAt), type: change.type };
}

export function toOffsetsRequestStatus(status: OffsetsRequestStatus): Schemas["ConnectOffsetsRequestStatus"] {
  return {
    request: toOffsetsRequest(status.request),
    status: { phase: status.phase, message: status.message },
    previous_offsets: toOffsets(status.previousOffsets ?? []),
    applied_at: status.appliedAt === null ? null : toTime(status.appliedAt),
  };
}
