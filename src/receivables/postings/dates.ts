import { addDays } from '../../engine/index.ts'
import { fieldProblem } from '../../platform/values/problem.ts'

/** A business date may be a day ahead of the service's: the caller may sit further east. */
export function assertNotFuture(
  { pointer, date }: { readonly pointer: string; readonly date: string },
  today: string
): void {
  if (date > addDays(today, 1))
    throw fieldProblem(pointer, 'future_date', `The date ${date} lies after today, ${today}.`)
}
