import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between the service and its database, and can cut a connection in the middle of what is said. */
export interface CuttingProxy {
  readonly port: number
  /**
   * Passes so many more messages of the service on, and cuts the connection of the last one before anything is answered to it: what it
   * asked for happens, COMMIT included, and the service never hears of it.
   */
  cutAfter(messages: number): void
  close(): Promise<void>
}

/** A proxy to a server, given by its host or the folder of its socket, and its port. */
export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  let left = Number.POSITIVE_INFINITY
  const open = new Set<Socket>()
  const proxy = createServer((service) => {
    const database = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
    for (const socket of [service, database]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    service.on('data', (message) => {
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
      if (!service.destroyed) service.write(message)
    })
    service.on('close', () => database.end())
    database.on('close', () => service.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    cutAfter: (messages) => {
      left = messages
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    }
  }
}
