import { nodeFileSystem, type OutputFile, type OutputFileSystem } from "../../../src/transports/file-output/file-system.ts";

/** The real file system, whose operations can be made to fail; a failing write writes a part first. */
export class FaultyFileSystem implements OutputFileSystem {
  #countdown = Infinity;
  #code = "ENOSPC";
  readonly operations: string[] = [];

  /** The operation after `skip` others fails, once. */
  failAfter(skip: number, code = "ENOSPC"): void {
    this.#countdown = skip;
    this.#code = code;
  }

  readonly kind: OutputFileSystem["kind"] = (path) => this.#run("kind", () => nodeFileSystem.kind(path));
  readonly resolve: OutputFileSystem["resolve"] = (path) => this.#run("resolve", () => nodeFileSystem.resolve(path));
  readonly rename: OutputFileSystem["rename"] = (from, to) => this.#run("rename", () => nodeFileSystem.rename(from, to));
  readonly remove: OutputFileSystem["remove"] = (path) => nodeFileSystem.remove(path);
  readonly list: OutputFileSystem["list"] = (directory) => this.#run("list", () => nodeFileSystem.list(directory));
  readonly syncDirectory: OutputFileSystem["syncDirectory"] = (path) =>
    this.#run("syncDirectory", () => nodeFileSystem.syncDirectory(path));
  readonly open: OutputFileSystem["open"] = (path) => this.#run("open", async () => this.#wrap(await nodeFileSystem.open(path)));
  readonly createLike: OutputFileSystem["createLike"] = (path, like) =>
    this.#run("createLike", async () => this.#wrap(await nodeFileSystem.createLike(path, like)));

  #wrap(file: OutputFile): OutputFile {
    return {
      write: (bytes, position) =>
        this.#run(
          "write",
          // Fewer bytes than asked for, as a real file system may.
          () => file.write(bytes.subarray(0, Math.max(1, Math.ceil(bytes.byteLength / 2))), position),
          () => file.write(bytes.subarray(0, Math.ceil(bytes.byteLength / 3)), position),
        ),
      truncate: (length) => this.#run("truncate", () => file.truncate(length)),
      sync: () => this.#run("sync", () => file.sync()),
      size: () => file.size(),
      close: () => file.close(),
    };
  }

  async #run<T>(name: string, work: () => Promise<T>, part: () => Promise<unknown> = async () => undefined): Promise<T> {
    this.operations.push(name);
    if (this.#countdown > 0) {
      this.#countdown -= 1;
      return work();
    }
    this.#countdown = Infinity;
    await part();
    throw Object.assign(new Error(`${name} failed`), { code: this.#code });
  }
}
