import { Problem } from './problem.ts'

/** The strong validator of a resource's version. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/** Throws `precondition-failed` when an If-Match header is present and names another version. A resource that does not exist has version 0. */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || (ifMatch === '*' && version > 0)) return
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (!tags.includes(etagOf(version))) {
    throw new Problem(
      'precondition-failed',
      `${version === 0 ? 'The resource does not exist' : `The resource is at version ${etagOf(version)}`}, the request expects ${ifMatch.slice(0, 64)}.`
    )
  }
}

/** The same where an approval or a configuration must say what it saw: throws `precondition-required` when the header is missing or names any version. */
export function demandMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch === '*')
    throw new Problem('precondition-required', `Send If-Match: ${etagOf(version)} after you have read the resource.`)
  requireMatch(ifMatch, version)
}
