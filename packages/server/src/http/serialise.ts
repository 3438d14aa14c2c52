/** JSON text of a body, with its length in bytes. */
export interface Serialised {
  readonly text: string;
  readonly bytes: number;
}

/** Turns bodies into JSON; a body made by {@link Serialiser.shared} is turned only once however many replies carry it. */
export interface Serialiser {
  /**
   * A mapper that remembers its result by the identity of its argument. The manager hands the same object to all reads that
   * overlap in time, so many replies share one mapping and one serialisation.
   */
  shared<Domain extends object, Body extends object>(map: (domain: Domain) => Body): (domain: Domain) => Body;
  serialise(body: unknown): Serialised;
}

export function createSerialiser(): Serialiser {
  const texts = new WeakMap<object, { serialised: Serialised | undefined }>();
  return {
    shared(map) {
      const bodies = new WeakMap<object, ReturnType<typeof map>>();
      return (domain) => {
        const known = bodies.get(domain);
        if (known !== undefined) return known;
        const body = map(domain);
        bodies.set(domain, body);
        texts.set(body, { serialised: undefined });
        return body;
      };
    },
    serialise(body) {
      const slot = typeof body === "object" && body !== null ? texts.get(body) : undefined;
      return slot === undefined ? measure(body) : (slot.serialised ??= measure(body));
    },
  };
}

function measure(body: unknown): Serialised {
  const text = JSON.stringify(body);
  return { text, bytes: Buffer.byteLength(text) };
}
