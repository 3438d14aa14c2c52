/**
 * Reads a table or view name of a path as SQL reads an identifier: bare names fold to lower case, names in double quotes keep
 * their case and lose the quotes (a doubled quote inside stands for one). Connector and pipeline names are not identifiers:
 * they are taken verbatim.
 */
export function parseIdentifier(written: string): string {
  if (written.length >= 2 && written.startsWith('"') && written.endsWith('"')) return written.slice(1, -1).replaceAll('""', '"');
  return written.toLowerCase();
}
