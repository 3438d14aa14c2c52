/** What the runner and its processes say to each other over IPC. */
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

/** Runner → server process. */
export type ServerRequest = { readonly type: "cpu" } | { readonly type: "stop" };
/** Server process → runner. */
export type ServerNews =
  | { readonly type: "listening"; readonly port: number; readonly path: string; readonly authorization: string | null }
  | { readonly type: "cpu"; readonly micros: number };

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
