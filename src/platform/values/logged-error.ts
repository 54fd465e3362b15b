/** How far the causes of an error are told. */
const CAUSES_MAX = 5

/** What of a database's error says where the fault lies, and holds no row. */
const OF_DATABASE = ['severity', 'schema', 'table', 'column', 'constraint', 'routine'] as const

/**
 * An error as the log may have it: what is wrong and where in the code, never a value. A database
 * adds the row that it refused, a parser quotes what it read, and a message may name a path: all of
 * this can be about a person.
 */
export function loggedError(error: unknown, depth = 0): object {
  if (!isError(error)) return { type: typeof error, message: 'Something that is no error was thrown.' }
  const { code, errors, ...rest } = error as Error & { code?: unknown; errors?: unknown }
  const message = loggedMessage(error, code)
  const isOfDatabase = 'severity' in rest
  const placed = isOfDatabase ? OF_DATABASE.map((name) => [name, (rest as Record<string, unknown>)[name]]) : []
  const below = depth < CAUSES_MAX
  const type = error.name ?? 'Error'
  return {
    type,
    message,
    stack: [`${type}: ${message}`, ...framesOf(error)].join('\n'),
    ...(typeof code === 'string' ? { code } : {}),
    ...Object.fromEntries(placed.filter(([, value]) => typeof value === 'string')),
    ...(below && error.cause !== undefined ? { cause: loggedError(error.cause, depth + 1) } : {}),
    ...(below && Array.isArray(errors)
      ? { errors: errors.slice(0, CAUSES_MAX).map((each) => loggedError(each, depth + 1)) }
      : {})
  }
}

/** Some libraries hand on what they have copied out of an error. */
function isError(error: unknown): error is Error {
  if (error instanceof Error) return true
  const { message, stack } = (typeof error === 'object' && error !== null ? error : {}) as Partial<Error>
  return typeof message === 'string' && typeof stack === 'string'
}

/** A sentence of the framework without the paths in it: they hold the numbers of customers. */
export function withoutPaths(text: string): string {
  return text.replace(/\/(v1|problems|docs)\/[^\s"'`)]*/g, '/$1/…')
}

function loggedMessage(error: Error, code: unknown): string {
  // Class 22 of SQLSTATE: a value that does not fit. It is quoted, as a parser quotes its text.
  const quotes = error instanceof SyntaxError || (typeof code === 'string' && /^22\w{3}$/.test(code))
  const message = withoutPaths(error.message)
  return quotes ? message.replace(/".*"|'.*'/gs, '"…"') : message
}

function framesOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line))
}
