/**
 * The pieces of English in a Chinese sentence: three words of Latin letters in a row. Single ones
 * are ids, fields, codes and media types.
 */
export function englishIn(sentence: string): string[] {
  const plain = sentence.replace(/`[^`]*`|"[^"]*"|“[^”]*”|\/\S+/g, '`')
  return plain.match(/\b[A-Za-z][A-Za-z'’]*(?: [A-Za-z][A-Za-z'’]*){2,}/g) ?? []
}
