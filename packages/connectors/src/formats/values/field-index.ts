import type { Field } from "@headgate/engine";

const remembered = 1000;

/**
 * Finds the column that a key names: quoted columns by their exact name, others in any case. Gives -1 when there is none.
 * Spellings are remembered, up to a bound, as records of one stream spell their keys alike.
 */
export function fieldIndex(fields: readonly Field[]): (key: string) => number {
  const exact = new Map(fields.map((field, index) => [field.name, index]));
  const folded = new Map(fields.flatMap((field, index) => (field.caseSensitive ? [] : [[field.name.toLowerCase(), index]])));
  const seen = new Map<string, number>();
  return (key) => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const index = exact.get(key) ?? folded.get(key.toLowerCase()) ?? -1;
    if (seen.size < remembered) seen.set(key, index);
    return index;
  };
}
