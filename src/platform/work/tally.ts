/** Labels of a figure: few of them, each with few values, none of a person or a customer. */
type Labels = Readonly<Record<string, string>>

/** A figure under its labels. */
export interface Labelled {
  readonly labels: Labels
  readonly value: number
}

/** Figures of this process by name and labels, for whoever asks for metrics. */
export class Tally {
  readonly #figures = new Map<string, Map<string, Labelled>>()

  /** Adds to what happened since the process began. */
  add(name: string, labels: Labels = {}, more = 1): void {
    const { value = 0 } = this.#byLabels(name).get(JSON.stringify(labels)) ?? {}
    this.set(name, labels, value + more)
  }

  /** Replaces a figure. */
  set(name: string, labels: Labels, value: number): void {
    this.#byLabels(name).set(JSON.stringify(labels), { labels, value })
  }

  /** All figures of a name; none where nothing has happened. */
  of(name: string): readonly Labelled[] {
    return [...this.#byLabels(name).values()]
  }

  #byLabels(name: string): Map<string, Labelled> {
    const known = this.#figures.get(name) ?? new Map<string, Labelled>()
    this.#figures.set(name, known)
    return known
  }
}
