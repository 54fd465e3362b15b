import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Starts a process that does not outlive this one, however this one ends: a shell waits at the end
 * of a pipe that only we hold open, and kills the process when it closes.
 */
export function spawnGuarded(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(program, args, options)
  if (child.pid === undefined) return child
  const guard = spawn('sh', ['-c', 'read -r nothing; kill -9 "$0"', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore']
  })
  guard.unref()
  // The guard must not look for a number that another process may have by then.
  child.once('exit', () => guard.kill('SIGKILL'))
  return child
}

/** Kills a process at once, and answers when it is gone. */
export async function killed(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
