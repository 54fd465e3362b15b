import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApiText } from './document.ts'

/** `npm run openapi`: writes the document beside this file. */
await writeFile(join(import.meta.dirname, 'openapi.json'), await openApiText())
