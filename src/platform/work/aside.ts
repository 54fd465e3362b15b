import { parentPort, Worker } from 'node:worker_threads'

interface Asked<Task> {
  readonly number: number
  readonly task: Task
}
type Answered<Result> = { readonly number: number } & ({ readonly result: Result } | { readonly fault: Error })

/**
 * Work on a thread of its own, one task after the other, so that it keeps nobody else waiting. The
 * thread starts with the first task; one that fails is replaced with the next. It does not keep the
 * process alive.
 */
export function aside<Task, Result>(file: URL): (task: Task) => Promise<Result> {
  const waiting = new Map<number, PromiseWithResolvers<Result>>()
  let thread: Worker | undefined
  let asked = 0

  const end = (error: Error) => {
    thread = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = (): Worker => {
    const started = new Worker(file)
    started.on('message', (answer: Answered<Result>) => {
      const settled = waiting.get(answer.number)
      waiting.delete(answer.number)
      if (waiting.size === 0) started.unref()
      if ('fault' in answer) settled?.reject(answer.fault)
      else settled?.resolve(answer.result)
    })
    started.once('error', end)
    started.once('exit', (code) => {
      if (thread === started) end(new Error(`the thread ended with ${code}`))
    })
    return started
  }
  return (task) => {
    thread ??= start()
    asked += 1
    const settled = Promise.withResolvers<Result>()
    waiting.set(asked, settled)
    thread.ref()
    thread.postMessage({ number: asked, task } satisfies Asked<Task>)
    return settled.promise
  }
}

/** In the file of such a thread: how it works at a task. */
export function answerTasks<Task, Result>(work: (task: Task) => Result): void {
  parentPort?.on('message', ({ number, task }: Asked<Task>) => {
    try {
      parentPort?.postMessage({ number, result: work(task) } satisfies Answered<Result>)
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error))
      parentPort?.postMessage({ number, fault } satisfies Answered<Result>)
    }
  })
}
