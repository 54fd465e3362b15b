import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')

t.test('the engine is a package of its own: its example runs where nothing else is installed', async (t) => {
  const folder = temporaryFolder(t)
  const home = join(folder, 'node_modules', 'credence')
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.engine.json', '--outDir', join(home, 'dist', 'engine')], {
    cwd: root
  })
  for (const part of ['package.json', 'models']) cpSync(join(root, part), join(home, part), { recursive: true })
  const readme = readFileSync(join(root, 'src', 'engine', 'README.md'), 'utf8')
  const [, example] = /```js\n([\s\S]*?)```/.exec(readme) ?? []
  const { statements } = JSON.parse(readFileSync(join(root, 'examples', 'enron-2000.json'), 'utf8'))
  const program = [
    `const statement = ${JSON.stringify(statements[0].statement)}`,
    example,
    'console.log(JSON.stringify({ grade, pd, reasons }))'
  ]
  writeFileSync(join(folder, 'example.mjs'), program.join('\n'))
  const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
  const { reasons } = JSON.parse(printed)
  t.ok(reasons.length > 0, 'it gives its reasons')
  t.notMatch(readFileSync(join(home, 'dist', 'engine', 'index.js'), 'utf8'), /from '(?!\.)/, 'and needs no package')
})
