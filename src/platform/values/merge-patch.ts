/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown }

/**
 * Applies a JSON Merge Patch (RFC 7396): null removes a member, an object is merged, everything
 * else replaces.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  // A map, because assigning to a member named __proto__ would change what the object inherits.
  const members = new Map(Object.entries(target))
  for (const [name, value] of Object.entries(patch)) {
    const before = members.get(name)
    if (value === null) members.delete(name)
    else members.set(name, isJsonObject(value) ? mergePatch(isJsonObject(before) ? before : {}, value) : value)
  }
  return Object.fromEntries(members)
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
