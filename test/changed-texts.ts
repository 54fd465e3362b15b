import { TEXTS } from '../src/engine/index.ts'

/** Changes every text in force, as a later version may. Texts that decisions hold stay. */
export function changeEveryText(): void {
  changeWithin(TEXTS)
}

function changeWithin(value: object): void {
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === 'string') Object.assign(value, { [name]: `${each} (later)` })
    else changeWithin(each)
  }
}
