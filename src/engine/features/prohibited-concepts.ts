/**
 * What a person may not be judged by, with the words that give it away in the name or description
 * of an input. Drawn from what the United States' Equal Credit Opportunity Act (Regulation B, 12
 * CFR 1002), the special categories of the EU's GDPR (article 9) and China's Personal Information
 * Protection Law (article 28) restrict. The strictest of them holds everywhere.
 *
 * A phrase of several words must stand in that order, side by side. Chinese words are found
 * anywhere in a text.
 */
export const PROHIBITED_CONCEPTS = {
  age: {
    words: ['age', 'ages', 'aged', 'birth', 'birthday', 'birthdate', 'dob', 'born', 'elderly'],
    chinese: ['年龄', '出生', '岁数', '生日']
  },
  sex: {
    words: ['sex', 'gender', 'male', 'female', 'man', 'woman', 'men', 'women', 'pregnancy', 'pregnant'],
    chinese: ['性别', '男性', '女性', '怀孕']
  },
  familyStatus: {
    words: [
      'marital',
      'marriage',
      'married',
      'spouse',
      'divorced',
      'widowed',
      'personal status',
      'family status',
      'civil status',
      'family size'
    ],
    chinese: ['婚姻', '婚否', '已婚', '配偶', '家庭状况']
  },
  children: {
    words: ['child', 'children', 'kids', 'dependants', 'dependents', 'provide maintenance'],
    chinese: ['子女', '儿童', '抚养', '赡养']
  },
  ethnicity: {
    words: ['ethnicity', 'ethnic', 'race', 'racial', 'skin color', 'skin colour'],
    chinese: ['民族', '种族', '肤色']
  },
  religion: {
    words: ['religion', 'religious', 'faith', 'church', 'confession'],
    chinese: ['宗教', '信仰']
  },
  nationality: {
    words: ['nationality', 'citizenship', 'citizen', 'foreign worker', 'foreigner', 'immigrant', 'national origin'],
    chinese: ['国籍', '外籍', '外国人', '移民']
  },
  health: {
    words: ['health', 'illness', 'sickness', 'disease', 'disability', 'disabled', 'medical'],
    chinese: ['健康', '疾病', '残疾', '病史']
  },
  politics: {
    words: ['politics', 'political', 'party membership', 'party member'],
    chinese: ['政治', '党员', '党派']
  },
  union: {
    words: ['union member', 'union membership', 'trade union', 'labor union', 'labour union', 'unionised', 'unionized'],
    chinese: ['工会']
  }
} as const satisfies Readonly<Record<string, { words: readonly string[]; chinese: readonly string[] }>>
export type ProhibitedConcept = keyof typeof PROHIBITED_CONCEPTS

/** Things whose age tells nothing of a person: "account age", "age of the company". */
const THINGS_WITH_AGE = ['account', 'asset', 'business', 'company', 'debt', 'invoice', 'receivable', 'relationship']

/** Words between "age of" and the thing that has it. */
const FILLERS = ['the', 'a', 'an', 'oldest', 'open', 'overdue']

/**
 * Words that may follow the thing; any other makes it a part of the next: "age of the account
 * holder".
 */
const AFTER_THING = [undefined, 'in', 'at', 'on', 'when', 'since', 'days', 'months', 'years']

/**
 * The prohibited concept that a name or text speaks of; undefined for none. Names are read as words
 * whatever their style: `ageInYears`, `age_in_years` and `Age in years` are alike. It finds what is
 * named openly; a proxy under another name needs a person's eye.
 */
export function prohibitedConcept(text: string): ProhibitedConcept | undefined {
  const words = withoutAgesOfThings(wordsOf(text))
  const spaced = ` ${words.join(' ')} `
  for (const [concept, signs] of Object.entries(PROHIBITED_CONCEPTS)) {
    const named = signs.words.some((word) => spaced.includes(` ${word} `))
    if (named || signs.chinese.some((word) => text.includes(word))) return concept as ProhibitedConcept
  }
  return undefined
}

function wordsOf(text: string): string[] {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}

/** Leaves out each "age" that follows a thing, or that is the age of one. */
function withoutAgesOfThings(words: readonly string[]): string[] {
  return words.filter((word, index) => {
    if (word !== 'age') return true
    if (isThing(words[index - 1])) return false
    if (words[index + 1] !== 'of') return true
    const [thing, after] = words.slice(index + 2).filter((each) => !FILLERS.includes(each))
    return !(isThing(thing) && AFTER_THING.includes(after))
  })
}

function isThing(word: string | undefined): boolean {
  return word !== undefined && THINGS_WITH_AGE.some((thing) => word === thing || word === `${thing}s`)
}
