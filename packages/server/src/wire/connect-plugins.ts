import type { Schemas } from "@headgate/contract";
import type { ConfigDefinition, ConfigValidation, ConfigValue, ConnectPlugin } from "@headgate/manager";

export function toPlugin({ class: name, type, version }: ConnectPlugin): Schemas["ConnectPlugin"] {
  return { class: name, type, ...(version === undefined ? {} : { version }) };
}

export function toConfigValidation({ name, groups, errorCount, configs }: ConfigValidation): Schemas["ConnectConfigValidation"] {
  return {
    name,
    groups: [...groups],
    error_count: errorCount,
    configs: configs.map(({ definition, value }) => ({ definition: toDefinition(definition), value: toValue(value), metadata: {} })),
  };
}

function toDefinition(field: ConfigDefinition): Schemas["ConnectConfigDefinition"] {
  const { name, type, required, importance, documentation, group, width, dependents, order, alias } = field;
  return {
    name,
    type,
    required,
    default_value: field.defaultValue,
    importance,
    documentation,
    group,
    width,
    display_name: field.displayName,
    dependents: [...dependents],
    order,
    alias,
  };
}

function toValue({ name, value, recommendedValues, errors, visible }: ConfigValue): Schemas["ConnectConfigValue"] {
  return { name, value, recommended_values: [...recommendedValues], errors: [...errors], visible };
}
