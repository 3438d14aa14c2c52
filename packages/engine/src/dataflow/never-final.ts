import { EngineError } from "../errors.ts";
import type { View } from "../types.ts";

/** A view with emit_final of whose rows nothing says when they are final. */
export class NeverFinal extends EngineError {
  readonly view: View;

  constructor(view: View, reason: string) {
    super("runtime", `View '${view.name}' has 'emit_final', but ${reason}`);
    this.name = "NeverFinal";
    this.view = view;
  }
}
