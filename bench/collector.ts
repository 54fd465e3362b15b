// Loaded into the service before it starts: lets go of all garbage whenever it is told to.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
// Most other signals stop the service.
process.on('SIGWINCH', () => collect())
