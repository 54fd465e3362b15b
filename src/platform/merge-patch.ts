/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown }

/** Applies a JSON Merge Patch (RFC 7396): null removes a member, an object is merged, everything else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...target }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = isJsonObject(value) ? mergePatch(isJsonObject(target[name]) ? target[name] : {}, value) : value
  }
  return merged
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
