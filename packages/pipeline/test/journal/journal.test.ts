import { appendFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Journal } from "../../src/journal/journal.ts";
import { readSegment, segmentPath, type SegmentSequence } from "../../src/journal/read-segments.ts";

let files: SegmentSequence;
beforeEach(async () => {
  files = { directory: await mkdtemp(join(tmpdir(), "journal-")), name: "journal" };
});
afterEach(() => rm(files.directory, { recursive: true, force: true }));

const append = (journal: Journal, text: string): number =>
  journal.append(7, (out) => out.text(text), { key: "k", value: Number(text) || 0 });

/** What a later run finds. @throws as opening does */
async function recovered(first = 1): Promise<string[]> {
  const { journal, segments } = await Journal.open(files, first);
  await journal.close();
  const texts: string[] = [];
  for (const number of segments) for (const { payload } of await readSegment(files, number)) texts.push(payload.text());
  return texts;
}

/** Writes each group with a sync of its own; gives the length of the segment after each. */
async function writeGroups(groups: readonly (readonly string[])[]): Promise<number[]> {
  const { journal } = await Journal.open(files, 1);
  const ends: number[] = [];
  for (const group of groups) {
    for (const text of group) append(journal, text);
    await journal.synced();
    ends.push((await readFile(segmentPath(files, 1))).length);
  }
  await journal.close();
  return ends;
}

describe("a journal", () => {
  test("gives back everything that was synced, in order, over segments and runs", async () => {
    const { journal } = await Journal.open(files, 1, { segmentBytes: 200 });
    for (let i = 0; i < 40; i += 1) {
      append(journal, String(i));
      if (i % 3 === 0) await journal.synced();
    }
    await journal.close();
    expect((await readdir(files.directory)).length).toBeGreaterThan(2);
    expect(await recovered()).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
  });

  test("lets many who wait share one sync", async () => {
    const { journal } = await Journal.open(files, 1);
    await Promise.all(Array.from({ length: 500 }, (_, i) => journal.synced(append(journal, String(i)))));
    expect(journal.syncs).toBeLessThan(5);
    await journal.close();
  });

  test("gives up segments only when everything in them is covered, and tells when a needed one is missing", async () => {
    const { journal } = await Journal.open(files, 1);
    for (let i = 1; i <= 4; i += 1) {
      append(journal, String(i));
      await journal.rotate();
    }
    const first = journal.index.firstNeeded(() => 2);
    expect(first).toBe(3);
    await journal.dropBefore(first);
    await journal.close();
    expect(await recovered(3)).toEqual(["3", "4"]);
    await rm(segmentPath(files, 4));
    await expect(recovered(3)).rejects.toThrow(/journal-00000004\.log: the file is missing/);
    await expect(recovered(1)).rejects.toThrow(/journal-00000001\.log: the file is missing/);
  });

  test("cut anywhere, holds exactly the groups that are whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        async (groups, at) => {
          await rm(segmentPath(files, 1), { force: true });
          const ends = await writeGroups(groups);
          const path = segmentPath(files, 1);
          const data = await readFile(path);
          const length = at % (data.length + 1);
          await rm(segmentPath(files, 2), { force: true });
          await writeFile(path, data.subarray(0, length));
          expect(await recovered()).toEqual(groups.filter((_, i) => (ends[i] ?? Infinity) <= length).flat());
          await rm(segmentPath(files, 2), { force: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("with a flipped bit, holds the groups before the last or says where it is damaged", async () => {
    const groups = [["a", "b"], ["c"], ["d", "e"]];
    const ends = await writeGroups(groups);
    const path = segmentPath(files, 1);
    const data = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: data.length * 8 - 1 }), async (bit) => {
        const broken = Buffer.from(data);
        const byte = Math.floor(bit / 8);
        broken[byte] = (broken[byte] ?? 0) ^ (1 << (bit % 8));
        await writeFile(path, broken);
        await rm(segmentPath(files, 2), { force: true });
        if (byte >= (ends[1] ?? 0)) expect(await recovered()).toEqual(["a", "b", "c"]);
        else await expect(recovered()).rejects.toMatchObject({ code: "StorageError", message: expect.stringContaining(path) });
      }),
      { numRuns: 200 },
    );
  });

  test("damaged in a segment that is not the last, says so", async () => {
    const { journal } = await Journal.open(files, 1);
    append(journal, "1");
    await journal.rotate();
    append(journal, "2");
    await journal.close();
    const path = segmentPath(files, 1);
    const data = await readFile(path);
    await writeFile(path, data.subarray(0, data.length - 1));
    await expect(recovered()).rejects.toThrow(/journal-00000001\.log: it is damaged at byte 8/);
  });

  test("of another version, or not a journal at all, is refused by name", async () => {
    await writeGroups([["a"]]);
    const path = segmentPath(files, 1);
    const data = await readFile(path);
    data.writeUInt16LE(99, 6);
    await writeFile(path, data);
    await expect(recovered()).rejects.toThrow(/another version of Headgate \(journal format 99\)/);
    await writeFile(path, "something else");
    await expect(recovered()).rejects.toThrow(/not a journal segment/);
  });

  test("takes nothing any more once the disk is full, and what was synced before is there", async () => {
    const { journal } = await Journal.open(files, 1);
    append(journal, "kept");
    await journal.synced();
    // A device that is always full stands where the next segment would be.
    await symlink("/dev/full", segmentPath(files, 2));
    await expect(journal.rotate()).rejects.toMatchObject({ code: "StorageError" });
    expect(() => append(journal, "lost")).toThrow(/journal-00000002\.log: .* failed \(ENOSPC\): the disk is full: free space/);
    await journal.close();
    await rm(segmentPath(files, 2));
    expect(await recovered()).toEqual(["kept"]);
  });

  test("ignores what stands behind the last whole group when it is appended to again", async () => {
    await writeGroups([["a"]]);
    await appendFile(segmentPath(files, 1), "half a frame");
    const { journal } = await Journal.open(files, 1);
    append(journal, "b");
    await journal.synced();
    await journal.close();
    expect(await recovered()).toEqual(["a", "b"]);
  });
});
