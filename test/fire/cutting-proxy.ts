import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * Stands between the service and its database, and can cut a connection in the middle of what is
 * said, or swallow all that is.
 */
export interface CuttingProxy {
  readonly port: number
  /**
   * Passes so many more messages of the service on, and cuts the connection of the last one before
   * anything is answered to it: what it asked for happens, COMMIT included, and the service never
   * hears of it.
   */
  cutAfter(messages: number): void
  /**
   * Passes so many more messages of the service on, and from then on nothing in either direction,
   * while every connection stays open: as if the host of the database had vanished. New connections
   * are taken and not answered.
   */
  vanishAfter(messages: number): void
  /** Connections from now on pass everything on again; those that fell silent stay so. */
  reappear(): void
  close(): Promise<void>
}

/** A proxy to a server, given by its host or the folder of its socket, and its port. */
export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  let left = Number.POSITIVE_INFINITY
  let leftBeforeSilence = Number.POSITIVE_INFINITY
  const silent = new WeakSet<Socket>()
  const open = new Set<Socket>()
  const proxy = createServer((service) => {
    const database = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
    for (const socket of [service, database]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    const isSilent = () => {
      if (leftBeforeSilence <= 0) silent.add(service)
      return silent.has(service)
    }
    service.on('data', (message) => {
      if (isSilent()) return
      leftBeforeSilence -= 1
      left -= 1
      if (left !== 0) {
        database.write(message)
        return
      }
      left = Number.POSITIVE_INFINITY
      service.destroy()
      database.end(message)
    })
    database.on('data', (message) => {
      if (!service.destroyed && !isSilent()) service.write(message)
    })
    service.on('close', () => database.end())
    database.on('close', () => isSilent() || service.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    cutAfter: (messages) => {
      left = messages
    },
    vanishAfter: (messages) => {
      leftBeforeSilence = messages
    },
    reappear: () => {
      leftBeforeSilence = Number.POSITIVE_INFINITY
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    }
  }
}
