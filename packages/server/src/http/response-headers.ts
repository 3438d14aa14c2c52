/**
 * Headers of every reply, as the flat list that `writeHead` takes without copying. The API serves data only, so browsers are
 * told to run nothing, frame nothing and guess nothing.
 */
export const baseHeaders: readonly string[] = [
  "X-Content-Type-Options",
  "nosniff",
  "X-Frame-Options",
  "DENY",
  "Content-Security-Policy",
  "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy",
  "no-referrer",
  "Cross-Origin-Resource-Policy",
  "same-origin",
  "Cache-Control",
  "no-cache",
];
