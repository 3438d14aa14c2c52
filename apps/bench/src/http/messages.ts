/** Ways to build the server. */
export type Variant =
  "express" | "express again" | "headgate" | "headgate, shell alone" | "headgate, log off" | "headgate, auth on" | "headgate, express lane";
export const variants: readonly Variant[] = [
  "express",
  "express again",
  "headgate",
  "headgate, shell alone",
  "headgate, log off",
  "headgate, auth on",
  "headgate, express lane",
];

/** Where the status of the bench pipeline's output connector is read. */
export const statusPath = "/v0/pipelines/bench/views/totals/connectors/out/stats";

/** Runner → load process. */
export interface LoadRequest {
  readonly port: number;
  readonly path: string;
  readonly authorization: string | null;
  readonly connections: number;
  readonly milliseconds: number;
}
/** Load process → runner. */
export interface LoadResult {
  readonly requests: number;
  readonly milliseconds: number;
}
