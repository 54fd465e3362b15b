/*
 * Numbers of 32 bits. Another reader takes a bound in 32 bits where the field has them, so a bound
 * is written as one that says the same of every such number.
 */

/** The least number of 32 bits that is no less; infinite where there is none. */
export function singleAtLeast(value: number): number {
  const near = Math.fround(value)
  if (near >= value) return near + 0
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, near)
  view.setInt32(0, view.getInt32(0) + (near >= 0 ? 1 : -1))
  return view.getFloat32(0) + 0
}

/** The largest number of 32 bits that is no more. */
export function singleAtMost(value: number): number {
  return 0 - singleAtLeast(-value)
}
