/** A line of the log. */
type LogLine = {
  readonly level: string
  readonly msg: string
  readonly requestId?: string
  readonly keyId?: string
  readonly customer?: string
  readonly omitted?: number
  readonly replayed?: boolean
  readonly dryRun?: boolean
}

/** A log that is kept, and its text as it would be written. */
interface CapturedLog {
  readonly logger: { readonly level: string; readonly stream: { write(line: string): unknown } }
  text(): string
  /** The lines so far, or those about requests with this id. */
  lines(requestId?: string): LogLine[]
  clear(): void
}

export function capturedLog(level: string): CapturedLog {
  const written: string[] = []
  return {
    logger: { level, stream: { write: (line) => written.push(line) } },
    text: () => written.join(''),
    lines: (requestId) =>
      written
        .map((line) => JSON.parse(line) as LogLine)
        .filter((line) => requestId === undefined || line.requestId === requestId),
    clear: () => {
      written.length = 0
    }
  }
}
