/** A text in English and in simplified Chinese. */
export interface Text {
  readonly en: string
  readonly zh: string
}
